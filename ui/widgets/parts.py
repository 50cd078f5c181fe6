"""Which parts are in use, and what they can and cannot do."""

import streamlit as st

from ui.messages import t
from ui.runtime import services


def show_parts() -> None:
    """Name the interviewer, the embedder and the index."""
    settings = services().settings
    lines = (
        t("Interviewer: `{name}`. The guided one follows a fixed protocol and uses no language model.").format(
            name=settings.chat
        ),
        t("Nearness of cards: `{name}`, a small model of English sentences; it proposes, people decide.").format(
            name=settings.embedder
        ),
        t("Search among cards: `{name}`.").format(name=settings.index),
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
