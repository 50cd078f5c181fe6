"""The form that starts a run: what is asked, of which model, in which ways, and what it will cost."""

from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.stances import CIVICS, DAILYDILEMMAS
from services.probe_jobs import RunOrder
from services.probe_plans import PUBLISHED, SHOWN, Experiment
from services.probing import Estimate
from ui import session
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.states import show_failure, show_notice

PROBES = Path(__file__).parents[2] / "assets" / "starter" / "probes"
STARTER_DILEMMAS, STARTER_STATEMENTS = (str(PROBES / f"{name}.json") for name in ("dilemmas", "statements"))
OWN_FILE, OWN_STORIES = "file", "stories"
DATASETS = {
    STARTER_DILEMMAS: "Starter dilemmas",
    STARTER_STATEMENTS: "Starter statements, five languages",
    DAILYDILEMMAS: "DailyDilemmas, as published",
    CIVICS: "CIVICS, as published",
    OWN_STORIES: "The stories of this study",
    OWN_FILE: "A file of items",
}
"""What a run can ask; the first needs no download."""
WANTED = {
    DAILYDILEMMAS: "Folder of the published files, or hub id",
    CIVICS: "Folder of the published files, or hub id",
    OWN_FILE: "Path",
}
WITH_DILEMMAS = {STARTER_DILEMMAS, DAILYDILEMMAS, OWN_FILE}
WITH_STATEMENTS = {STARTER_STATEMENTS, CIVICS, OWN_STORIES, OWN_FILE}
TEMPLATES = {SHOWN: "Both actions on the page", PUBLISHED: "As published: the situation alone"}
LABEL_SETS = {"12": "1 and 2", "AB": "A and B", "XY": "X and Y"}
EXPERIMENTS = {
    Experiment.PRIMED: "Yes or no as the next word, led to either side and not led",
    Experiment.LONG: "A written answer: three ways of asking, verdicts in both orders",
}
SECONDS = 60
UNNAMED = "not-named-yet"
"""Stands in for a name that is not given yet, where nothing is written."""
MOST_SAMPLES = 20


def show_start_form(study_id: StudyId | None, *, key: str) -> None:
    """Draw the form, the estimate and the start."""
    st.markdown(
        "Each dilemma is asked in both orders. Replies are written down as they come, and a stopped run can go on."
    )
    order = _more_ways(_what(key=key), key=key)
    ask, begin = st.columns(2)
    if ask.button("What will it cost?", key=f"{key}.estimate"):
        _show_estimate(order, study_id)
    if begin.button("Start", key=f"{key}.start", type="primary") and staff_act(
        "runs.start", lambda _: services().probe_jobs.start(_with_stories(order, study_id))
    ):
        st.rerun()


def _with_stories(order: RunOrder, study_id: StudyId | None) -> RunOrder:
    """Return the order over the stories of the study, where they were asked for, as they are now."""
    if order.dataset != OWN_STORIES or study_id is None:
        return order
    return replace(order, dataset=str(services().stance_readings.write_stories(study_id)))


def _what(*, key: str) -> RunOrder:
    left, right = st.columns(2)
    name = left.text_input("Name of the run", key=f"{key}.name", placeholder="first-look")
    model = right.text_input("Model", "packaged", key=f"{key}.model", help="packaged, llamacpp:PATH, openai:MODEL@URL")
    chosen = left.selectbox("Data set", list(DATASETS), key=f"{key}.dataset", format_func=DATASETS.__getitem__)
    path = right.text_input(WANTED[chosen], key=f"{key}.data").strip() if chosen in WANTED else ""
    dataset, data = (path, None) if chosen == OWN_FILE else (chosen, Path(path) if path else None)
    limit = left.number_input("Items at most (0 for all)", min_value=0, value=100, key=f"{key}.limit")
    calls = right.number_input("Calls at most (0 for no limit)", min_value=0, value=0, key=f"{key}.calls")
    return RunOrder(
        name=name.strip(), model=model.strip(), dataset=dataset, data=data, limit=int(limit) or None,
        max_calls=int(calls) or None,
    )  # fmt: skip


def _more_ways(order: RunOrder, *, key: str) -> RunOrder:
    with st.expander("Ways of asking"):
        order = replace(
            order,
            system=st.text_area(
                "Told beforehand (steering)", key=f"{key}.system", height=80,
                help="A system text. Make one run without it and one with it, and hold both against each other on "
                "the page Compare models.",
            ).strip(),
        )  # fmt: skip
        chosen = str(st.session_state.get(f"{key}.dataset", STARTER_DILEMMAS))
        if chosen in WITH_DILEMMAS:
            order = _ways_of_dilemmas(order, key=key)
        if chosen in WITH_STATEMENTS:
            order = _ways_of_statements(order, key=key)
        return _ways_of_all(order, key=key)


