"""The frame around every page: page config, style, navigation. Streamlit runs it for every address."""

import logging

import streamlit as st

from ui.messages import t
from ui.navigation import pages
from ui.runtime import services
from ui.theme import apply_style
from ui.turns import page_turns
from ui.widgets.states import show_failure

st.set_page_config(page_title="Moral Graph Explorer", layout="centered", initial_sidebar_state="auto")
apply_style()
try:
    with page_turns.turn():
        st.navigation(list(pages().values()), position="hidden").run()
except Exception:  # the last guard: what no one foresaw is logged, and the person learns what is safe
    if services().settings.testing:
        raise
    logging.getLogger("moralgraph").exception("A page failed")
    show_failure(
        t(
            "This page could not be shown. What you sent before is stored. Load the page again; if it still fails, "
            "tell the people who run the study."
        )
    )
