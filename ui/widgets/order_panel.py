"""What the votes entail: the order as layers seen from one value, the same as tables, and a plain sentence with n."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.people import REAL_SOURCES, Source
from services.analysis import VoteAnalysis
from services.analysis_relations import relations_to
from ui.figures.order import KINDS, THIS, order_figure
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.states import show_empty, show_notice

MAX_CLASSES = 150
"""Classes drawn; above that a picture of layers shows nothing, and the tables do."""
FILTERS = {
    "any_wiser": "nobody found the second one wiser",
    "min_wiser_likelihood": "wiser likelihood under {least:g}",
    "max_entropy": "entropy over {most:g}: people disagree too much",
    "min_wiser": "fewer than {least:g} votes “wiser”",
}
RANKINGS = {"page_rank": "PageRank", "wisdom": "wisdom"}
Titles = Mapping[int, str]


def analysis_controls(study_id: StudyId, *, key: str) -> VoteAnalysis:
    """Draw whose votes are meant and return their analysis; stop with an explanation where no edge is kept."""
    with_simulated = st.toggle("Include simulated people", key=f"{key}.simulated")
    sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
    with st.spinner("Counting, and drawing people again"):
        found = services().analyses.entailed(GraphQuery(study_id=study_id, sources=sources))
    if not found.order.values:
        show_empty(
            "Nothing follows from the votes yet",
            f"No two values are ordered by the rule ({found.run.n_votes} votes of {found.run.n_people} people so far).",
            "An edge needs at least two people who found the second value wiser, and few who did not.",
        )
        st.stop()
    return found


def show_order(found: VoteAnalysis, titles: Titles, *, key: str) -> None:
    """Draw the order as layers, seen from one value."""
    order = found.order
    share = order.comparable_share or 0.0
    st.markdown(
        f"**The votes order {order.strictly_comparable:,} of {order.pairs:,} pairs of values ({share:.0%}).** "
        f"{order.in_cycle:,} more lie in a cycle, {order.on_a_par:,} were compared and stayed open, "
        f"{order.never_compared:,} were never compared (n = {order.n_votes:,} votes of {order.n_people:,} people). "
        f"Nothing is wiser than {order.maximal_values_without_wiser} of the {order.values} values. "
        f"The longest chain runs through {order.longest_chain_classes} values or cycles; up to {order.width} of them "
        "stand beside one another without any order."
    )
    numbers = sorted(number for level in order.levels for members in level for number in members)
    first = found.wisest.overall.value_id
    chosen = st.selectbox(
        "Seen from the value",
        numbers,
        index=numbers.index(first) if first in numbers else 0,
        format_func=lambda number: f"{number} {titles.get(number, '')}",
        key=f"{key}.from",
    )
    relation = relations_to(order, chosen)
    if order.classes <= MAX_CLASSES:
        figure = order_figure(
            order.levels,
            edges=order.edges,
            on_a_par=order.pairs_on_a_par,
            relation={**relation, chosen: THIS},
            titles=titles,
            palette=current_palette(),
        )
        st.plotly_chart(figure, width="stretch", key=f"{key}.layers")
        st.caption(
            "Each mark is a value, by its number; a cycle is one mark. Wiser is up along the lines. Height alone says "
            "nothing: two values are ordered only where lines lead upwards from one to the other."
        )
    else:
        show_notice(f"{order.classes:,} classes are too many for one picture; the table below holds them all.")
    with st.expander("The same as a table"):
        rows = [{"Value": f"{n} {titles.get(n, '')}", "Stands to it": KINDS[word].name} for n, word in relation.items()]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def show_claims(found: VoteAnalysis) -> None:
    """Say what a ranking would claim beyond the votes."""
    st.subheader("What a ranking would claim")
    for row in found.order.rankings:
        if row.share_not_entailed is not None:
            st.markdown(
                f"- By {RANKINGS[row.by]}: **{row.share_not_entailed:.0%} of {row.claims:,} claims follow from no "
                f"votes.** {row.entailed:,} do, {row.beyond:,} say more than anyone said, and {row.contradicted:,} "
                "say the opposite of what follows."
            )


def show_wisest(found: VoteAnalysis, titles: Titles) -> None:
    """Say which value has the highest wisdom, and how sure that is."""
    st.subheader("Highest wisdom, and how sure it is")
    rows = []
    for row in (found.wisest.overall, *found.wisest.questions):
        if row.value_id is None or row.interval is None or row.bootstrap_share is None:
            rows.append({"Question": row.question or "overall", "Value": "no edge is kept", "n": f"{row.n_people}"})
            continue
        rows.append(
            {
                "Question": row.question or "overall",
                "Value": f"{row.value_id} {titles.get(row.value_id, '')}",
                "Wisdom": f"{row.wisdom:.2f} ({row.interval[0]:.2f} to {row.interval[1]:.2f})",
                "First in": f"{row.bootstrap_share:.0%} of resamples",
                "n": f"{row.n_people} people, {row.n_votes} votes",
            }
        )
    st.dataframe(pd.DataFrame(rows).fillna("–"), hide_index=True, width="stretch")
    st.caption(f"Range and share: people drawn again {found.run.n_resamples} times, each with all their votes.")
    st.markdown(f"{found.uncertainty.words[:1].upper()}{found.uncertainty.words[1:]}.")


def show_funnel(found: VoteAnalysis) -> None:
    """Say how many pairs each condition of the rule removes."""
    funnel = found.funnel
    st.subheader("From pairs asked about to edges")
    rows = [
        {"Condition": "ordered pairs that people were asked about", "Removed": 0, "Left": funnel.ordered_pairs_seen}
    ]
    rows += [
        {
            "Condition": FILTERS[one.filter].format(least=one.least, most=one.most),
            "Removed": one.removed,
            "Left": one.left,
        }
        for one in funnel.filters
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def show_next(found: VoteAnalysis, titles: Titles) -> None:
    """Say which pairs are worth asking about."""
    st.subheader("Worth asking next")
    if not found.order.next_pairs:
        show_notice("Every pair without an order was asked about already.")
        return
    st.markdown("Pairs nobody was asked about, by how many pairs get an order whichever of the two is found wiser.")
    rows = [
        {
            "One": f"{pair.first} {titles.get(pair.first, '')}",
            "Other": f"{pair.second} {titles.get(pair.second, '')}",
            "Pairs ordered at least": min(pair.gain_first_wiser, pair.gain_second_wiser),
            "At most": max(pair.gain_first_wiser, pair.gain_second_wiser),
        }
        for pair in found.order.next_pairs
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def show_download(found: VoteAnalysis, *, key: str) -> None:
    """Offer the analysis as a file, with what it was made from."""
    run = found.run
    st.download_button(
        "Download the analysis (JSON)",
        lambda: found.model_dump_json(indent=1),
        file_name=f"{run.study}-entailed.json",
        mime="application/json",
        key=f"{key}.json",
    )
    st.caption(
        f"Made from {run.n_votes:,} votes of {run.n_people:,} people, data version {run.data_version}, "
        f"seed {run.seed}, {run.n_resamples} resamples of people."
    )
