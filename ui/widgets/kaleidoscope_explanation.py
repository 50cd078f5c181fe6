"""Why a value matters in a situation, in a model's words: on a press, waited for in the open, failing in a sentence."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from domain.kaleido import Explanation, ScoreFailure, Vrd
from services.part_names import public_checkpoint
from services.shown_values import ShownValue
from ui.plain import plain
from ui.runtime import services
from ui.widgets.score_words import failure_sentence
from ui.widgets.states import show_failure, show_waiting

POLL_EVERY = "0.6s"


def ask_why(situation: str, vrd: Vrd, *, key: str) -> None:
    """Choose a value and have it explained; for a press on its bar."""
    st.session_state[f"{key}.why"] = vrd
    services().kaleido.proposals.ask_why(situation, vrd)
    st.toast(f"Asked why {plain(vrd.text)} would matter here: the answer stands under the bars.")


def show_explanation(situation: str, shown: Sequence[ShownValue], *, key: str) -> None:
    """Draw the choice of a value, the button, and what the model says of it."""
    st.subheader("Why would a value matter here?")
    vrds = [one.vrd for one in shown]
    if st.session_state.get(f"{key}.why") not in vrds:
        st.session_state.pop(f"{key}.why", None)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.selectbox("Value, or press its bar", vrds, format_func=lambda vrd: vrd.text, key=f"{key}.why")
    if chosen is None:
        return
    proposals = services().kaleido.proposals
    awaited = proposals.look_why(situation, chosen)
    is_failed = awaited is not None and awaited.is_done and not isinstance(awaited.found, Explanation)
    label = "Try again" if is_failed else "Explain"
    if right.button(label, key=f"{key}.explain", width="stretch", disabled=awaited is not None and not is_failed):
        if is_failed:
            proposals.drop_why(situation, chosen)
        proposals.ask_why(situation, chosen)
        st.rerun()
    if awaited is None:
        return
    if not awaited.is_done:
        _wait(situation, chosen)
    elif awaited.failure:
        show_failure(awaited.failure)
    elif isinstance(awaited.found, ScoreFailure):
        show_failure(failure_sentence(awaited.found, what="There is no explanation"))
    elif awaited.found is not None:
        st.html(explanation_html(chosen, awaited.found))


@st.fragment(run_every=POLL_EVERY)
def _wait(situation: str, vrd: Vrd) -> None:
    awaited = services().kaleido.proposals.look_why(situation, vrd)
    if awaited is None or awaited.is_done:
        st.rerun()
    else:
        show_waiting(f"The model writes why: {awaited.seconds:.0f} seconds so far")


def explanation_html(vrd: Vrd, found: Explanation) -> str:
    """Return what a model said of a value as HTML, marked as its words."""
    shortened = " The situation was shortened for it." if found.is_shortened else ""
    model = public_checkpoint(found.source.checkpoint)
    said = escape(found.text) or "The model wrote nothing."
    return (
        f'<div class="mg-notice mg-machine" role="status"><p><b dir="auto">{escape(vrd.text)}</b></p>'
        f'<p dir="auto">{said}</p><p class="mg-by"><span class="mg-mark mg-mark-machine">machine-made</span> '
        f"<small>Written by {escape(model)}.{shortened}</small></p></div>"
    )
