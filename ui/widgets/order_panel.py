"""What the votes entail: the order as layers seen from one value, the same as tables, and a plain sentence with n."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import streamlit as st

from domain.analysis import NextPair, OpenPair
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.people import REAL_SOURCES, Source
from services.analysis import VoteAnalysis
from services.analysis_relations import relations_to
from services.small_cells import MIN_GROUP
from ui.drawn import once, words_of
from ui.figures.order import KINDS, THIS, order_figure
from ui.messages import language
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.states import show_empty, show_notice
from ui.widgets.value_ranks import place_words, range_words

MAX_CLASSES = 150
"""Classes drawn; above that a picture of layers shows nothing, and the tables do."""
FILTERS = {
    "any_wiser": "nobody found the second one wiser",
    "min_wiser_likelihood": "wiser likelihood under {least:g}",
    "max_entropy": "entropy over {most:g}: people disagree too much",
    "min_wiser": "fewer than {least:g} votes “wiser”",
}
ON_A_PAR, HARDLY = "on a par: compared, left open", "hardly compared"
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
        f"{order.in_cycle:,} more lie in a cycle, {order.on_a_par - order.hardly_compared:,} were compared and stayed "
        f"open, {order.hardly_compared:,} were hardly compared (fewer than {MIN_GROUP} people were asked), "
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
            on_a_par=[(one.first, one.second) for one in order.open_pairs if not one.is_hardly_compared],
            hardly_compared=[(one.first, one.second) for one in order.open_pairs if one.is_hardly_compared],
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
        columns = {
            "Value": [f"{n} {titles.get(n, '')}" for n in relation],
            "Stands to it": [KINDS[word].name for word in relation.values()],
        }
        st.dataframe(pa.table(columns), hide_index=True, width="stretch")
    _show_open_pairs(found, titles)


def _show_open_pairs(found: VoteAnalysis, titles: Titles) -> None:
    """List the pairs that people were asked about and that no votes order, each with its n."""
    if not found.order.open_pairs:
        return
    with st.expander("Pairs that people were asked about and that got no order"):
        table = once(found, ("open pairs", words_of(titles)), lambda: _open_pairs_table(found.order.open_pairs, titles))
        st.dataframe(table, hide_index=True, width="stretch")
        st.caption(
            f"Where fewer than {MIN_GROUP} people were asked, a pair is not called on a par: it was hardly compared, "
            "and it may be asked about next."
        )


def _open_pairs_table(pairs: Sequence[OpenPair], titles: Titles) -> pa.Table:
    rows = [
        {
            "One": f"{pair.first} {titles.get(pair.first, '')}",
            "Other": f"{pair.second} {titles.get(pair.second, '')}",
            "People asked": pair.n_people,
            "State": HARDLY if pair.is_hardly_compared else ON_A_PAR,
        }
        for pair in sorted(pairs, key=lambda pair: (-pair.n_people, pair.first, pair.second))
    ]
    return pa.Table.from_pylist(rows)


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
    with st.expander("Places of all values, with their ranges"):
        ranked = ("ranks", language(), words_of(titles))
        st.dataframe(once(found, ranked, lambda: rank_table(found, titles)), hide_index=True, width="stretch")
        st.caption(
            f"n = {found.run.n_votes:,} votes of {found.run.n_people:,} people. Where the ranges of two values "
            "overlap, their order is open."
        )
    st.markdown(f"{found.uncertainty.words[:1].upper()}{found.uncertainty.words[1:]}.")


def rank_table(found: VoteAnalysis, titles: Titles) -> pa.Table:
    """Return a row for every value of the order: its place, wisdom and PageRank, each with its range."""
    return pa.Table.from_pylist(
        [
            {
                "Place": one.rank,
                "Place (95 %)": place_words(one),
                "Value": f"{one.value_id} {titles.get(one.value_id, '')}",
                "Wisdom": round(one.wisdom, 2),
                "Wisdom (95 %)": range_words(*one.interval),
                "PageRank": round(one.page_rank, 3),
                "PageRank (95 %)": range_words(*one.page_rank_interval, form=".3f"),
                "First in": f"{one.bootstrap_share:.0%} of resamples",
            }
            for one in found.ranks
        ]
    )


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
        show_notice(
            f"About every two values that share a context and have no order, {MIN_GROUP} people or more were asked."
        )
        return
    st.markdown(
        f"Pairs that share a context and that nobody, or fewer than {MIN_GROUP} people, were asked about: first the "
        "one whose answer orders most pairs of values whichever of the two is found wiser. *Pairs ordered* gives both: "
        "by the answer that orders fewer, and by the other."
    )
    _show_pairs_to_ask(found.order.next_pairs, titles)
    if found.order.next_pairs_outside:
        st.markdown(
            f"**{found.order.values_outside} more values have a card or a vote and no edge yet.** They are in no "
            "figure above; these pairs would bring them into the order, ranked in the same way, each value named once."
        )
        _show_pairs_to_ask(found.order.next_pairs_outside, titles)


def _show_pairs_to_ask(pairs: Sequence[NextPair], titles: Titles) -> None:
    rows = [
        {
            "One": f"{pair.first} {titles.get(pair.first, '')}",
            "Other": f"{pair.second} {titles.get(pair.second, '')}",
            "Asked so far": pair.n_people,
            "Pairs ordered": range_words(
                min(pair.gain_first_wiser, pair.gain_second_wiser),
                max(pair.gain_first_wiser, pair.gain_second_wiser),
                form="d",
            ),
            "Contexts they share": ", ".join(pair.contexts) or "any",
        }
        for pair in pairs
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
        f"seed {run.seed}, {run.n_resamples} resamples of people, program {run.code_version}, "
        f"hash of the votes {run.data_hash[:12]}."
    )
