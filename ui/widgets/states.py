"""Expected states as states: nothing here yet, something failed, something to know. Never a red box, never blank."""

from html import escape

import streamlit as st


def show_empty(title: str, why: str, fill: str) -> None:
    """Say that there is nothing, why, and what would fill it."""
    st.html(f'<div class="mg-empty"><h3>{escape(title)}</h3><p>{escape(why)}</p><p>{escape(fill)}</p></div>')


def show_failure(sentence: str) -> None:
    """Say what did not work; read out at once by a screen reader."""
    st.html(f'<div class="mg-notice mg-failure" role="alert">{escape(sentence)}</div>')


def show_notice(sentence: str) -> None:
    """Say something to know."""
    st.html(f'<div class="mg-notice" role="status">{escape(sentence)}</div>')


def show_waiting(sentence: str) -> None:
    """Say what is waited for where nobody can tell how much is left; redrawn often, so it is not read out each time."""
    st.html(f'<p class="mg-waiting">{escape(sentence)}</p>')