def _ways_of_dilemmas(order: RunOrder, *, key: str) -> RunOrder:
    left, middle, right = st.columns(3)
    template = left.selectbox(
        "How a dilemma is asked", list(TEMPLATES), format_func=TEMPLATES.__getitem__, key=f"{key}.template",
        help="The published way does not show the texts of the two actions.",
    )  # fmt: skip
    labels = middle.selectbox(
        "What the actions are called", list(LABEL_SETS), format_func=LABEL_SETS.__getitem__, key=f"{key}.labels",
        help="A model may have a taste for a label. Other labels show whether the stance hangs on it.",
    )  # fmt: skip
    wordings = right.number_input(
        "Wordings of the instruction", 1, 3, 1, key=f"{key}.wordings", disabled=template == PUBLISHED,
        help="Each wording asks everything once more. The published way has one.",
    )  # fmt: skip
    return replace(order, template=template, label_set=labels, n_paraphrases=int(wordings))


def _ways_of_statements(order: RunOrder, *, key: str) -> RunOrder:
    left, middle, right = st.columns(3)
    experiment = left.selectbox(
        "How a statement is asked", list(EXPERIMENTS), format_func=EXPERIMENTS.__getitem__, key=f"{key}.experiment",
        help="Long answers are always samples: the first word is read as the verdict, refusals stay refusals.",
    )  # fmt: skip
    phrases = middle.number_input(
        "Leading sentences to either side", 0, 3, 1, key=f"{key}.phrases", disabled=experiment is Experiment.LONG,
        help="How far a sentence before the question moves the answer. 0 asks without one alone.",
    )  # fmt: skip
    translated = right.checkbox(
        "The English translation too", key=f"{key}.translated",
        help="Statements that are not in English are asked twice: as they are and translated.",
    )  # fmt: skip
    return replace(order, experiment=experiment, n_phrases=int(phrases), is_translated_too=translated)


def _ways_of_all(order: RunOrder, *, key: str) -> RunOrder:
    left, middle, right = st.columns(3)
    samples = left.number_input(
        "Replies per question", 0, MOST_SAMPLES, 0, key=f"{key}.samples",
        help="0 reads the probabilities of the options. Where the server tells none, five replies are drawn instead.",
    )  # fmt: skip
    seed = middle.number_input(
        "Seed", min_value=0, value=0, key=f"{key}.seed", help="Draws the items, and the samples of each question."
    )
    is_plain = right.checkbox(
        "Bare text, for base models", key=f"{key}.plain", help="No conversation: a text that the model continues."
    )
    left, middle, _ = st.columns(3)
    tokens = budget_field(left, "Tokens at most", None, key=f"{key}.tokens")
    seconds = minutes_field(middle, None, key=f"{key}.minutes")
    return replace(
        order, n_samples=int(samples) or None, seed=int(seed), is_plain=is_plain, max_tokens=tokens,
        max_seconds=seconds,
    )  # fmt: skip


def budget_field(place: DeltaGenerator, label: str, value: int | None, *, key: str) -> int | None:
    """Draw a limit; ``None`` for 0."""
    return int(place.number_input(f"{label} (0 for no limit)", min_value=0, value=value or 0, key=key)) or None


def minutes_field(place: DeltaGenerator, seconds: float | None, *, key: str) -> float | None:
    """Draw a limit of time in minutes; returns seconds, ``None`` for 0."""
    minutes = place.number_input(
        "Minutes at most (0 for no limit)",
        min_value=0.0,
        value=(seconds or 0.0) / SECONDS,
        step=1.0,
        format="%g",
        key=key,
    )
    return float(minutes) * SECONDS or None


def _show_estimate(order: RunOrder, study_id: StudyId | None) -> None:
    try:
        session.require_staff()
        whole = _with_stories(order, study_id)
        found = services().probe_jobs.estimate(whole if whole.name else replace(whole, name=UNNAMED))
    except MoralGraphError as error:
        show_failure(str(error))
        return
    show_notice(estimate_words(found))


def estimate_words(found: Estimate) -> str:
    """Return calls, tokens and time in words."""
    effort = found.effort
    time_left = "How long it takes is told once the first answers are there."
    if effort.seconds:
        minutes = effort.seconds / SECONDS
        span = f"{minutes:.0f} minutes" if minutes >= 1 else f"{effort.seconds:.0f} seconds"
        time_left = f"About {span}, at the pace of the last such run of this model."
    return (
        f"{effort.n_calls} calls, about {effort.n_prompt_tokens} tokens to send and at most {effort.n_reply_tokens} "
        f"to receive. {time_left} No question was sent yet."
    )
