"""From a point of a picture to its items, and from an item to both options and the raw replies."""

from collections.abc import Mapping, Sequence

import streamlit as st

from domain.stances import ProbeItem
from ui.widgets.run_choice import show_item

MAX_CHARS = 90


def clicked_name(chosen: object) -> str | None:
    """Return the name that a clicked point bears in its ``customdata``; ``None`` without a click.

    >>> clicked_name({"selection": {"points": [{"customdata": ["honesty"]}]}})
    'honesty'
    """
    points = chosen.get("selection", {}).get("points", []) if isinstance(chosen, Mapping) else []
    held = points[0].get("customdata") if points else None
    return str(held[0] if isinstance(held, list) else held) if held else None


def choose_item(name: str, items: Sequence[ProbeItem], *, key: str, label: str = "Item") -> str | None:
    """Draw the choice of an item of a run, and the item; return its id."""
    texts = {item.id: item.text for item in items}
    item_id = st.selectbox(label, list(texts), key=key, format_func=lambda one: f"{one}: {texts[one][:MAX_CHARS]}")
    if item_id is not None:
        show_item(name, item_id)
    return item_id
