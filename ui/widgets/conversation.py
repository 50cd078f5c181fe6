"""A quiet conversation: earlier turns small, the newest question large."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from domain.interviews import Speaker, Turn, TurnStatus
from ui.messages import retell, t


def show_conversation(earlier: Sequence[Turn], newest: Turn | None) -> None:
    """Draw the earlier turns and the newest question."""
    st.html(conversation_html(earlier, newest))


def conversation_html(earlier: Sequence[Turn], newest: Turn | None) -> str:
    """Return a conversation as HTML; changes are read out politely by a screen reader."""
    past = "".join(_turn_html(turn) for turn in earlier)
    now = ""
    if newest is not None:
        now = f'<p class="mg-question" dir="auto">{escape(_words(newest))}{_marks(newest)}</p>'
    return f'<div role="log" aria-live="polite" aria-label="{escape(t("Interview"))}">{past}{now}</div>'


def _turn_html(turn: Turn) -> str:
    kind = "mg-turn-said" if turn.speaker is Speaker.PERSON else "mg-turn-asked"
    return f'<p class="mg-turn {kind}" dir="auto">{escape(_words(turn))}{_marks(turn)}</p>'


def _words(turn: Turn) -> str:
    """The guide's questions are sentences of ours, stored in English; what people and models wrote is left alone."""
    return retell(turn.text) if turn.speaker is Speaker.GUIDE else turn.text


def _marks(turn: Turn) -> str:
    marks = ""
    if turn.speaker is Speaker.MACHINE:
        model = turn.provenance.backend if turn.provenance else ""
        marks += f'<span class="mg-mark mg-mark-machine" title="{escape(model)}">{escape(t("machine"))}</span>'
    if turn.status is TurnStatus.CUT_OFF:
        marks += f'<span class="mg-mark">{escape(t("cut off"))}</span>'
    return marks
