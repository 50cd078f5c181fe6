"""Saves and loads a whole study at once. Made for imports: rows go in by the hundred, in one transaction."""

from collections.abc import Collection

from sqlalchemy import select

from domain.bundles import StudyBundle
from domain.errors import StudyRuleError
from domain.ids import StudyId, ValueId
from domain.people import Consent, Source
from domain.votes import EdgeVote
from storage.canonical_values import Values
from storage.cards import Cards
from storage.draws import Draws, shown_rows
from storage.events import new_salt
from storage.hypotheses import Hypotheses
from storage.mapping import card_to_row, to_row
from storage.people import People
from storage.rows import Rows
from storage.studies import Studies, link_rows
from storage.tables import (
    CARD,
    CHOICE,
    CONSENT,
    CONTEXT,
    CONTEXT_QUESTION,
    DRAW,
    HYPOTHESIS,
    IMPRESSION,
    MERGE,
    PARTICIPANT,
    PLACEMENT,
    QUESTION,
    STUDY,
    VALUE,
    VOTE,
    VOTE_REVISION,
)
from storage.votes import revision_row


class Bundles:
    """Whole studies. Interviews, surveys and earlier answers of a vote are not part of a bundle."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def save(self, bundle: StudyBundle) -> None:
        """Store a study that is not there yet, with everything in it.

        Raises:
            StudyRuleError: there is a study of this short name already.
        """
        if Studies(self._rows).by_slug(bundle.study.slug) is not None:
            raise StudyRuleError(
                f"There is already a study {bundle.study.slug!r}. Import under another short name, "
                "or open the study that is there. Nothing was imported."
            )
        self._save_set_up(bundle)
        self._save_people(bundle)
        self._save_values(bundle)
        self._save_draws(bundle)
        self._save_votes(bundle)

    def load(self, study_id: StudyId, *, sources: Collection[Source] | None = None) -> StudyBundle:
        """Return a study with what people of ``sources`` gave (``None``: of all).

        Order: as shown in the study for questions and contexts, values by number, all else by time, then id.
        Values and hypotheses of other sources stay where something that is kept refers to them. Of placements
        those undone are kept too.
        """
        studies, every = Studies(self._rows), frozenset(Source if sources is None else sources)
        people = People(self._rows).list(study_id, sources=every)
        known = {person.id for person in people}
        cards = Cards(self._rows).list(study_id, sources=every)
        card_ids = {card.id for card in cards}
        placements = Values(self._rows).placements(study_id, include_undone=True)
        whole = StudyBundle(
            study=studies.get(study_id),
            questions=tuple(studies.questions(study_id, include_archived=True)),
            contexts=tuple(studies.contexts(study_id)),
            participants=tuple(people),
            consents=tuple(consent for consent in self._consents(study_id) if consent.person_id in known),
            values=tuple(Values(self._rows).list(study_id, include_withdrawn=True)),
            cards=tuple(card for card in cards if card.person_id is None or card.person_id in known),
            placements=tuple(placement for placement in placements if placement.card_id in card_ids),
            draws=tuple(
                draw for draw in Draws(self._rows).where(DRAW.c.study_id == study_id) if draw.person_id in known
            ),
            hypotheses=tuple(Hypotheses(self._rows).list(study_id, include_archived=True)),
            votes=tuple(vote for vote in self._votes(study_id) if vote.person_id in known),
            merges=tuple(Values(self._rows).merges(study_id, include_undone=True)),
        )
        return whole if sources is None else _only_needed(whole, every)

    def _save_set_up(self, bundle: StudyBundle) -> None:
        self._rows.add(STUDY, [to_row(bundle.study, STUDY)])
        self._rows.add(QUESTION, [to_row(question, QUESTION) for question in bundle.questions])
        contexts = enumerate(bundle.contexts)
        self._rows.add(CONTEXT, [to_row(context, CONTEXT, position=position) for position, context in contexts])
        self._rows.add(CONTEXT_QUESTION, [row for context in bundle.contexts for row in link_rows(context)])

    def _save_people(self, bundle: StudyBundle) -> None:
        people = [to_row(p, PARTICIPANT, receipt_hash=None, salt=new_salt()) for p in bundle.participants]
        self._rows.add(PARTICIPANT, people)
        self._rows.add(CONSENT, [to_row(consent, CONSENT) for consent in bundle.consents])

    def _save_values(self, bundle: StudyBundle) -> None:
        self._rows.add(VALUE, [to_row(value, VALUE) for value in bundle.values])
        self._rows.add(CARD, [card_to_row(card) for card in bundle.cards])
        self._rows.add(PLACEMENT, [to_row(placement, PLACEMENT) for placement in bundle.placements])
        self._rows.add(MERGE, [to_row(merge, MERGE) for merge in bundle.merges])

    def _save_draws(self, bundle: StudyBundle) -> None:
        self._rows.add(DRAW, [to_row(draw, DRAW) for draw in bundle.draws])
        self._rows.add(IMPRESSION, [row for draw in bundle.draws for row in shown_rows(draw.id, draw.value_ids)])
        self._rows.add(CHOICE, [row for draw in bundle.draws for row in shown_rows(draw.id, draw.chosen_ids)])

    def _save_votes(self, bundle: StudyBundle) -> None:
        self._rows.add(HYPOTHESIS, [to_row(hypothesis, HYPOTHESIS) for hypothesis in bundle.hypotheses])
        self._rows.add(VOTE, [to_row(vote, VOTE) for vote in bundle.votes])
        self._rows.add(VOTE_REVISION, [revision_row(vote, seq=1) for vote in bundle.votes])

    def _consents(self, study_id: StudyId) -> list[Consent]:
        of_study = CONSENT.c.person_id.in_(select(PARTICIPANT.c.id).where(PARTICIPANT.c.study_id == study_id))
        return self._rows.nouns(Consent, CONSENT, of_study, order=(CONSENT.c.at, CONSENT.c.number))

    def _votes(self, study_id: StudyId) -> list[EdgeVote]:
        return self._rows.nouns(EdgeVote, VOTE, VOTE.c.study_id == study_id, order=(VOTE.c.created_at, VOTE.c.id))


def _only_needed(bundle: StudyBundle, sources: frozenset[Source]) -> StudyBundle:
    """Drop values and hypotheses of other sources that nothing which is kept refers to, and names of dropped cards."""
    voted = {vote.hypothesis_id for vote in bundle.votes}
    hypotheses = tuple(h for h in bundle.hypotheses if h.source in sources or h.id in voted)
    used = {value_id for draw in bundle.draws for value_id in (*draw.value_ids, *draw.chosen_ids)}
    used |= {value_id for vote in bundle.votes for value_id in (vote.src_id, vote.wiser_id)}
    used |= {value_id for hypothesis in hypotheses for value_id in (hypothesis.src_id, hypothesis.wiser_id)}
    used |= {placement.value_id for placement in bundle.placements}
    used = _with_targets(used, bundle)
    cards = {card.id for card in bundle.cards}
    values = tuple(
        value if value.founded_by_card_id in cards else value.model_copy(update={"founded_by_card_id": None})
        for value in bundle.values
        if value.source in sources or value.id in used
    )
    kept = {value.id for value in values}
    merges = tuple(merge for merge in bundle.merges if {merge.value_id, merge.into_id} <= kept)
    return bundle.model_copy(update={"hypotheses": hypotheses, "values": values, "merges": merges})


def _with_targets(used: set[ValueId], bundle: StudyBundle) -> set[ValueId]:
    """Return ``used`` and all values for which these count by standing merges, however many steps away."""
    into = {merge.value_id: merge.into_id for merge in bundle.merges if merge.undone_at is None}
    whole, waiting = set(used), list(used)
    while waiting:
        target = into.get(waiting.pop())
        if target is not None and target not in whole:
            whole.add(target)
            waiting.append(target)
    return whole
