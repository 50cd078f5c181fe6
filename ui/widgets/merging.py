"""Linking values that say the same, and taking a link back."""

import streamlit as st

from domain.cards import ValueMerge
from domain.ids import ValueId
from services.studies import StudySetup
from ui import session
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.cards import show_value


def merge_form(setup: StudySetup, *, key: str) -> None:
    """Ask for two values and a reason, and link the first to the second."""
    titles = {v.id: f"{v.number} · {v.title}" for v in setup.values}
    by_id = {v.id: v for v in setup.values}
    sides = st.columns(2)
    picked: list[ValueId | None] = []
    for side, label in zip(sides, ("This value", "counts for this one"), strict=True):
        with side:
            value_id = st.selectbox(
                label, list(titles), index=None, format_func=lambda v: titles[v], key=f"{key}.{label}"
            )
            picked.append(value_id)
            if value_id is not None:
                show_value(by_id[value_id], size="small", key=f"{key}.card.{label}")
    reason = st.text_input("Reason (logged)", key=f"{key}.reason")
    value_id, into = picked
    if value_id is None or into is None or not st.button("Merge", type="primary", key=f"{key}.go"):
        return
    one, other = value_id, into
    if staff_act(
        key,
        lambda who: services().moderation.merge(
            setup.study.id, one, into=other, reason=reason, staff=who.name, client_id=session.client_id(key)
        ),
    ):
        st.rerun()


def show_merge(setup: StudySetup, merge: ValueMerge, *, key: str) -> None:
    """Draw one merge with the way to take it back."""
    titles = {v.id: v.title for v in setup.values}
    state = "undone" if merge.undone_at else "standing"
    one, other = titles.get(merge.value_id, "a withdrawn value"), titles.get(merge.into_id, "a withdrawn value")
    st.markdown(f"**{plain(one)}** → **{plain(other)}** ({state}): {plain(merge.reason)}")
    if (
        merge.undone_at is None
        and st.button("Take back", key=key)
        and staff_act(
            key,
            lambda who: services().moderation.undo_merge(
                setup.study.id, merge.id, staff=who.name, client_id=session.client_id(key)
            ),
        )
    ):
        st.rerun()
