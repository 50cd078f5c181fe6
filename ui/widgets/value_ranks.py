"""Places of values with their ranges: from the analysis that is kept, never made while a page is drawn."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from domain.analysis import WiseValue
from domain.graphs import GraphNode, GraphQuery, MoralGraph
from services.analysis import VoteAnalysis
from ui.messages import t
from ui.runtime import services

TIE = 1e-9
"""Scores nearer than this share a place, as in the analysis."""
Ranks = Mapping[int, WiseValue]
"""Each value by number; empty where the ranges were not computed yet."""


def ranks_of(found: VoteAnalysis | None) -> Ranks:
    """Return the ranges of each value by its number."""
    return {one.value_id: one for one in found.ranks} if found is not None else {}


def places_of(nodes: Sequence[GraphNode]) -> dict[int, int]:
    """Return the place of each value by wisdom, 1 the highest; equals share the better place."""
    scores = sorted(-(node.wisdom or 0.0) for node in nodes)
    return {node.value.number: bisect_left(scores, -(node.wisdom or 0.0) - TIE) + 1 for node in nodes}


def has_ranges(query: GraphQuery) -> bool:
    """Return whether ranges are made for such a query: for one group of people they are not."""
    return not query.attributes


def range_words(low: float, high: float, *, form: str = ".2f") -> str:
    """Return both ends of a range; the same twice is still a range."""
    return t("{low} to {high}").format(low=f"{low:{form}}", high=f"{high:{form}}")


def place_words(one: WiseValue) -> str:
    """Return the best and the worst place of a value."""
    return range_words(*one.rank_interval, form="d")


def column(ranks: Ranks, numbers: Sequence[int], words: Callable[[WiseValue], str]) -> list[str]:
    """Return a column of a table: ``words`` of each value, and where there are none, that they are still to come."""
    return [words(ranks[number]) if number in ranks else t("not computed yet") for number in numbers]


def show_about_ranges(graph: MoralGraph, found: VoteAnalysis | None, *, key: str) -> None:
    """Say what the ranges are, or that there are none yet and how they come."""
    if found is not None:
        st.caption(
            t(
                "Ranges hold 95 % of {resamples} draws of people, each with all their votes (n = {votes} votes of "
                "{people} people). Places are by wisdom; where the ranges of two values overlap, their order is open."
            ).format(resamples=found.run.n_resamples, votes=found.run.n_votes, people=found.run.n_people)
        )
        return
    if not has_ranges(graph.query):
        st.caption(t("The ranges of places are not computed for one group of people. Take the filter off to see them."))
        return
    st.caption(
        t(
            "The ranges of places are not computed yet for these votes and filters. Read no order into the places "
            "without them. Computing them draws people again some hundred times and takes a few seconds."
        )
    )
    if st.button(t("Compute the ranges"), key=f"{key}.ranges"):
        with st.spinner(t("Drawing people again")):
            services().analyses.entailed(graph.query)
        st.rerun()


def show_place(number: int, ranks: Ranks, *, n_values: int, n_votes: int, place: int | None) -> None:
    """Say the place of one value among ``n_values`` with its range and the votes that name it, or that it has none."""
    one = ranks.get(number)
    if one is not None:
        st.markdown(
            t(
                "**Place {place} of {n} by wisdom**, 95 % range {range}. Wisdom {wisdom} ({wisdom_range}), "
                "PageRank {rank} ({rank_range}). {votes} votes name it."
            ).format(
                votes=n_votes,
                place=one.rank,
                n=n_values,
                range=place_words(one),
                wisdom=f"{one.wisdom:.2f}",
                wisdom_range=range_words(*one.interval),
                rank=f"{one.page_rank:.3f}",
                rank_range=range_words(*one.page_rank_interval, form=".3f"),
            )
        )
    elif place is None:
        st.markdown(t("It has no place yet: no edge of the graph touches it."))
    else:
        st.markdown(t("Place {place} of {n} by wisdom; its range is not computed.").format(place=place, n=n_values))
