"""What the votes of a study entail and how sure it is, in one documented shape (docs/reference/analysis.md)."""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from domain.errors import UserInputError
from domain.graphs import GraphQuery, MoralGraph, VoteRow
from domain.ids import PersonId, ValueId
from domain.nouns import utc_iso
from graph.funnel import funnel
from graph.order import Order
from graph.wisest import wisest
from services.analysis_groups import GroupAnalyses
from services.explore import Explore, GraphWithVotes

FORMAT = "moral-graph-explorer/analysis@1"
N_DRAWS = 200
MAX_WISEST = 20
"""Values listed under one heading; the rest is counted."""
Shape = dict[str, object]


class Analysis:
    """Use case of ``moralgraph analyze``."""

    def __init__(self, explore: Explore, groups: GroupAnalyses) -> None:
        self._explore = explore
        self._groups = groups

    def analyze(self, query: GraphQuery, *, attribute: str = "", seed: int = 0) -> Shape:
        """Return the analysis of the votes that ``query`` selects; the same data and seed give the same.

        Args:
            query: which votes count.
            attribute: the attribute by which people are told apart; empty leaves ``groups`` out.
            seed: of the draws of people.

        Raises:
            UserInputError: nobody in the study bears the attribute in groups of five or more.
        """
        options = self._explore.options(query.study_id)
        read = self._explore.graph_with_votes(query)
        graph = read.graph
        shape: Shape = {
            "format": FORMAT,
            "study": options.study.slug,
            "until": utc_iso(query.until) if query.until is not None else None,
            "dataVersion": options.data_version,
            "codeVersion": version("moral-graph-explorer"),
            "seed": seed,
            "draws": N_DRAWS,
            "n": {"people": graph.n_people, "votes": graph.n_votes, "keptEdges": len(graph.kept_edges())},
            "order": self._order(graph),
            "funnel": funnel(graph.edges, thresholds=query.thresholds)._asdict(),
            "wisest": {"overall": _wisest(read, query, seed=seed)}
            | {
                "questions": {
                    question.slug: _wisest(self._explore.graph_with_votes(one), one, seed=seed)
                    for question in options.questions
                    if not query.question_ids or question.id in query.question_ids
                    for one in [query.model_copy(update={"question_ids": (question.id,)})]
                }
            },
        }
        if attribute:
            known = self._groups.attributes(query.study_id, sources=query.sources)
            if attribute not in known:
                raise UserInputError(
                    f"No two groups of five people can be told apart by {attribute!r}. "
                    + (f"Known are: {', '.join(sorted(known))}." if known else "This study knows of none."),
                    field="by",
                )
            shape["groups"] = self._groups.analyse(query, attribute=attribute, seed=seed).model_dump(mode="json")
        return shape

    def _order(self, graph: MoralGraph) -> Shape:
        order = Order(graph.edges)
        number = {node.value.id: node.value.number for node in graph.nodes}
        ranks = {node.value.id: node.page_rank for node in graph.nodes if node.page_rank is not None}
        best, figures = order.next_pair(), order.figures()
        return figures._asdict() | {
            "unentailed_share": figures.unentailed_share,
            "contradicted_by_page_rank": order.contradicted(ranks),
            "cycles": [sorted(number[v] for v in group) for group in order.classes if len(group) > 1],
            "next_pair": None
            if best is None
            else {
                "values": sorted((number[best.one], number[best.other])),
                "settles_at_least": best.n_settled_at_least,
            },
        }


def _wisest(read: GraphWithVotes, query: GraphQuery, *, seed: int) -> Shape:
    number = {node.value.id: node.value.number for node in read.graph.nodes}
    rng = np.random.default_rng(seed)
    found = wisest(_numbered(read.votes, number), thresholds=query.thresholds, n_draws=N_DRAWS, rng=rng)
    return {
        "people": read.graph.n_people,
        "votes": read.graph.n_votes,
        "values": len(found),
        "wisest": [
            {
                "value": int(one.value_id),
                "wisdom": one.wisdom,
                "interval": list(one.interval),
                "bootstrap_share": one.bootstrap_share,
                "rank_interval": list(one.rank_interval),
            }
            for one in found[:MAX_WISEST]
        ],
    }


def _numbered(votes: Sequence[VoteRow], number: dict[ValueId, int]) -> list[VoteRow]:
    """Return the votes with numbers for ids, people in the order of their first vote."""
    people = {person: f"{place:08}" for place, person in enumerate(dict.fromkeys(v.person_id for v in votes))}
    return [
        v._replace(
            person_id=PersonId(people[v.person_id]),
            src_id=ValueId(f"{number[v.src_id]:08}"),
            wiser_id=ValueId(f"{number[v.wiser_id]:08}"),
        )
        for v in votes
    ]
