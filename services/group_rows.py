"""From what ``graph`` computed to the nouns that pages, exports and the command line show."""

from collections.abc import Callable, Sequence

from domain.graphs import VoteRow
from domain.ids import ValueId
from domain.plurality import (
    AuditGroup,
    AuditPair,
    AuditRow,
    BridgingRow,
    ChangeRow,
    DisagreementSection,
    EdgeByGroups,
    EdgeInGroup,
    GroupPair,
    InfluenceRow,
    LowestGroup,
    OverTimeSection,
    PairInWaveRow,
    WaveRow,
    WithoutContextRow,
)
from graph.audit import AuditLine
from graph.audit_words import FALSE_DISCOVERY, NO_DIFFERENCE
from graph.ballots import Pair
from graph.bridging import Bridging
from graph.cell_guard import MIN_CELL, Cell, CellGuard
from graph.disagreement import Disagreement, WithoutContext
from graph.group_minimum import GroupMinimum
from graph.groups import EdgeByGroup
from graph.influence import Influence
from graph.over_time import Change, Move, PairInWave, Wave, compare_waves
from services.process_measures import MeasureText

UNSETTLED = 0.1
"""Difference of intercepts between starts of the model from which the reader is warned."""
Number = Callable[[ValueId], int]
"""The number that a value bears in the export."""


def edge_row(edge: EdgeByGroup, *, number: Number) -> EdgeByGroups:
    """Return one ordered pair by group."""
    groups = tuple(
        EdgeInGroup(
            group=counts.group,
            state=counts.cell.state,
            n_people=counts.cell.n_people,
            wiser=counts.wiser,
            not_wiser=counts.not_wiser,
            unsure=counts.unsure,
            share=counts.share,
            interval=counts.interval,
        )
        for counts in edge.groups
    )
    return EdgeByGroups(src=number(edge.src_id), wiser=number(edge.wiser_id), groups=groups, p=edge.p, q=edge.q)


def disagreement_section(
    found: Disagreement | None, without: Sequence[WithoutContext], *, decided_excess: float | None
) -> DisagreementSection | None:
    """Return the disagreement between groups with its sentence; ``None`` where nothing can be compared."""
    if found is None:
        return None
    return DisagreementSection(
        excess=found.excess,
        interval=found.interval,
        p=found.p,
        n_people=found.n_people,
        n_items=found.n_items,
        pairs=tuple(GroupPair(**pair._asdict()) for pair in found.pairs),
        without_context=tuple(
            WithoutContextRow(context=one.left_out, excess=one.excess, n_items=one.n_items) for one in without
        ),
        decided_excess=decided_excess,
        words=(
            "people of different groups differ more than people of the same group"
            if found.p < FALSE_DISCOVERY
            else NO_DIFFERENCE
        ),
    )


def bridging_rows(
    found: Sequence[Bridging], least: Sequence[GroupMinimum], *, number: Number
) -> tuple[BridgingRow, ...]:
    """Return items by intercept, highest first; both sequences are in the order of the items."""
    rows = [_bridging_row(one, low, number=number) for one, low in zip(found, least, strict=True)] if found else []
    return tuple(sorted(rows, key=lambda row: (-row.intercept, row.wiser, row.src or 0, row.context)))


def bridging_words(n_upheld: int, *, unsettled: float) -> str:
    """Return the sentence for the factor model of edges, chosen by rule.

    >>> bridging_words(3, unsettled=0.0)
    '3 edges are upheld across camps'
    """
    edges = f"{n_upheld} edge is" if n_upheld == 1 else f"{n_upheld} edges are"
    if unsettled <= UNSETTLED:
        return f"{edges} upheld across camps"
    return f"{edges} upheld across camps; people answered too little to settle the sides, so read both measures"


def _bridging_row(one: Bridging, least: GroupMinimum, *, number: Number) -> BridgingRow:
    item = one.item
    is_edge = isinstance(item, Pair)
    lowest = None
    if least.lowest_group is not None and least.minimum is not None and least.interval is not None:
        lowest = LowestGroup(
            group=least.lowest_group,
            share=least.minimum,
            interval=least.interval,
            sure_low=least.sure_low or 0.0,
            is_upheld=bool(least.is_upheld),
            n_groups=least.n_groups,
        )
    return BridgingRow(
        src=number(item.src_id) if isinstance(item, Pair) else None,
        wiser=number(item.wiser_id) if isinstance(item, Pair) else number(ValueId(str(item))),
        context=item.context if is_edge and isinstance(item, Pair) else "",
        n_people=one.n_people,
        share=one.share,
        intercept=one.intercept,
        side=one.side,
        interval=one.interval,
        with_one_more=one.with_one_more,
        unsettled=one.unsettled,
        is_upheld=one.is_upheld,
        lowest_group=lowest,
    )


