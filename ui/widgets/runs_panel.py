"""The runs: what there are, starting and watching one, and the raw replies of each."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.stances import AnswerClass, Budget, RunCard
from services.probe_jobs import RunJob, RunState
from services.stance_runs import RunEntry
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.run_choice import CLASS_WORDS, run_label, show_item
from ui.widgets.run_form import budget_field, minutes_field, show_start_form
from ui.widgets.states import show_empty, show_failure, show_notice

EVERY_S = 2.0
MAX_LISTED = 400


def show_runs(study_id: StudyId | None = None, *, key: str) -> None:
    """Draw the list, the form, the watch and one run's replies."""
    runs = services().stance_readings.runs()
    _watch(key=key)
    if runs:
        n_answers = sum(sum(entry.card.classes.values()) for entry in runs)
        st.markdown(f"**{len(runs)} runs with {n_answers} answers in all.**")
        st.dataframe([_row(entry) for entry in runs], hide_index=True, width="stretch")
    else:
        show_empty(
            "There is no run yet",
            "A run asks one model a set of dilemmas or statements and keeps every reply.",
            "Start one below, or with moralgraph stances run.",
        )
    with st.expander("Start a run", expanded=not runs):
        show_start_form(study_id, key=f"{key}.new")
    if runs:
        _show_one(runs, key=key)


@st.fragment(run_every=EVERY_S)
def _watch(*, key: str) -> None:
    """Draw the runs of this server; draws itself again while one goes on."""
    over = sorted(job.name for job in services().probe_jobs.jobs() if job.is_over)
    if over != st.session_state.setdefault(f"{key}.over", over):
        st.session_state[f"{key}.over"] = over
        st.rerun()  # the list below was drawn before this run was over
    for job in services().probe_jobs.jobs():
        if job.is_over:
            end = f"The run {job.name} ended: {job.error}." if job.error else f"The run {job.name} is whole."
            show_failure(end) if job.state is RunState.FAILED else show_notice(end)
            continue
        st.progress(_share(job), text=_said(job))
        if st.button(f"Stop {job.name}", key=f"{key}.stop.{job.name}"):
            services().probe_jobs.stop(job.name)


def _share(job: RunJob) -> float:
    progress = job.progress
    return 0.0 if progress is None or not progress.n_wanted else min(1.0, progress.n_done / progress.n_wanted)


def _said(job: RunJob) -> str:
    progress = job.progress
    if progress is None:
        return f"{job.name}: {job.state.value}"
    left = "" if progress.seconds_left is None else f", about {progress.seconds_left / 60:.0f} min left"
    failed = f", {progress.n_failed} failed" if progress.n_failed else ""
    return f"{job.name}: {progress.n_done} of {progress.n_wanted}{failed}{left}"


def _row(entry: RunEntry) -> dict[str, object]:
    card = entry.card
    total = sum(card.classes.values())
    return {
        "Run": entry.name,
        "Model": card.model_name,
        "Data set": card.dataset,
        "Items": card.n_items,
        "Answers": f"{total} of {card.n_answers_wanted}",
        "Choices": f"{card.classes.get(AnswerClass.CHOICE, 0) / total:.0%}" if total else "–",
        "Same in both orders": "–" if card.order_agreement is None else f"{card.order_agreement:.0%}",
        "Begun": f"{card.started_at:%Y-%m-%d %H:%M}",
        "State": "whole" if card.finished_at else card.stopped_because or "not finished",
        "Kept": "everything" if entry.has_items else "numbers alone",
    }


def _show_one(runs: tuple[RunEntry, ...], *, key: str) -> None:
    st.subheader("One run")
    names = [entry.name for entry in runs]
    asked = st.query_params.get("run")
    name = st.selectbox(
        "Run", names, index=names.index(asked) if asked in names else 0, key=f"{key}.run",
        format_func=lambda one: next(run_label(entry.card) for entry in runs if entry.name == one),
    )  # fmt: skip
    st.query_params["run"] = name
    entry = next(one for one in runs if one.name == name)
    if entry.card.finished_at is None and not entry.is_packaged:
        job = services().probe_jobs.job(name)
        is_idle = job is None or job.is_over
        if is_idle:
            _show_resume(entry.card, name, key=key)
    _show_card(entry.card)
    if not entry.has_items:
        show_notice("This run holds numbers alone: no raw replies are kept with it.")
    _show_replies(name, key=key)


def _show_resume(card: RunCard, name: str, *, key: str) -> None:
    """Offer to go on; where the run has limits, they can be changed, since they may be used up."""
    limits = card.budget
    if limits != Budget():
        calls, tokens, minutes = st.columns(3)
        limits = Budget(
            max_calls=budget_field(calls, "Calls at most", limits.max_calls, key=f"{key}.calls.{name}"),
            max_tokens=budget_field(tokens, "Tokens at most", limits.max_tokens, key=f"{key}.tokens.{name}"),
            max_seconds=minutes_field(minutes, limits.max_seconds, key=f"{key}.minutes.{name}"),
        )
        st.caption("All parts of the run count together. 0 is no limit.")
    if st.button("Resume this run", key=f"{key}.resume") and staff_act(
        "runs.resume", lambda _: services().probe_jobs.resume(name, budget=limits)
    ):
        st.rerun()


def _show_card(card: RunCard) -> None:
    counts = ", ".join(f"{n} {CLASS_WORDS[kind]}" for kind, n in card.classes.items() if n) or "none yet"
    st.markdown(
        f"**{plain(card.model_name)}** on {plain(card.dataset)}: {card.n_items} items, answers: {counts}. "
        f"{card.effort.n_calls} calls, {card.effort.n_prompt_tokens} tokens, {card.effort.seconds / 60:.1f} minutes."
    )
    with st.expander("Run card"):
        st.json(card.model_dump(mode="json"), expanded=1)


def _show_replies(name: str, *, key: str) -> None:
    try:
        material = services().stance_readings.material(name)
    except MoralGraphError as error:
        show_failure(str(error))
        return
    kinds = [kind for kind in AnswerClass if any(answer.kind is kind for answer in material.answers)]
    kind = st.pills(
        "Class", kinds, default=kinds[0] if kinds else None, key=f"{key}.kind.{name}",
        format_func=lambda one: CLASS_WORDS[one],
    )  # fmt: skip
    chosen = list(dict.fromkeys(answer.item_id for answer in material.answers if answer.kind is kind))
    if not chosen:
        show_notice("No answer is of this class.")
        return
    texts = {item.id: item.text for item in material.items}
    item_id = st.selectbox(
        f"Item ({len(chosen)} with such an answer)", chosen[:MAX_LISTED], key=f"{key}.item.{name}.{kind}",
        format_func=lambda one: f"{one}: {texts.get(one, '')[:90]}",
    )  # fmt: skip
    if item_id is not None:
        show_item(name, item_id)
