"""Start of the application, as in `streamlit run app.py`; the frame of every page is ui/frame.py."""

import streamlit as st

from ui.lifespan import lifespan
from ui.routes import ROUTES

app = st.App("ui/frame.py", routes=ROUTES, lifespan=lifespan)
