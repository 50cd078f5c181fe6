"""The start page: what this is, the studies one can take part in, the way in for staff."""

import streamlit as st

from ui import session
from ui.chrome import testing_banner
from ui.messages import t
from ui.navigation import Room, page_of
from ui.runtime import services
from ui.widgets.links import plain_link
from ui.widgets.states import show_empty

testing_banner()
st.html('<div class="mg-participant"></div>')
st.title(t("What do you pay attention to when you choose well?"))
st.markdown(
    t(
        "People differ in what they care about. Here each says it in their own words, and all together say which of "
        "two values is wiser in which situation. The answers make a map that people can read and machines can "
        "learn from."
    )
)
guest = session.guest()
if guest is not None:
    st.page_link(page_of(Room.WELCOME), label=t("Go on in “{title}”").format(title=guest.study.title))

listed = services().participants.listed_studies()
for study in listed:
    with st.container(border=True, key=f"home-{study.slug}"):
        st.subheader(study.title)
        st.markdown(study.introduction)
        plain_link(t("Take part"), f"/join/{services().tokens.study_link(study.id)}", is_primary=True)
        if study.is_graph_public:
            st.page_link(page_of(Room.MORAL_GRAPH), label=t("Look at the map"), query_params={"study": study.slug})
if not listed:
    show_empty(
        t("No study is open to everyone right now"),
        t("Studies by invitation are reached by their link."),
        t("If you have a link, open it. If you have a receipt code, come back with it below."),
    )
code, staff = st.columns(2)
with code:
    plain_link(t("I have a receipt code"), "/resume")
with staff:
    plain_link(t("For researchers"), "/sign-in" if session.staff() is None else "/studies")
