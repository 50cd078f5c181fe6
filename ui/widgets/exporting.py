"""Taking a study out in a chosen form: a job with progress, then what came of it and where to fetch it."""

import pandas as pd
import streamlit as st

from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from domain.studies import Study
from services.export_jobs import ExportJob, JobState
from ui.export_routes import export_address
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.links import plain_link
from ui.widgets.states import show_failure, show_notice

FORMATS = {
    ExportFormat.BUNDLE: "Bundle: graph, tables, training files, dataset card, Croissant",
    ExportFormat.TRAINING: "Training files, all uses",
    ExportFormat.SFT: "Training: sft (prompt and completion)",
    ExportFormat.DPO: "Training: dpo (prompt, chosen, rejected)",
    ExportFormat.KTO: "Training: kto (prompt, completion, label)",
    ExportFormat.REWARD: "Training: reward (chosen, rejected)",
    ExportFormat.PROMPTS: "Training: prompts alone",
    ExportFormat.SOFT: "Training: soft counts by context and group",
    ExportFormat.PLURALISM: "Training: pairs on which groups split",
    ExportFormat.CSV: "Tables: CSV for spreadsheets, JSON Lines beside it",
    ExportFormat.PARQUET: "Tables: Parquet",
    ExportFormat.MORAL_GRAPH: "Graph: moral graph JSON",
    ExportFormat.NODE_LINK: "Graph: node-link JSON",
    ExportFormat.CYTOSCAPE: "Graph: Cytoscape JSON",
    ExportFormat.GRAPHML: "Graph: GraphML",
    ExportFormat.GEXF: "Graph: GEXF",
}
SPLITS = {
    SplitRule.BOTH: "No scenario and no person on both sides",
    SplitRule.SCENARIO: "No scenario on both sides",
    SplitRule.NONE: "Everything is for training",
}


def export_study(study: Study, query: GraphQuery, *, key: str) -> None:
    """Ask for a format, start the job, and show the newest job of the study."""
    kind = st.selectbox("Format", list(FORMATS), format_func=FORMATS.__getitem__, key=f"{key}.format")
    split = SplitRule.BOTH
    if kind is ExportFormat.BUNDLE or FORMATS[kind].startswith("Training"):
        split = st.selectbox("Training and test", list(SPLITS), format_func=SPLITS.__getitem__, key=f"{key}.split")
        st.caption("Training files hold only votes of people who agreed to training, whatever is ticked above.")
    job = services().export_jobs.newest(study.id)
    is_busy = job is not None and not job.is_over
    if st.button("Prepare the files", key=f"{key}.go", disabled=is_busy):
        order = ExportOrder(query=query, format=kind, split=split)
        if staff_act(f"{key}.go", lambda _: services().export_jobs.start(order, slug=study.slug)):
            st.rerun()
    if job is None:
        return
    if not job.is_over:
        _progress(job)
    elif job.state is JobState.FAILED:
        show_failure(job.error)
    else:
        _result(job)


@st.fragment(run_every="1s")
def _progress(shown: ExportJob) -> None:
    job = services().export_jobs.newest(shown.study_id)
    if job is None or job.is_over:
        st.rerun()
    st.progress(job.share, text=f"{FORMATS[job.format]}: {job.doing or job.state.value}")


def _result(job: ExportJob) -> None:
    report = job.report
    if report is None:
        return
    show_notice(f"{FORMATS[job.format]}: ready. {len(report.files)} files, {report.n_rows()} rows.")
    plain_link(f"Download {job.file}", export_address(job.id, job.file), is_primary=True, download=True)
    plain_link("Download the manifest", export_address(job.id, job.manifest_name), download=True)
    st.caption("A download that breaks off can be continued. The files stay here for a day, or until someone erases.")
    files = [{"File": f.path, "Rows": f.rows, "Bytes": f.bytes, "SHA-256": f.sha256} for f in report.files]
    st.dataframe(pd.DataFrame(files), hide_index=True, width="stretch")
    if report.absent:
        st.markdown("\n".join(["Not there:", "", *(f"- {a.what}: {a.why}" for a in report.absent)]))
