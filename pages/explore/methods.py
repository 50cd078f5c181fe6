"""How these numbers are made: formulas, thresholds, and the parts in use."""

import streamlit as st

from domain.graphs import Thresholds
from ui import session
from ui.chrome import staff_frame, testing_banner
from ui.messages import t
from ui.navigation import Room
from ui.widgets.parts import show_parts

limits = Thresholds()
if session.staff() is not None:
    staff_frame(Room.METHODS, t("Every number of the map, its formula and its source."), is_wide=False)
else:
    testing_banner()
    st.html('<div class="mg-participant"></div>')
    st.header(t("How these numbers are made"))

st.markdown(
    t(
        "For two values, let **W** be the votes that the second is wiser than the first, **N** those that say it is not, "
        "**U** not sure, **L** the votes “wiser” in the other direction, and **I** all votes on the two in both "
        "directions. The formulas are those of the published study of 2023 (Moral Graph Elicitation, arXiv 2404.10636)."
    )
)
st.latex(r"\text{wiser likelihood} = \frac{W - L}{W + N + U + L}")
st.latex(r"\text{entropy} = -\sum_{p \in \{W, N, L, U, I\}} p \log_2 p")
st.markdown(
    t(
        "An arrow is drawn when W is at least {min_wiser}, the wiser likelihood at least {likelihood} and the entropy at "
        "most {entropy}. The entropy counts impressions as the published one does; the file also gives the one without."
    ).format(min_wiser=limits.min_wiser, likelihood=limits.min_wiser_likelihood, entropy=limits.max_entropy)
)
st.markdown(
    t(
        "**Wisdom** of a value is the sum of the wiser likelihoods of the arrows into it. It grows with the number of "
        "stories told about a value: it says how much was found wiser than something, not how wise. **PageRank** is "
        "computed on the same arrows with damping 0.85 and sums to 1. **Share wiser** is W out of W + N + U with its "
        "Wilson 95 % interval. Arrows from fewer than five people are dashed. Groups of fewer than five are never shown."
    )
)
st.markdown(
    t(
        "Most pairs of values were never compared. No arrow means no answer, not that two values are equal. A ring marks "
        "values that are each wiser than the next in a circle; circles are shown, not broken."
    )
)
st.markdown(
    t(
        "**What the votes entail.** One value is wiser than another where arrows lead up from the other to it and none lead "
        "back. Values that reach each other form one cycle. Two values without an order are *on a par* where people were "
        "asked about them, else *never compared*. The largest set without any order in it is found exactly (Dilworth 1950)."
    )
)
st.markdown(
    t(
        "**Ranges** of wisdom, PageRank and places come from drawing people again, each with all their votes (Efron 1979): "
        "{n} draws, the 2.5 % and 97.5 % quantiles. An arrow is **settled** when the Wilson 95 % interval of its likelihood "
        "lies wholly on one side of {likelihood} and five people answered; it comes loose again only when the 80 % interval "
        "reaches over it."
    ).format(n=400, likelihood=limits.min_wiser_likelihood)
)
st.subheader(t("Parts in use"))
show_parts(session.visible_study())
