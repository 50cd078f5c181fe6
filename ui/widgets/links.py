"""Links to the plain addresses beside the pages, in the same tab; Streamlit's own link buttons open a new one."""

from html import escape

import streamlit as st


def plain_link(label: str, address: str, *, is_primary: bool = False, download: bool = False) -> None:
    """Draw a link that looks like a button."""
    kind = "mg-link mg-link-primary" if is_primary else "mg-link"
    extra = " download" if download else ""
    st.html(f'<a class="{kind}" href="{escape(address, quote=True)}" target="_self"{extra}>{escape(label)}</a>')
