"""Six cards in two columns (one on a phone), each with its own tick box."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from domain.cards import CanonicalValue
from domain.ids import ValueId
from ui.messages import t
from ui.plain import plain
from ui.widgets.cards import show_value

COLUMNS = 2


def card_grid(values: Sequence[CanonicalValue], *, key: str) -> tuple[ValueId, ...]:
    """Draw the cards row by row, so that the order stays on a phone; return the ticked ones, in the order drawn."""
    chosen = []
    for first in range(0, len(values), COLUMNS):
        for offset, column in enumerate(st.columns(COLUMNS)):
            place = first + offset
            if place < len(values) and _option(column, values[place], place=place, key=key):
                chosen.append(values[place].id)
    return tuple(chosen)


def _option(column: DeltaGenerator, value: CanonicalValue, *, place: int, key: str) -> bool:
    """Draw one card with its tick box as one block; the style sheet knows it by the start of its key."""
    with column.container(key=f"mg-option-{place}-{key.replace('.', '-')}"):
        show_value(value, size="small", key=f"{key}.{place}")
        label = t("“{title}” is wise to consider").format(title=plain(value.title))
        return st.checkbox(label, key=f"{key}.tick.{value.id}")