def audit_row(line: AuditLine, *, text: MeasureText) -> AuditRow:
    """Return one measure by group."""
    return AuditRow(
        measure=line.name,
        title=text.title,
        kind=line.kind.value,
        unit=text.unit,
        groups=tuple(
            AuditGroup(
                group=one.group,
                state=one.cell.state,
                n_people=one.cell.n_people,
                n_yes=one.n_yes,
                value=one.value,
                interval=one.interval,
            )
            for one in line.groups
        ),
        n_people=line.n_people,
        p=line.p,
        q=line.q,
        pairs=tuple(AuditPair(**pair._asdict()) for pair in line.pairs),
        unseen=line.unseen,
        words=line.words,
    )


def influence_row(one: Influence, *, number: Number) -> InfluenceRow:
    """Return what leaving a group out changes."""
    numbers = {name: tuple(sorted(map(number, getattr(one, name)))) for name in ("top_left", "top_entered")}
    return InfluenceRow(**{**one._asdict(), **numbers})


def over_time_section(
    waves: Sequence[Wave],
    *,
    rest: Sequence[VoteRow] = (),
    guard: CellGuard | None = None,
    by: str = "",
    number: Number,
) -> OverTimeSection:
    """Return the waves, and what moved between the first and the last; nothing moves in fewer than two.

    Args:
        waves: in their order.
        rest: votes of the study that are in none of the waves.
        guard: which waves may be shown, where they are groups of people.
        by: attribute whose answers are the rounds.
        number: the number that a value bears in the export.
    """
    changes = compare_waves(waves, rest=rest, guard=guard) if len(waves) > 1 else ()
    moves = [change.move for change in changes]
    n_hidden = sum(change.earlier.n_people is None for change in changes)
    cells = _wave_cells(waves, rest, guard)
    return OverTimeSection(
        by=by,
        waves=tuple(
            _wave_row(wave, cell, is_one_pair_hidden=n_hidden == 1) for wave, cell in zip(waves, cells, strict=True)
        ),
        changes=tuple(_change_row(change, number=number) for change in changes),
        n_rose=moves.count(Move.ROSE),
        n_fell=moves.count(Move.FELL),
        n_flipped=moves.count(Move.FLIPPED),
        words=_words(moves),
    )


def _words(moves: Sequence[Move]) -> str:
    n_tested = sum(move is not Move.TOO_FEW for move in moves)
    n_moved = sum(move in {Move.ROSE, Move.FELL, Move.FLIPPED} for move in moves)
    if not n_tested:
        return "nothing to compare: no pair has answers that may be shown in both waves"
    if not n_moved:
        return f"{Move.NOT_SHOWN.value}, for any of the {n_tested} pairs that can be compared"
    return f"{n_moved} of {n_tested} pairs moved; {Move.NOT_SHOWN.value} for the others"


def _wave_cells(waves: Sequence[Wave], rest: Sequence[VoteRow], guard: CellGuard | None) -> Sequence[Cell]:
    """Return the people of each wave; those of rounds are groups, of which none may follow from all voters."""
    if guard is None:
        return [Cell(wave.n_people if wave.n_people >= MIN_CELL else None) for wave in waves]
    return guard.cells([wave.n_people for wave in waves], n_others=len({row.person_id for row in rest}))


def _wave_row(wave: Wave, cell: Cell, *, is_one_pair_hidden: bool) -> WaveRow:
    n_votes = len(wave.rows) if cell.is_shown and not is_one_pair_hidden else None
    return WaveRow(name=wave.name, n_people=cell.n_people, n_votes=n_votes)


def _change_row(change: Change, *, number: Number) -> ChangeRow:
    return ChangeRow(
        src=number(change.src_id),
        wiser=number(change.wiser_id),
        earlier=_in_wave(change.earlier),
        later=_in_wave(change.later),
        move=change.move.value,
        p=change.p,
        q=change.q,
    )


def _in_wave(pair: PairInWave) -> PairInWaveRow:
    return PairInWaveRow(state="hidden" if pair.n_people is None else "shown", **pair._asdict())
