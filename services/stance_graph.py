"""A run beside the graph of a study: graph score against model preference, and the edges put to the test."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from domain.graphs import GraphEdge, Thresholds
from domain.ids import ValueId
from domain.measures.intervals import wilson_interval
from domain.plurality import Range
from domain.stance_reports import EdgeTest, GraphComparison, GraphPoint, RankCorrelation, Route, ValueLink
from graph.pairs import edges_of
from graph.resampling import N_RESAMPLES
from graph.tally import tally as tally_votes
from graph.uncertainty import ValueRange, uncertainty
from services.analysis_votes import AnalysedVotes, number_of
from services.stance_reports import MIN_DILEMMAS, Run
from stances.edge_test import UNDECIDED, Conflict, count_acts, find_conflict
from stances.mentions import VALUE, Label, Mentions, RealArray
from stances.preference import draw_weights, interval, preference, resampled, tally
from stances.rank_agreement import place_gaps, rank_correlation

Score = Literal["wisdom", "page_rank"]
COIN = 0.5
FEWEST_DECISIONS = 10
"""Below it no sentence is made of a share; the table holds the figures."""
OVERALL = 0
"""The stream of randomness that the analysis of the study uses, so that both show the same intervals."""


class GraphSide(NamedTuple):
    """What the people made: scores of values with ranges, and the kept edges, values by number."""

    study: str
    data_version: int
    values: tuple[ValueRange, ...]
    edges: tuple[GraphEdge, ...]


class _Placed(NamedTuple):
    """Linked values that the answered dilemmas mention."""

    ranges: tuple[ValueRange, ...]
    links: tuple[ValueLink, ...]
    mentions: Mentions
    """One row for each value: the sum over its labels."""


def graph_side(votes: AnalysedVotes, *, thresholds: Thresholds, seed: int) -> GraphSide:
    """Return the scores and kept edges of a study."""
    columns = votes.columns()
    found = uncertainty(
        columns, thresholds=thresholds, rng=np.random.default_rng([seed, OVERALL]), n_resamples=N_RESAMPLES
    )
    edges = tuple(edge for edge in edges_of(tally_votes(columns), thresholds=thresholds) if edge.is_kept)
    return GraphSide(votes.study.slug, votes.data_version, found.values, edges)


def compare_with_graph(
    run: Run, side: GraphSide, links: Sequence[ValueLink], *, score: Score, embedder: str, route: Route = "nearness"
) -> GraphComparison:
    """Return the run beside the graph; ``route`` says what the links were made of."""
    rng = np.random.default_rng([run.reading.seed, 1])
    placed = _placed(run, side, {link.number: link for link in links})
    weights = draw_weights(int((~np.isnan(run.leaning)).sum()), n_resamples=run.reading.n_resamples, rng=rng)
    draws = resampled(placed.mentions, run.leaning, weights)
    points = _points(run, placed, draws, score=score)
    scores, preferences = (np.array([getattr(one, name) for one in points]) for name in ("score", "preference"))
    found = rank_correlation(scores, preferences, second_draws=draws, rng=rng)
    tests, conflicts = _edge_tests(run, side.edges, {link.number: link for link in links})
    overall, ends = _overall(run, tests, conflicts, weights)
    correlation = RankCorrelation(
        rho=found.rho if found else None, interval=(found.low, found.high) if found else None, n_values=len(points)
    )
    return GraphComparison(
        run=run.reading, study=side.study, data_version=side.data_version, score=score, route=route, embedder=embedder,
        n_graph_values=len(side.values), n_linked=len(placed.ranges), points=points, correlation=correlation,
        edges=tests, n_edges=len(side.edges), overall=overall, overall_interval=ends,
        words=_words(correlation, overall, ends, n_edges=len(tests), route=route),
    )  # fmt: skip


def _placed(run: Run, side: GraphSide, link_of: Mapping[int, ValueLink]) -> _Placed:
    row = {label.name: at for at, label in enumerate(run.mentions.labels) if label.theory == VALUE}
    answered = ~np.isnan(run.leaning)
    ranges, links, doing, leaving = [], [], [], []
    for value in side.values:
        link = link_of.get(number_of(value.value_id))
        rows = [row[label.name] for label in link.labels if label.name in row] if link else []
        if link and rows and run.mentions.total[rows][:, answered].any():
            ranges.append(value)
            links.append(link)
            doing.append(run.mentions.to_do[rows].sum(axis=0))
            leaving.append(run.mentions.not_to_do[rows].sum(axis=0))
    shape = (len(ranges), len(run.mentions.items))
    labels = tuple(Label("graph", str(link.number)) for link in links)
    sides = (np.array(some, dtype=np.float64).reshape(shape) for some in (doing, leaving))
    to_do, not_to_do = sides
    return _Placed(
        tuple(ranges), tuple(links),
        Mentions(items=run.mentions.items, labels=labels, to_do=to_do, not_to_do=not_to_do),
    )  # fmt: skip


def _points(run: Run, placed: _Placed, draws: RealArray, *, score: Score) -> tuple[GraphPoint, ...]:
    chosen = preference(tally(placed.mentions, run.leaning))
    ends = interval(draws)
    answered = ~np.isnan(run.leaning)
    n_dilemmas = (placed.mentions.total[:, answered] > 0).sum(axis=1)
    scores = np.array([getattr(value, score) for value in placed.ranges], dtype=np.float64)
    gaps = place_gaps(scores, chosen)
    return tuple(
        GraphPoint(
            number=link.number, title=link.title, labels=tuple(label.name for label in link.labels),
            confidence=link.labels[0].similarity, score=float(scores[at]),
            score_interval=tuple(getattr(placed.ranges[at], f"{score}_interval")), preference=float(chosen[at]),
            preference_interval=(float(ends.low[at]), float(ends.high[at])) if n_dilemmas[at] >= MIN_DILEMMAS else None,
            n_dilemmas=int(n_dilemmas[at]), gap=float(gaps[at]),
        )
        for at, link in enumerate(placed.links)
    )  # fmt: skip


def _edge_tests(
    run: Run, edges: Sequence[GraphEdge], link_of: Mapping[int, ValueLink]
) -> tuple[tuple[EdgeTest, ...], tuple[Conflict, ...]]:
    tests, conflicts = [], []
    for edge in edges:
        less, wiser = (link_of.get(_number(end)) for end in (edge.src_id, edge.wiser_id))
        if less is None or wiser is None:
            continue
        names = [frozenset(label.name for label in link.labels) for link in (less, wiser)]
        conflict = find_conflict(run.items, run.leaning, less=names[0], wiser=names[1])
        if (~np.isnan(conflict.acts_wiser)).any():
            conflicts.append(conflict)
            tests.append(_test(run, conflict, ends=(less, wiser)))
    return tuple(tests), tuple(conflicts)


def _number(value_id: ValueId) -> int:
    return number_of(value_id)


def _test(run: Run, conflict: Conflict, *, ends: tuple[ValueLink, ValueLink]) -> EdgeTest:
    less, wiser = ends
    acted = count_acts(conflict)
    answered = ~np.isnan(conflict.acts_wiser)
    found = wilson_interval(acted.n_wiser, acted.n_wiser + acted.n_less)
    return EdgeTest(
        src=less.number, wiser=wiser.number, src_title=less.title, wiser_title=wiser.title, n_wiser=acted.n_wiser,
        n_less=acted.n_less, n_undecided=acted.n_undecided, interval=tuple(found) if found else None,
        always_to_do=float(conflict.doing_is_wiser[answered].mean()),
        dilemmas=tuple(run.items[place].id for place, is_in in zip(conflict.places, answered, strict=True) if is_in),
    )  # fmt: skip


def _overall(
    run: Run, tests: Sequence[EdgeTest], conflicts: Sequence[Conflict], weights: RealArray
) -> tuple[EdgeTest | None, Range | None]:
    """Return all edges as one, with an interval over dilemmas: one dilemma may decide several edges."""
    n_wiser, n_less = (sum(getattr(test, name) for test in tests) for name in ("n_wiser", "n_less"))
    if not n_wiser + n_less:
        return None, None
    wins, fights = np.zeros(len(run.items)), np.zeros(len(run.items))
    for conflict in conflicts:
        decided = ~np.isnan(conflict.acts_wiser) & (conflict.acts_wiser != UNDECIDED)
        places = np.array(conflict.places)[decided]
        np.add.at(wins, places, (conflict.acts_wiser[decided] > UNDECIDED).astype(np.float64))
        np.add.at(fights, places, 1.0)
    answered = ~np.isnan(run.leaning)
    drawn = weights @ fights[answered]
    shares = (weights @ wins[answered])[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(shares, (0.025, 0.975)).tolist()
    doing = np.concatenate([c.doing_is_wiser[~np.isnan(c.acts_wiser)] for c in conflicts])
    found = wilson_interval(n_wiser, n_wiser + n_less)
    whole = EdgeTest(
        src=0, wiser=0, src_title="", wiser_title="", n_wiser=n_wiser, n_less=n_less,
        n_undecided=sum(test.n_undecided for test in tests), interval=tuple(found) if found else None,
        always_to_do=float(doing.mean()), dilemmas=(),
    )  # fmt: skip
    return whole, (low, high)


def _words(
    correlation: RankCorrelation, overall: EdgeTest | None, ends: Range | None, *, n_edges: int, route: Route
) -> str:
    linked = "linked" if route == "nearness" else "placed"
    if correlation.rho is None or correlation.interval is None:
        said = f"Too few values of the graph could be {linked} to compare the two orders."
    else:
        low, high = correlation.interval
        direction = "are not shown to be related" if low <= 0 <= high else "agree" if low > 0 else "oppose each other"
        said = (
            f"Over {correlation.n_values} {linked} values the graph's order and the model's {direction} "
            f"(rank correlation {correlation.rho:+.2f}, 95 % {low:+.2f} to {high:+.2f})."
        )
    if overall is None or ends is None:
        return f"{said} No dilemma sets the two values of an edge against each other."
    n = overall.n_wiser + overall.n_less
    if n < FEWEST_DECISIONS:
        return f"{said} The two values of an edge conflict in {n} decisions: too few to say which one it acts on."
    share = overall.n_wiser / n
    verdict = "no more often than a coin" if ends[0] <= COIN <= ends[1] else "more often than a coin"
    if ends[1] < COIN:
        verdict = "less often than a coin"
    return (
        f"{said} Where the two values of an edge conflict, it acts on the wiser one in {share:.0%} of {n} decisions "
        f"over {n_edges} edges (95 % {ends[0]:.0%} to {ends[1]:.0%}): {verdict}."
    )
