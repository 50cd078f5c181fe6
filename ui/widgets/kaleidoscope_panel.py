"""The scorer in use, the choice of a situation, and how far its scores are."""

import time
from collections.abc import Sequence

import streamlit as st

from domain.errors import MoralGraphError
from domain.kaleido import ScorerInfo, Vrd
from domain.studies import Study
from services.scoring import MAX_CHARS, Scored
from ui.plain import plain
from ui.runtime import services
from ui.widgets.score_words import counted_reasons
from ui.widgets.states import show_failure, show_notice

POLL_EVERY = "0.6s"
OWN_WORDS = "my own words"


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
