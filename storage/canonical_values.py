"""Keeps canonical values, the cards placed under them, and their merges. Links are undone, never deleted."""

import builtins
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import FromClause, func, select

from domain.cards import CanonicalValue, Card, CardStatus, Placement, PlacementAnswer, ValueMerge, embedding_text
from domain.errors import StudyRuleError
from domain.ids import CardId, MergeId, PersonId, PlacementId, StudyId, ValueId
from domain.people import Source
from storage.judgements import Judgements
from storage.mapping import to_noun, to_row
from storage.rows import Rows, Where, changed, found, one_of
from storage.tables import CARD, CHOICE, DRAW, MERGE, PLACEMENT, PLACEMENT_ANSWER, VALUE, VOTE

NO_WORDS: dict[str, object] = {"title": "", "gist": "", "description": "", "policies": ()}
IMPORTED = "import"
"""Author of placements that came with a file."""
NOT_HIDDEN: dict[str, object] = {"hidden_at": None, "hidden_by": ""}


class Values:
    """Values of all studies. Their words are never rewritten; an erasure alone takes words away."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, value: CanonicalValue) -> None:
        """Store a new value. A number in use raises StorageError; take it from ``next_number``."""
        self._rows.add(VALUE, [to_row(value, VALUE)])

    def withdraw(self, value_id: ValueId, *, at: datetime) -> None:
        """Erase the words of a value; it leaves graph and export, its number stays taken."""
        no_words = NO_WORDS | {"policies": []}
        gone: dict[str, object] = {"founded_by_card_id": None, "is_withdrawn": True, **NOT_HIDDEN}
        self._set(value_id, **no_words, **gone, updated_at=at)
        Judgements(self._rows).forget_words(value_id, at=at)

    def hide(self, value_id: ValueId, *, by: str, at: datetime) -> None:
        """Take a value out of graph and export, because the card that founded it is hidden; its words stay stored.

        Reads give it without words while it is hidden. ``refound`` brings it back.
        """
        self._set(value_id, is_withdrawn=True, hidden_at=at, hidden_by=by, updated_at=at)

    def refound(self, value_id: ValueId, *, card: Card, at: datetime) -> None:
        """Give a value the words of a card as it stands now; a hidden value comes back with them."""
        before = found(self._rows.noun(CanonicalValue, VALUE, VALUE.c.id == value_id), what="value", key=value_id)
        self._set(
            value_id,
            title=card.text.title,
            gist=card.text.gist,
            description=card.description,
            policies=list(card.text.policy_texts()),
            source=card.source.value,
            founded_by_card_id=card.id,
            is_withdrawn=False,
            **NOT_HIDDEN,
            updated_at=at,
        )
        if embedding_text(card.text.title, card.text.policy_texts()) != before.embedding_text():
            Judgements(self._rows).forget_words(value_id, at=at)

    def get(self, value_id: ValueId) -> CanonicalValue:
        """Return a value, withdrawn or not; NotFoundError where there is none."""
        value = self._rows.noun(CanonicalValue, VALUE, VALUE.c.id == value_id)
        return _as_read(found(value, what="value", key=value_id))

    def by_number(self, study_id: StudyId, number: int) -> CanonicalValue | None:
        """Return the value that bears this number in the study, if there is one."""
        value = self._rows.noun(CanonicalValue, VALUE, VALUE.c.study_id == study_id, VALUE.c.number == number)
        return None if value is None else _as_read(value)

    def list(
        self, study_id: StudyId, *, include_withdrawn: bool = False, with_hidden_words: bool = False
    ) -> builtins.list[CanonicalValue]:
        """Return the values of a study by number.

        Args:
            study_id: the study.
            include_withdrawn: those withdrawn and those hidden too, both without words.
            with_hidden_words: hidden ones with their words, for the staff who hid them.
        """
        where = [VALUE.c.study_id == study_id]
        if not include_withdrawn:
            where.append(VALUE.c.is_withdrawn.is_(False))
        values = self._rows.nouns(CanonicalValue, VALUE, *where, order=(VALUE.c.number,))
        return values if with_hidden_words else [_as_read(value) for value in values]

    def withdrawn_ids(self, study_id: StudyId) -> frozenset[ValueId]:
        """Return which values are withdrawn or hidden, without reading their words."""
        query = select(VALUE.c.id).where(VALUE.c.study_id == study_id, VALUE.c.is_withdrawn.is_(True))
        return frozenset(ValueId(row["id"]) for row in self._rows.mappings(query))

    def founded_by(self, card_id: CardId) -> builtins.list[CanonicalValue]:
        """Return the values that bear the words of a card, hidden ones too."""
        values = self._rows.nouns(CanonicalValue, VALUE, VALUE.c.founded_by_card_id == card_id, order=(VALUE.c.number,))
        return [_as_read(value) for value in values]

    def next_number(self, study_id: StudyId) -> int:
        """Return the number the next value of the study should bear."""
        query = select(func.max(VALUE.c.number).label("last")).where(VALUE.c.study_id == study_id)
        return int(self._rows.mappings(query)[0]["last"] or 0) + 1

    def place(self, placement: Placement) -> None:
        """Put a card under a value; where it lay before no longer counts, but is kept."""
        self._rows.add(PLACEMENT, [to_row(placement, PLACEMENT)])

    def undo_placement(self, placement_id: PlacementId, *, at: datetime) -> None:
        """Undo one placement; the one before it, if it still stands, counts again."""
        count = self._rows.change(PLACEMENT, PLACEMENT.c.id == placement_id, undone_at=at)
        changed(count, what="placement", key=placement_id)

    def placement(self, placement_id: PlacementId) -> Placement:
        """Return a placement, undone or not; NotFoundError where there is none."""
        one = self._rows.noun(Placement, PLACEMENT, PLACEMENT.c.id == placement_id)
        return found(one, what="placement", key=placement_id)

    def placements(self, study_id: StudyId, *, include_undone: bool = False) -> builtins.list[Placement]:
        """Return for each card the newest placement that stands, or with ``include_undone`` all there ever were."""
        where = [PLACEMENT.c.study_id == study_id]
        if not include_undone:
            where.append(PLACEMENT.c.undone_at.is_(None))
        order = (PLACEMENT.c.created_at, PLACEMENT.c.id)
        every = self._rows.nouns(Placement, PLACEMENT, *where, order=order)
        return every if include_undone else builtins.list({p.card_id: p for p in every}.values())

    def placed(
        self, study_id: StudyId, *, until: datetime | None = None, under: Collection[ValueId] | None = None
    ) -> dict[CardId, ValueId]:
        """Return the value that each card lies under, as ``placements`` has it; with ``under`` only cards in these.

        With ``until`` the newest placement that stood then. Placements that came with a file count from the beginning:
        the file tells when people voted, not when their cards were placed.
        """
        links = PLACEMENT.alias()
        stands = links.c.undone_at.is_(None) if until is None else _stood(links, until)
        query = select(links.c.card_id, links.c.value_id).where(links.c.study_id == study_id, stands)
        if until is not None:
            query = query.where((links.c.created_at <= until) | (links.c.author == IMPORTED))
        if under is not None:
            ever = select(PLACEMENT.c.card_id).where(one_of(PLACEMENT.c.value_id, under))
            query = query.where(links.c.card_id.in_(ever))
        every = self._rows.tuples(query.order_by(links.c.created_at, links.c.id))
        newest = {CardId(card_id): ValueId(value_id) for card_id, value_id in every}
        return newest if under is None else {card: value for card, value in newest.items() if value in under}

    def placement_of(self, card_id: CardId) -> Placement | None:
        """Return the newest placement of a card that stands, if any."""
        order = (PLACEMENT.c.created_at.desc(), PLACEMENT.c.id.desc())
        stands = (PLACEMENT.c.card_id == card_id) & PLACEMENT.c.undone_at.is_(None)
        return self._rows.noun(Placement, PLACEMENT, stands, order=order)

    def add_answer(self, answer: PlacementAnswer) -> None:
        """Store what a person said of a value shown beside their card."""
        self._rows.add(PLACEMENT_ANSWER, [to_row(answer, PLACEMENT_ANSWER)])

    def answers(self, study_id: StudyId) -> builtins.list[PlacementAnswer]:
        """Return all such answers of a study in the order they were given."""
        query = (
            select(PLACEMENT_ANSWER)
            .join(CARD, CARD.c.id == PLACEMENT_ANSWER.c.card_id)
            .where(CARD.c.study_id == study_id)
            .order_by(PLACEMENT_ANSWER.c.answer_number)
        )
        return [to_noun(row, PlacementAnswer) for row in self._rows.mappings(query)]

    def merge(self, merge: ValueMerge) -> None:
        """Let votes and cards of one value count for another.

        Raises:
            StudyRuleError: the value is merged already, or the merge would lead in a circle.
        """
        standing = {m.value_id: m.into_id for m in self.merges(merge.study_id)}
        if merge.value_id in standing:
            raise StudyRuleError("This value is merged into another one already. Undo that merge first.")
        if _root(merge.into_id, standing) == merge.value_id:
            raise StudyRuleError("The other value is merged into this one already; merging back would be a circle.")
        self._rows.add(MERGE, [to_row(merge, MERGE)])

    def undo_merge(self, merge_id: MergeId, *, at: datetime) -> None:
        """Undo a merge: both values count for themselves again."""
        changed(self._rows.change(MERGE, MERGE.c.id == merge_id, undone_at=at), what="merge", key=merge_id)

    def merges(
        self, study_id: StudyId, *, include_undone: bool = False, until: datetime | None = None
    ) -> builtins.list[ValueMerge]:
        """Return the merges that stand, stood at ``until``, or with ``include_undone`` all there ever were.

        The oldest comes first.
        """
        where = [MERGE.c.study_id == study_id]
        if until is not None:
            where += [MERGE.c.created_at <= until, _stood(MERGE, until)]
        elif not include_undone:
            where.append(MERGE.c.undone_at.is_(None))
        return self._rows.nouns(ValueMerge, MERGE, *where, order=(MERGE.c.created_at, MERGE.c.id))

    def is_touched_by_others(self, value_id: ValueId, person_id: PersonId) -> bool:
        """Tell whether someone but this person ticked the value, voted on it, or has a card under it."""
        named = (VOTE.c.src_id == value_id) | (VOTE.c.wiser_id == value_id)
        ticked = select(DRAW.c.id).join(CHOICE, CHOICE.c.draw_id == DRAW.c.id).where(CHOICE.c.value_id == value_id)
        under = select(CARD.c.id).join(PLACEMENT, PLACEMENT.c.card_id == CARD.c.id)
        by_others = (
            select(VOTE.c.id).where(named, VOTE.c.person_id != person_id),
            ticked.where(DRAW.c.person_id != person_id),
            under.where(
                PLACEMENT.c.value_id == value_id, PLACEMENT.c.undone_at.is_(None), CARD.c.person_id != person_id
            ),
        )
        return any(self._rows.mappings(query.limit(1)) for query in by_others)

    def heir(self, value: CanonicalValue, *, without: Collection[CardId]) -> CardId | None:
        """Return the earliest confirmed card under a value but those named: its words can stand for the value.

        The words of a simulated person only ever stand for a simulated value.
        """
        under = {p.card_id for p in self.placements(value.study_id) if p.value_id == value.id} - set(without)
        sources = frozenset(Source) if value.source is Source.SIMULATED else frozenset(Source) - {Source.SIMULATED}
        query = (
            select(CARD.c.id)
            .where(one_of(CARD.c.id, under), CARD.c.status == CardStatus.CONFIRMED.value)
            .where(one_of(CARD.c.source, sources))
            .order_by(CARD.c.created_at, CARD.c.id)
        )
        return next((CardId(row["id"]) for row in self._rows.mappings(query.limit(1))), None)

    def roots(self, study_id: StudyId, *, until: datetime | None = None) -> dict[ValueId, ValueId]:
        """Return for every value of the study the value it counts for: itself, or where its merges lead.

        With ``until`` where they led then.
        A merge that leads to nothing but a hidden value rests while that one is hidden.
        """
        columns = select(VALUE.c.id, VALUE.c.hidden_at).where(VALUE.c.study_id == study_id).order_by(VALUE.c.number)
        hidden = {ValueId(row["id"]): row["hidden_at"] is not None for row in self._rows.mappings(columns)}
        standing = {m.value_id: m.into_id for m in self.merges(study_id, until=until)}
        while resting := {one for one, into in standing.items() if hidden.get(into) and into not in standing}:
            standing = {one: into for one, into in standing.items() if one not in resting}
        return {value_id: _root(value_id, standing) for value_id in hidden}

    def _set(self, value_id: ValueId, **values: object) -> None:
        changed(self._rows.change(VALUE, VALUE.c.id == value_id, **values), what="value", key=value_id)


def _stood(links: FromClause, until: datetime) -> Where:
    return links.c.undone_at.is_(None) | (links.c.undone_at > until)


def _as_read(value: CanonicalValue) -> CanonicalValue:
    """Return ``value`` as everybody may read it: a hidden one without its words."""
    return value if value.hidden_at is None else value.model_copy(update=NO_WORDS)


def _root(value_id: ValueId, standing: Mapping[ValueId, ValueId]) -> ValueId:
    while value_id in standing:
        value_id = standing[value_id]
    return value_id
