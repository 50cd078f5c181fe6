"""What a run comes to beside the graph when a scorer's valence places the values, and how far both ways agree."""

from collections.abc import Sequence

import numpy as np

from domain.errors import UserInputError
from domain.stance_reports import GraphComparison, GraphPoint, LinkedLabel, RankCorrelation, ValueLink
from domain.valence_reports import RouteRow, ValenceComparison
from services.stance_graph import GraphSide, Score, compare_with_graph
from services.stance_reports import Run
from services.valence_scores import Cell, KeptScores
from stances.mentions import count_mentions
from stances.rank_agreement import rank_correlation
from stances.valence_route import LEAST_LEAD, placed_items


def compare_by_valence(
    run: Run, side: GraphSide, cells: Sequence[Cell], kept: KeptScores, *, scorer: str, nearness: GraphComparison,
    score: Score = "wisdom", least: float = LEAST_LEAD,
) -> ValenceComparison:  # fmt: skip
    """Return the run beside the graph by valence, and beside ``nearness``, what the other way comes to.

    Raises:
        UserInputError: nothing is scored yet.
    """
    scored = [cell for cell in cells if cell.key in kept.by_key]
    if not scored or kept.source is None:
        raise UserInputError("Nothing is scored yet.")
    placed = _placed(run, scored, kept, least=least)
    titles = {cell.number: cell.vrd.text for cell in scored}
    links = [_link(number, title) for number, title in sorted(titles.items())]
    compared = compare_with_graph(placed, side, links, score=score, embedder="", route="valence")
    rows = _rows(nearness.points, compared.points)
    agreement = _agreement(rows, seed=run.reading.seed)
    of = [kept.by_key[cell.key] for cell in scored]
    n_without = sum(one.pull is None for one in of)
    return ValenceComparison(
        scorer=scorer, checkpoint=" ".join(filter(None, (kept.source.checkpoint, kept.source.revision[:12]))),
        n_dilemmas=len(placed.items), n_pairs=len(scored), n_without=n_without,
        n_shortened=sum(one.is_shortened for one in of), least_lead=least, compared=compared, rows=rows,
        agreement=agreement, words=_words(compared, agreement, n_dilemmas=len(placed.items)),
    )  # fmt: skip


def _placed(run: Run, cells: Sequence[Cell], kept: KeptScores, *, least: float) -> Run:
    """Return the run over the scored dilemmas, its mentions those that the scorer makes."""
    pulls: dict[str, dict[str, dict[str, float]]] = {}
    for cell in cells:
        one = kept.by_key[cell.key].pull
        sides = pulls.setdefault(cell.item_id, {})
        if one is not None:
            sides.setdefault(cell.option, {})[_name(cell.number)] = one
    items = placed_items(run.items, pulls, least=least)
    place = {item.id: at for at, item in enumerate(run.items)}
    chosen = np.array([place[item.id] for item in items], dtype=np.int64)
    return run._replace(
        items=items, mentions=count_mentions(items, {}), leaning=run.leaning[chosen], withheld=run.withheld[chosen]
    )


def _name(number: int) -> str:
    return str(number)


def _link(number: int, title: str) -> ValueLink:
    own = (LinkedLabel(name=_name(number), similarity=None),)
    return ValueLink(number=number, title=title, labels=own, candidates=(), is_corrected=False)


def _rows(nearness: Sequence[GraphPoint], valence: Sequence[GraphPoint]) -> tuple[RouteRow, ...]:
    near, by_pull = ({point.number: point for point in points} for points in (nearness, valence))
    rows = [
        RouteRow(
            number=number, title=(near.get(number) or by_pull[number]).title,
            by_nearness=near[number].preference if number in near else None,
            by_valence=by_pull[number].preference if number in by_pull else None,
            n_nearness=near[number].n_dilemmas if number in near else 0,
            n_valence=by_pull[number].n_dilemmas if number in by_pull else 0,
        )
        for number in sorted(near.keys() | by_pull.keys())
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-_apart(row), row.number)))


def _apart(row: RouteRow) -> float:
    both = (row.by_nearness, row.by_valence)
    return -1.0 if both[0] is None or both[1] is None else abs(both[0] - both[1])


def _agreement(rows: Sequence[RouteRow], *, seed: int) -> RankCorrelation:
    pairs = [(r.by_nearness, r.by_valence) for r in rows if r.by_nearness is not None and r.by_valence is not None]
    first, second = (np.array([pair[at] for pair in pairs], dtype=np.float64) for at in range(2))
    found = rank_correlation(first, second, rng=np.random.default_rng([seed, 4])) if pairs else None
    return RankCorrelation(
        rho=found.rho if found else None, interval=(found.low, found.high) if found else None, n_values=len(pairs)
    )


def _words(compared: GraphComparison, agreement: RankCorrelation, *, n_dilemmas: int) -> str:
    said = f"Read by valence over {n_dilemmas} dilemmas: {compared.words[0].lower()}{compared.words[1:]}"
    if agreement.rho is None or agreement.interval is None:
        return f"{said} Too few values were reached by both ways to hold them against each other."
    low, high = agreement.interval
    verdict = "agree" if low > 0 else "oppose each other" if high < 0 else "are not shown to agree"
    return (
        f"{said} Over {agreement.n_values} values that both ways reach, they {verdict} on what the model acts on "
        f"(rank correlation {agreement.rho:+.2f}, 95 % {low:+.2f} to {high:+.2f})."
    )
