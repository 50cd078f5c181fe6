"""Upgrade stories for new values: each told beside its nearest neighbours, in both directions, as machine text.

So every value can be compared soon after it was founded. A language model tells the story where there is one; where
it fails or is not there, a template does. Nothing waits for it: the work runs beside the pages, and what a stop of the
server cut off is done at the next start.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from domain.cards import CanonicalValue
from domain.chat import ChatFailure
from domain.errors import MoralGraphError
from domain.ids import ClientId, ContextId, HypothesisId, StudyId, ValueId
from domain.nouns import content_hash
from domain.people import Source
from domain.protocols import ChatModel
from domain.provenance import Provenance
from domain.studies import Context
from domain.votes import UpgradeHypothesis
from elicitation.upgrades import TEMPLATE, Telling, read_story, story_prompt, template_story
from services.acts import WRITABLE_STATES, Desk
from services.meaning import MeaningSpace
from storage import Act, Store

N_NEAR = 3
"""Neighbours beside which a new value is told; each gives two stories."""
STORY_TOKENS = 260
TEMPERATURE = 0.7
MAX_WORKERS = 2
TOLD_FROM = (Source.SIMULATED, Source.PERSON, Source.IMPORTED, Source.SEED)
"""A story takes the source of its values; where they differ, the first of these."""


class Upgrading:
    """Use cases of making upgrade stories."""

    def __init__(
        self, desk: Desk, meaning: MeaningSpace, *, chat_of_study: Callable[[StudyId], ChatModel | None]
    ) -> None:
        self._desk = desk
        self._meaning = meaning
        self._chat_of_study = chat_of_study
        self._pool = ThreadPoolExecutor(max_workers=MAX_WORKERS, thread_name_prefix="upgrading")

    def founded(self, study_id: StudyId, value_id: ValueId, *, source: Source) -> None:
        """Make stories about a value that was just founded; for simulated people at once and by the template."""
        if source is Source.SIMULATED:
            self.tell(study_id, [value_id], chat=None)
            return
        self._pool.submit(self._tell_aside, study_id, value_id)

    def recover(self) -> None:
        """Make up for what a stop of the server cut off: founded values of open studies without any story."""
        with self._desk.database.read() as store:
            studies = [study.id for study in store.studies.list() if study.state in WRITABLE_STATES]
        for study_id in studies:
            for value_id in self.untold(study_id, founded_only=True):
                self._pool.submit(self._tell_aside, study_id, value_id)

    def untold(self, study_id: StudyId, *, founded_only: bool = False) -> list[ValueId]:
        """Return the values that no story tells of, by number: nobody can be asked about them."""
        with self._desk.database.read() as store:
            hypotheses = store.hypotheses.list(study_id, include_archived=True)
            values = _live(store, study_id)
        told = {h.src_id for h in hypotheses} | {h.wiser_id for h in hypotheses}
        return [v.id for v in values if v.id not in told and (v.founded_by_card_id is not None or not founded_only)]

    def fill(self, study_id: StudyId, *, staff: str) -> int:
        """Make stories by the template for all values that have none; return how many stories were made."""
        return self.tell(study_id, self.untold(study_id), chat=None, actor=f"staff:{staff}")

    def tell(
        self, study_id: StudyId, value_ids: Sequence[ValueId], *, chat: ChatModel | None, actor: str = "system"
    ) -> int:
        """Store stories of the values and their nearest, both directions; return how many are new.

        The same values twice store once. Nothing is stored of a value that was withdrawn, merged or reworded meanwhile.
        """
        tellings = self._tellings(study_id, value_ids)
        stories = [self._hypothesis(study_id, telling, context, chat=chat) for telling, context in tellings]
        if not stories:
            return 0
        told_of = {v.id: v.embedding_text() for telling, _ in tellings for v in (telling.earlier, telling.later)}
        added = 0

        def body(store: Store) -> None:
            nonlocal added
            words = {v.id: v.embedding_text() for v in _live(store, study_id)}
            known = {h.id for h in store.hypotheses.list(study_id, include_archived=True)}
            # While a model wrote, a person may have erased or changed the words: then no copy of the old ones is kept.
            same = {value_id for value_id, text in told_of.items() if words.get(value_id) == text}
            new = [s for s in stories if {s.src_id, s.wiser_id} <= same and s.id not in known]
            for story in new:
                store.hypotheses.add(story)
            added = len(new)

        act = Act(
            client_id=ClientId("told:" + content_hash(sorted(story.id for story in stories))[:32]),
            study_id=study_id,
            actor=actor,
            kind="hypotheses.told",
            at=self._desk.clock(),
            refs={"stories": str(len(stories))},
        )
        self._desk.database.write(act, body)
        return added

    def close(self) -> None:
        """Take no new work and do not wait; ``recover`` does the rest at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _tell_aside(self, study_id: StudyId, value_id: ValueId) -> None:
        try:
            self.tell(study_id, [value_id], chat=self._chat_of_study(study_id))
        except MoralGraphError:
            # The study or the value is gone, or the database is closing: ``recover`` looks again at the next start.
            return

    def _tellings(self, study_id: StudyId, value_ids: Sequence[ValueId]) -> list[tuple[Telling, Context]]:
        """Return what is to be told, each pair of values once, in both directions."""
        with self._desk.database.read() as store:
            values = {v.id: v for v in _live(store, study_id)}
            wanted = [values[v] for v in value_ids if v in values]
            contexts = {v.id: _contexts_for(store, study_id, v) for v in wanted}
        fits = self._fits(study_id, [c for found in contexts.values() for c in found])
        pairs: dict[frozenset[ValueId], list[tuple[Telling, Context]]] = {}
        for value in wanted:
            texts, others = [value.embedding_text()], frozenset({value.id})
            for near in self._meaning.nearest(study_id, texts, k=N_NEAR, leave_out=others, seen_by=value.source):
                pair = (value, near.value)
                ids = frozenset(v.id for v in pair)
                context = _fitting(contexts[value.id], fits, ids)
                if context is not None and ids not in pairs:
                    pairs[ids] = [(Telling(one, other, context.text), context) for one, other in (pair, pair[::-1])]
        return [told for pair_told in pairs.values() for told in pair_told]

    def _fits(self, study_id: StudyId, contexts: Sequence[Context]) -> dict[ContextId, dict[ValueId, float]]:
        """Return for each context how near each value is to it: cosine similarity, -1..1."""
        texts = {c.id: c.text for c in contexts}
        return dict(zip(texts, self._meaning.similarities_to_each(study_id, list(texts.values())), strict=True))

    def _hypothesis(
        self, study_id: StudyId, telling: Telling, context: Context, *, chat: ChatModel | None
    ) -> UpgradeHypothesis:
        told = self._told_by_model(telling, chat) if chat is not None else None
        story, provenance = told or (template_story(telling), self._provenance(TEMPLATE))
        sources = {telling.earlier.source, telling.later.source}
        return UpgradeHypothesis(
            id=_story_id(telling, context),
            study_id=study_id,
            src_id=telling.earlier.id,
            wiser_id=telling.later.id,
            context_id=context.id,
            story=story,
            source=next(source for source in TOLD_FROM if source in sources),
            provenance=provenance,
            created_at=self._desk.clock(),
        )

    def _told_by_model(self, telling: Telling, chat: ChatModel) -> tuple[str, Provenance] | None:
        prompt = story_prompt(telling)
        request = prompt.request(temperature=TEMPERATURE, max_tokens=STORY_TOKENS)
        story = read_story(chat.complete([request])[0])
        if isinstance(story, ChatFailure):
            return None
        provenance = self._provenance(chat.name).model_copy(
            update={
                "prompt_id": request.prompt_id,
                "prompt_hash": request.prompt_hash,
                "parameters": {"temperature": str(TEMPERATURE), "max_tokens": str(STORY_TOKENS)},
            }
        )
        return story, provenance

    def _provenance(self, backend: str) -> Provenance:
        return Provenance(backend=backend, code_version=version("moral-graph-explorer"), made_at=self._desk.clock())


