"""Six cards in two columns (one on a phone), each with its own tick box."""

from collections.abc import Sequence

import streamlit as st

from domain.cards import CanonicalValue
from domain.ids import ValueId
from ui.messages import t
from ui.widgets.cards import show_value


def card_grid(values: Sequence[CanonicalValue], *, key: str) -> tuple[ValueId, ...]:
    """Draw the cards; return the ticked ones, in the order drawn."""
    columns = st.columns(2)
    chosen = []
    for place, value in enumerate(values):
        with columns[place % 2]:
            show_value(value, size="small", key=f"{key}.{place}")
            if st.checkbox(t("“{title}” is wise to consider").format(title=value.title), key=f"{key}.tick.{value.id}"):
                chosen.append(value.id)
    return tuple(chosen)
