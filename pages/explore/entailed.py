"""What the votes entail: the order they make, how little of it there is, and how sure the winners are."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.order_panel import (
    analysis_controls,
    show_claims,
    show_download,
    show_funnel,
    show_next,
    show_order,
    show_wisest,
)

_, setup = enter(Room.ENTAILED, "What follows from the votes, and what does not. Most pairs of values have no order.")
found = analysis_controls(setup.study.id, key="entailed")
titles = services().groups.titles(setup.study.id)
show_order(found, titles, key="entailed")
show_claims(found)
show_wisest(found, titles)
show_funnel(found)
show_next(found, titles)
show_download(found, key="entailed.download")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