def _fitting(
    contexts: Sequence[Context], fits: Mapping[ContextId, Mapping[ValueId, float]], ids: Iterable[ValueId]
) -> Context | None:
    """Return the context that is nearest in meaning to all of the values; ties go to the first."""
    nearness = [sum(fits[context.id][value_id] for value_id in ids) for context in contexts]
    return contexts[nearness.index(max(nearness))] if nearness else None


def _story_id(telling: Telling, context: Context) -> HypothesisId:
    """Return the id of the story of two values in these words: changed words are told anew."""
    words = [(value.id, value.embedding_text()) for value in (telling.earlier, telling.later)]
    return HypothesisId(content_hash(["upgrade", words, context.id])[:32])


def _live(store: Store, study_id: StudyId) -> list[CanonicalValue]:
    """Return the values that count for themselves: not withdrawn, not merged into another."""
    roots = store.values.roots(study_id)
    return [v for v in store.values.list(study_id) if roots.get(v.id, v.id) == v.id]


def _contexts_for(store: Store, study_id: StudyId, value: CanonicalValue) -> list[Context]:
    """Return the contexts of the question that the founding card answers; of all questions where there is none."""
    contexts = list(store.studies.contexts(study_id))
    card = store.cards.get(value.founded_by_card_id) if value.founded_by_card_id is not None else None
    if card is None or card.question_id is None:
        return contexts
    return [c for c in contexts if card.question_id in c.question_ids] or contexts
