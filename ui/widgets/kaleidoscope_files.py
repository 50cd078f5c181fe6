"""What the Kaleidoscope shows as files: one for spreadsheets, one for programs."""

import streamlit as st


def offer_files(csv: str, json: str, *, name: str, key: str) -> None:
    """Draw both buttons and say what the files hold."""
    files = st.columns(2)
    files[0].download_button("Download as CSV", csv, f"{name}.csv", "text/csv", key=f"{key}.csv", width="stretch")
    files[1].download_button(
        "Download as JSON", json, f"{name}.json", "application/json", key=f"{key}.json", width="stretch"
    )
    st.caption("Both files say of each score which checkpoint, revision, wording and arithmetic made it.")
