"""Bringing in a study from files that staff choose."""

import tempfile
from pathlib import Path

import streamlit as st

from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.links import plain_link
from ui.widgets.states import show_notice


def import_study(*, key: str) -> None:
    """Ask for files and a short name; import all of it or nothing, and say what came in."""
    st.markdown("Choose the files of a study folder (values.json, edge_votes.csv, …), or one exported study file.")
    files = st.file_uploader("Files", accept_multiple_files=True, type=["json", "csv"], key=f"{key}.files")
    slug = st.text_input("Short name of the new study", key=f"{key}.slug")
    if not st.button("Import", key=f"{key}.go", disabled=not files or not slug):
        return
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            (Path(folder) / Path(file.name).name).write_bytes(file.getvalue())
        only = Path(folder) / Path(files[0].name).name
        path = only if len(files) == 1 else Path(folder)
        done = staff_act(
            f"{key}.go",
            lambda who: st.session_state.update(
                {f"{key}.report": services().interchange.import_study(path, slug=slug, staff=who.name)}
            ),
        )
    if done:
        report = st.session_state[f"{key}.report"]
        show_notice(
            f"Imported {report.study.slug}: {report.n_values} values, {report.n_cards} cards, "
            f"{report.n_participants} people, {report.n_votes} votes."
        )
        plain_link("Look at its map", f"/moral-graph?study={slug}")
