"""The upgrade stories of a study: who wrote each, which are missing, and which are no longer shown."""

import streamlit as st

from domain.people import Source
from domain.votes import UpgradeHypothesis
from services.studies import StudySetup
from ui import session
from ui.rooms import staff_act
from ui.runtime import services


def edit_stories(setup: StudySetup, *, key: str) -> None:
    """List the stories, let the template write the missing ones, and put stories aside."""
    untold = len(services().upgrading.untold(setup.study.id)) if setup.contexts else 0
    missing = f" {untold} values have none yet, so nobody is asked about them." if untold else ""
    st.markdown(f"{len(setup.hypotheses)} stories.{missing}")
    if untold and st.button("Let the template write the missing stories", key=f"{key}.fill"):
        act = f"{key}.fill.{setup.study.id}"
        if staff_act(act, lambda who: services().upgrading.fill(setup.study.id, staff=who.name)):
            st.rerun()
    if setup.hypotheses:
        _table(setup, key=key)


def _table(setup: StudySetup, *, key: str) -> None:
    titles = {v.id: f"{v.number} · {v.title}" for v in setup.values}
    contexts = {c.id: c.text for c in setup.contexts}
    rows = [
        {
            "At first": titles.get(h.src_id, "withdrawn"),
            "Later": titles.get(h.wiser_id, "withdrawn"),
            "Context": contexts.get(h.context_id, ""),
            "Written by": written_by(h),
            "Story": h.story,
        }
        for h in setup.hypotheses
    ]
    chosen = st.dataframe(
        rows, key=f"{key}.table", on_select="rerun", selection_mode="multi-row", hide_index=True, height=260
    )
    places = list(chosen["selection"]["rows"])
    if places and st.button(f"Stop showing the chosen stories ({len(places)})", key=f"{key}.archive"):
        for place in places:
            _archive(setup.hypotheses[place], key=key)
        st.rerun()


def _archive(story: UpgradeHypothesis, *, key: str) -> None:
    act = f"{key}.archive.{story.id}"
    staff_act(
        act,
        lambda who: services().studies.archive_hypothesis(
            story.study_id, story.id, staff=who.name, client_id=session.client_id(act)
        ),
    )


def written_by(story: UpgradeHypothesis) -> str:
    """Say who wrote a story."""
    if story.provenance is not None:
        return story.provenance.backend
    return "starter" if story.source is Source.SEED else story.source.value
