"""A situation, how far its scores are, two actions compared, and what the scores must not be used for."""

import time
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from domain.errors import MoralGraphError
from domain.kaleido import ScorerInfo, Vrd
from domain.studies import Study
from services.part_names import public_scorer_name
from services.scoring import MAX_CHARS, Scored, compare
from ui.figures.two_actions import Pulls, actions_figure
from ui.figures.values_here import QUIET
from ui.plain import plain
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.score_words import counted_reasons
from ui.widgets.states import show_empty, show_failure, show_notice

POLL_EVERY = "0.6s"
OWN_WORDS = "my own words"
COMPARED = 12
"""Values drawn beside two actions; the table has the rest."""


def scorer_in_use() -> ScorerInfo | None:
    """Return what is known of the scorer; say what is wrong with it where it cannot be used."""
    try:
        return services().kaleido.scorer.info()
    except MoralGraphError as error:
        show_failure(str(error))
        return None


def choose_situation(study: Study, given: Sequence[str], *, key: str) -> str:
    """Draw the choice of a situation: one of the study's, or words of one's own."""
    picked = st.selectbox("Situation", [OWN_WORDS, *given], key=f"{key}.pick.{study.id}")
    if picked != OWN_WORDS:
        st.markdown(plain(picked))
        return picked
    return st.text_area(
        "Tell the situation, or what somebody is about to do",
        key=f"{key}.own",
        max_chars=MAX_CHARS,
        height=110,
        placeholder="A friend asks what I think of her first novel. I find it weak.",
    ).strip()


@st.fragment(run_every=POLL_EVERY)
def _wait(situation: str, vrds: tuple[Vrd, ...]) -> None:
    found = services().kaleido.scoring.ask(situation, vrds)
    since = f"kaleidoscope.since.{situation}"
    if found.is_done:
        st.session_state.pop(since, None)
        st.rerun()
    begun = st.session_state.setdefault(since, time.monotonic())
    words = f"{found.n_done} of {found.n_all} values scored, {time.monotonic() - begun:.0f} seconds so far"
    st.progress(found.n_done / max(1, found.n_all), text=words)


def scored_or_wait(situation: str, vrds: tuple[Vrd, ...], *, key: str) -> Scored | None:
    """Return the scores once they are there; until then draw how far they are."""
    found = services().kaleido.scoring.ask(situation, vrds)
    if not found.is_done:
        _wait(situation, vrds)
        return None
    if found.failure:
        show_failure(found.failure)
    elif found.failed:
        show_notice(f"{len(found.failed)} of {found.n_all} values have no score ({counted_reasons(found.failed)}).")
    if (found.failure or found.failed) and st.button("Try again", key=f"{key}.again"):
        services().kaleido.scoring.ask_again(situation, vrds)
        st.rerun()
    return None if found.failure else found


def show_comparison(first: Scored, second: Scored) -> None:
    """Say which values speak for which of two actions, as a sentence, a picture and a table."""
    found = compare(first, second)
    if not found.differences:
        show_empty("Nothing to compare", "No value has a valence for both actions.", "Take other actions or a scorer.")
        return
    leaning = "the first" if found.first > found.second else "the second" if found.second > found.first else "neither"
    st.markdown(
        f"**Summed over {len(found.differences)} values, they speak more for {leaning}** "
        f"({found.first:+.2f} against {found.second:+.2f}; {found.n_missing} values without a score are in no sum)."
    )
    drawn = [Pulls(one.vrd.text, one.first, one.second) for one in found.differences[:COMPARED]]
    st.plotly_chart(
        actions_figure(drawn, palette=current_palette()), width="stretch", key="kaleidoscope.actions", config=QUIET
    )
    st.caption(
        "Relevance times (supports less opposes), -1 to 1; right of 0 the value speaks for the action. "
        f"The {len(drawn)} widest differences of {len(found.differences)} values."
    )
    rows = [
        {"Value": one.vrd.text, "First action": one.first, "Second action": one.second, "Difference": one.difference}
        for one in found.differences
    ]
    with st.expander("All values as a table"):
        st.dataframe(pd.DataFrame(rows).round(3), hide_index=True, width="stretch")


def show_scorer(info: ScorerInfo) -> None:
    """Say which scorer this is, how good it is, and what its scores are not."""
    st.subheader("What these scores are")
    st.markdown(f"{info.summary} Scorer: `{public_scorer_name(info.name)}`.")
    for one in info.quality:
        st.markdown(f"- {one.measure}: **{one.figure:.2f}** on {one.data}.")
    if not info.quality:
        st.markdown("- How good it is at this was not measured.")
    for sentence in filter(None, (info.chance, *info.not_for)):
        st.markdown(f"- {sentence}")
    if info.templates_from:
        st.markdown(f"- The questions are worded as in: {info.templates_from}.")
    if info.licence:
        st.markdown(f"- Licence: {info.licence}.")
