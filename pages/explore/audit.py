"""Audit of the process: by group, who came how far, was shown what, and was heard."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.audit_panel import show_audit, show_influence
from ui.widgets.groups_panel import group_controls, show_download

_, setup = enter(Room.AUDIT, "How the process went for different groups. It shows differences; it does not judge them.")
asked = group_controls(setup.study.id, key="audit")
show_audit(asked.found, key="audit.rows")
show_influence(asked.found, asked.titles)
show_download(asked.found, slug=setup.study.slug, key="audit.download")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
