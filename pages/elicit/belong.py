"""Where does my card belong? The person decides; nothing is merged over their head."""

import streamlit as st

from domain.cards import PlacementOpinion
from domain.ids import ValueId
from domain.people import JourneyStep
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import Room
from ui.plain import plain
from ui.runtime import services
from ui.widgets.cards import show_card, show_value
from ui.widgets.opinions import show_opinion, wait_for_opinions

OPINIONS = {
    PlacementOpinion.SAME: t("The same as mine"),
    PlacementOpinion.CLOSE: t("Close, but not the same"),
    PlacementOpinion.DIFFERENT: t("Something else"),
}

guest = way.here(JourneyStep.BELONG)
participant_header(guest)
st.header(t("Does your card belong with one of these?"))
st.markdown(t("Here is your card, and the two cards of others that come nearest. Your words stay as they are."))
view = services().belonging.view(guest.person)
show_card(view.card.text, byline=guest.person.alias, size="medium", key="elicit.belong.mine")

heard = services().opinions.hear(guest.study.id, view.card.text, [n.value for n in view.nearest])
opinions: dict[ValueId, PlacementOpinion | None] = {}
for place, neighbour in enumerate(view.nearest):
    with st.container(border=False, key=f"elicit.belong.near.{place}"):
        show_value(neighbour.value, size="medium", key=f"elicit.belong.value.{place}")
        show_opinion(heard, neighbour.value.id)
        opinions[neighbour.value.id] = st.segmented_control(
            t("“{title}” is …").format(title=plain(neighbour.value.title)),
            list(OPINIONS),
            format_func=lambda opinion: OPINIONS[opinion],
            key=f"elicit.belong.opinion.{neighbour.value.id}",
        )

if st.button(
    t("Go on"), type="primary", key="elicit.belong.send", disabled=any(opinion is None for opinion in opinions.values())
):
    similar = {n.value.id: n.similarity for n in view.nearest}
    given = {n: (opinion, similar[n]) for n, opinion in opinions.items() if opinion is not None}
    way.act(
        "belong.decide",
        lambda: services().belonging.decide(
            guest.person, opinions=given, seen=heard.opinions, client_id=session.client_id("belong.decide")
        ),
        then=Room.CHOOSE,
    )
st.caption(t("Say something of each card, then go on. If none is the same, your card becomes a value of its own."))
if not heard.is_complete:
    wait_for_opinions(guest, view)
