"""The run card of a study: all that its numbers were made from. The same card gives the same numbers."""

import streamlit as st

from domain.graphs import GraphQuery
from domain.ids import StudyId
from services.code_version import code_version
from services.method_numbers import NUMBERS
from ui.messages import t
from ui.plain import plain
from ui.runtime import services


def show_run_card(study_id: StudyId, *, key: str) -> None:
    """Draw the card of the study's newest votes; what takes seconds to find is made on a press."""
    query = GraphQuery(study_id=study_id)
    options = services().explore.options(study_id)
    graph = services().explore.moral_graph(query, data_version=options.data_version)
    found = services().analyses.held(query, data_version=options.data_version)
    limits = query.thresholds
    lines = [
        t("Study: **{title}**, data version {version}").format(
            title=plain(options.study.title), version=options.data_version
        ),
        t("Made from {votes} votes of {people} people; simulated people are left out").format(
            votes=f"{graph.n_votes:,}", people=f"{graph.n_people:,}"
        ),
        t(
            "Filters of an arrow: likelihood {likelihood} or more, entropy {entropy} or less, {least} votes “wiser”"
        ).format(likelihood=limits.min_wiser_likelihood, entropy=limits.max_entropy, least=limits.min_wiser),
        t("Draws of people: {n}, seed {seed}").format(
            n=found.run.n_resamples if found else NUMBERS["n_resamples"], seed=found.run.seed if found else 0
        ),
        t("Groups: {n} draws of people and {shuffles} shuffles, same seed").format(
            n=NUMBERS["n_group_resamples"], shuffles=NUMBERS["n_shuffles"]
        ),
        t("Program: {version}").format(version=f"`{code_version()}`"),
        t("Hash of the votes (SHA-256): {hash}").format(
            hash=f"`{found.run.data_hash}`" if found else t("not computed yet")
        ),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
    if found is None and st.button(t("Compute the hash and the ranges"), key=f"{key}.make"):
        with st.spinner(t("Drawing people again")):
            services().analyses.entailed(query)
        st.rerun()
    st.caption(
        t(
            "The same card gives the same numbers, in any order of votes and after another import of the same files. "
            "The file of each analysis bears its own card, with the filters that were set."
        )
    )
