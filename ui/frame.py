"""The frame around every page: page config, style, navigation. Streamlit runs it for every address."""

import streamlit as st

from ui.navigation import pages
from ui.theme import apply_style

st.set_page_config(page_title="Moral Graph Explorer", layout="centered", initial_sidebar_state="auto")
apply_style()
st.navigation(list(pages().values()), position="hidden").run()
