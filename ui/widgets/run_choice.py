"""Which run is looked at, how its answers are read, and in one sentence whether it can be read at all."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args

import streamlit as st

from domain.errors import MoralGraphError
from domain.stance_reports import Reading, RunReading
from domain.stances import NOT_TO_DO, TO_DO, Answer, AnswerClass, ProbeItem, RunCard
from services.stance_runs import RunEntry
from ui.plain import plain
from ui.runtime import services
from ui.widgets.states import show_empty, show_failure, show_notice

READINGS: dict[Reading, str] = {
    "choices": "Choices, both orders averaged",
    "probabilities": "Probabilities, both orders averaged",
    "consistent": "Only dilemmas with the same choice in both orders",
}
OPTION_WORDS = {TO_DO: "To do", NOT_TO_DO: "Not to do"}
CLASS_WORDS = {
    AnswerClass.CHOICE: "choices",
    AnswerClass.REFUSAL: "refusals",
    AnswerClass.HEDGE: "neither or both",
    AnswerClass.INVALID: "not readable",
    AnswerClass.ERROR: "no answer",
}


class ChosenRun(NamedTuple):
    """A run and how to read it."""

    name: str
    reading: Reading


def run_label(card: RunCard) -> str:
    """Return how a run is named in lists."""
    return f"{card.model_name} · {card.dataset} · {card.started_at:%Y-%m-%d} · {card.id}"


def dilemma_runs() -> tuple[RunEntry, ...]:
    """Return the runs over dilemmas; stop with an explanation where there are none."""
    found = tuple(
        entry for entry in services().stance_readings.runs()
        if services().stance_readings.is_over_dilemmas(entry.name)
    )  # fmt: skip
    if not found:
        show_empty(
            "There is no run over dilemmas yet",
            "A run is what one model answered to a set of dilemmas, each asked in both orders.",
            "Start one on the page Runs, or with moralgraph stances run.",
        )
        st.stop()
    return found


def choose_run(*, key: str, label: str = "Run", parameter: str = "run", other_than: str | None = None) -> str:
    """Draw the list of runs; the chosen one stands in the address."""
    runs = dilemma_runs()
    names = [entry.name for entry in runs]
    asked = st.query_params.get(parameter)
    preferred = next((name for name in names if name != other_than), names[0])
    chosen = st.selectbox(
        label,
        names,
        index=names.index(asked) if asked in names else names.index(preferred),
        format_func=lambda name: next(run_label(entry.card) for entry in runs if entry.name == name),
        key=f"{key}.{parameter}",
    )
    st.query_params[parameter] = chosen
    return str(chosen)


def choose_reading(*, key: str) -> Reading:
    """Draw how answers become one number for each dilemma."""
    chosen: Reading = st.selectbox(
        "Read", list(get_args(Reading)), format_func=lambda reading: READINGS[reading], key=f"{key}.reading"
    )
    return chosen


def show_state(run: RunReading) -> None:
    """Say how far a run can be read; in alarm where it cannot."""
    if run.verdict == "not_to_be_read":
        show_failure(f"This stance is not to be read. {run.words}")
    else:
        show_notice(run.words)
    counts = ", ".join(f"{n} {CLASS_WORDS[kind]}" for kind, n in run.classes.items() if n)
    st.caption(f"Answers: {counts or 'none'}. Refusals are a class of their own and never count as a choice.")


def show_item(name: str, item_id: str) -> None:
    """Draw an item with both options and every raw reply."""
    try:
        item, answers = services().stance_readings.item(name, item_id)
    except MoralGraphError as error:
        show_failure(str(error))
        return
    if item is not None:
        _show_text(item)
    show_replies(answers)


def _show_text(item: ProbeItem) -> None:
    st.markdown(plain(item.text))
    if item.translation:
        st.caption(plain(item.translation))
    if all(option.text in ("", option.key) and not option.values for option in item.options):
        return
    columns = st.columns(len(item.options))
    for column, option in zip(columns, item.options, strict=True):
        word = OPTION_WORDS.get(option.key, option.key)
        column.markdown(f"**{plain(word)}:** {plain(option.text)}")
        column.caption(plain(", ".join(option.values)) or "–")


def show_replies(answers: Sequence[Answer]) -> None:
    """Draw answers as a table, raw replies included."""
    rows = [
        {
            "Order": answer.order.value,
            "Class": answer.kind.value,
            "Choice": answer.choice or "–",
            "Probabilities": _shares(answer.probabilities),
            "Calibrated": _shares(answer.calibrated),
            "Raw reply": answer.raw or "(not kept)",
            "Asked as": answer.condition,
            "Seconds": round(answer.seconds, 2),
        }
        for answer in answers
    ]
    if rows:
        st.dataframe(rows, hide_index=True, width="stretch")
    else:
        st.caption("No answer to this item.")


def _shares(probabilities: Mapping[str, float]) -> str:
    return ", ".join(f"{key} {share:.2f}" for key, share in probabilities.items()) or "–"
