"""How far groups disagree, in detail, and groups made from the votes: tables with a plain sentence each."""

import pandas as pd
import streamlit as st

from domain.plurality import DisagreementSection, OpinionSection
from ui.widgets.group_words import NONE, percent, points


def show_disagreement(one: DisagreementSection) -> None:
    """Say the excess with its range, and lay out what is behind it."""
    low, high = (points(share) for share in one.interval)
    direction = "less" if one.excess < 0 else "more"
    st.markdown(
        f"Two people of different groups answer differently **{100 * abs(one.excess):.1f} percentage points "
        f"{direction} often** than two of the same group (95 % {low} to {high}, n = {one.n_people} people): "
        f"{one.words}."
    )
    with st.expander("How far groups disagree, in detail"):
        st.markdown(
            "For every two groups: how often two people answer the same question differently. The difference is "
            "between, minus the mean of both within, in percentage points. "
            f"n = {one.n_people} people, {one.n_items} questions on which answers of two groups or more may be shown."
        )
        st.dataframe(pd.DataFrame(_pair_rows(one)), hide_index=True, width="stretch")
        st.markdown(
            f"With “not sure” left out, the difference over all groups is **{points(one.decided_excess)}**; with it, "
            f"{points(one.excess)}."
            if one.decided_excess is not None
            else "With “not sure” left out, there is no question on which answers of two groups may be shown."
        )
        st.markdown(
            "Without one context at a time: a difference that hangs on one subject goes away when that one is left out."
        )
        st.dataframe(pd.DataFrame(_context_rows(one)), hide_index=True, width="stretch")


def show_opinion_groups(opinion: OpinionSection) -> None:
    """Say whether the votes themselves fall into groups, and lay out the figures."""
    st.markdown(
        f"**Opinion groups**, made from the votes themselves: {opinion.words} "
        f"(n = {opinion.n_people} people with at least {opinion.min_answers} answers)."
    )
    if not opinion.sizes:
        return
    with st.expander("Opinion groups in figures"):
        st.dataframe(pd.DataFrame([_opinion_row(opinion)]), hide_index=True, width="stretch")
        st.markdown(
            "Read the difference on other questions: people are grouped by half of the pairs and compared on the other "
            "half. On the same questions it is larger than it should be, since the groups were made from them. "
            "Distinctness runs from \u22121 to 1; near 0 the groups run into one another."
        )
        if sum(opinion.sizes) < opinion.n_people:
            st.markdown("Fewer than five people are in smaller groups; these are not shown.")


def _pair_rows(one: DisagreementSection) -> list[dict[str, object]]:
    return [
        {
            "Groups": f"{pair.first} / {pair.second}",
            "Between": percent(pair.between),
            "Within the first": percent(pair.within_first),
            "Within the second": percent(pair.within_second),
            "Difference": points(pair.excess),
            "Questions": pair.n_items,
        }
        for pair in one.pairs
    ]


def _context_rows(one: DisagreementSection) -> list[dict[str, object]]:
    return [
        {"Without": row.context, "Difference": points(row.excess), "Questions": row.n_items}
        for row in one.without_context
    ]


def _opinion_row(opinion: OpinionSection) -> dict[str, object]:
    return {
        "People in each group": ", ".join(map(str, opinion.sizes)),
        "Distinctness": NONE if opinion.silhouette is None else f"{opinion.silhouette:.2f}",
        "Difference on the same questions": points(opinion.excess),
        "Difference on other questions": points(opinion.cross_fitted_excess),
    }
