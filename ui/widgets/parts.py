"""Which parts are in use, and what they can and cannot do."""

import streamlit as st

from domain.ids import StudyId
from services.part_names import public_chat_name, public_embedder_name
from ui.messages import t
from ui.plain import plain
from ui.runtime import services


def show_parts(study_id: StudyId | None) -> None:
    """Name the interviewer of a study, else of the installation, the embedder and the index; not where they run."""
    settings = services().settings
    model = public_chat_name(services().chat_name(study_id))
    if model is None:
        interviewer = t("Interviewer: guided. It follows a fixed protocol and uses no language model.")
    else:
        interviewer = t("Interviewer: a language model, {name}.").format(
            name=plain(model) or t("whose name is not shown")
        )
    lines = (
        interviewer,
        t("Nearness of cards: `{name}`, a small model of English sentences; it proposes, people decide.").format(
            name=public_embedder_name(settings.embedder)
        ),
        t("Search among cards: `{name}`.").format(name=settings.index),
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
