"""How every number is made: the chapters of ``ui.methods``, each measure in the same five lines."""

import streamlit as st

from services.method_numbers import NUMBERS
from ui.messages import t
from ui.methods import CHAPTERS, Method


def show_methods() -> None:
    """Draw a line of contents and every measure."""
    st.markdown(" · ".join(f"[{t(chapter.title)}](#{chapter.key})" for chapter in CHAPTERS))
    for chapter in CHAPTERS:
        st.header(t(chapter.title), anchor=chapter.key)
        for method in chapter.methods:
            _show(method)


def told(sentence: str) -> str:
    """Return a sentence in the language of the session, the constants that it names filled in from the code."""
    return t(sentence).format(**NUMBERS)


def _show(method: Method) -> None:
    with st.container(border=True):
        st.markdown(f"### {told(method.name)}\n\n{told(method.says)}")
        if method.formula:
            # Not st.latex: its box is as narrow as the letters, slanted ones stick out, and it can be scrolled.
            st.markdown(f"$$\n{method.formula}\n$$")
        st.markdown(told(method.reads))
        modules = ", ".join(f"`{name}`" for name in method.modules)
        st.caption(
            f"**{t('What it does not say:')}** {told(method.silent)}  \n"
            f"**{t('Source:')}** {told(method.source)}  \n**{t('Computed in:')}** {modules}"
        )
