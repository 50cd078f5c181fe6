"""The review queue: two values side by side, what is known of the pair, and a person's word on it."""

from html import escape

import streamlit as st

from domain.chat import FailureReason
from domain.gathered import PairAnswer, PairOpinion
from domain.judging import Ruling, ValueJudgement
from services.judging import JudgingJob, JudgingState
from services.pair_review import PairInReview, ReviewQueue
from services.studies import StudySetup
from ui import session
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.cards import show_value
from ui.widgets.states import show_empty, show_failure

SAID = {
    PairOpinion.SAME: "the same",
    PairOpinion.DIFFERENT: "different",
    PairOpinion.UNSURE: "unsure",
    PairOpinion.FAILED: "no usable answer",
}
ENDED = {
    JudgingState.DONE: "Judging is done",
    JudgingState.STOPPED: "Judging was stopped",
    JudgingState.FAILED: "Judging broke off",
}
WHY_FAILED = {
    FailureReason.UNAVAILABLE: "The model could not be reached.",
    FailureReason.TIMEOUT: "It took too long.",
    FailureReason.REFUSED: "It refused to answer.",
    FailureReason.EMPTY: "The reply was empty.",
    FailureReason.CUT_OFF: "The reply broke off.",
    FailureReason.UNPARSED: "The reply could not be read.",
    FailureReason.REPEATED: "The reply repeated itself.",
    FailureReason.OFF_PROTOCOL: "The reply was not of the form asked for.",
}
MAX_NEXT = 50
"""Pairs listed under the one that is shown."""


def review_pairs(setup: StudySetup, *, key: str) -> None:
    """Draw the queue, the job that lets a model judge, and what was kept apart."""
    with st.spinner("Comparing the values"):
        queue = services().pair_review.queue(setup.study.id)
    st.markdown(counts(queue))
    _judging(setup, queue, key=f"{key}.judging")
    if queue.open:
        pair = _shown(queue, key=f"{key}.shown")
        _show_pair(setup, pair, queue, key=f"{key}.pair.{pair.key.wording[:12]}")
        _show_next(queue)
    else:
        show_empty(
            "No pair to look at",
            "No two values of this study are alike enough to be taken for the same.",
            "New cards fill this list. Values that say the same in quite other words can be merged below.",
        )
    if queue.apart:
        with st.expander(f"Kept apart ({len(queue.apart)})"):
            for pair in queue.apart:
                _show_apart(setup, pair, key=f"{key}.apart.{pair.key.wording[:12]}")


def _shown(queue: ReviewQueue, *, key: str) -> PairInReview:
    """Return the pair on the screen. It stays while it is read, though a model's word may change the order."""
    before = st.session_state.get(key)
    pair = next((p for p in queue.open if (p.key, p.ruling) == before), queue.open[0])
    st.session_state[key] = (pair.key, pair.ruling)
    return pair


def counts(queue: ReviewQueue) -> str:
    """Return the state of the queue in one line.

    >>> from graph.card_likeness import DEFAULT_BOUNDS
    >>> counts(ReviewQueue((), (), DEFAULT_BOUNDS))
    '0 pairs to look at, 0 of them put off. 0 kept apart.'
    """
    line = f"{len(queue.open)} pairs to look at, {queue.n_put_off()} of them put off. {len(queue.apart)} kept apart."
    said = {opinion: queue.count(opinion) for opinion in SAID}
    if not any(said.values()):
        return line
    parts = ", ".join(f"{n} {SAID[opinion]}" for opinion, n in said.items() if opinion is not PairOpinion.FAILED)
    return f"{line} A language model found {parts}; {said[PairOpinion.FAILED]} failed."


def _judging(setup: StudySetup, queue: ReviewQueue, *, key: str) -> None:
    study_id = setup.study.id
    name = services().judging.model_name(study_id)
    if not name:
        st.caption("No language model is set for this study. The pairs are in the order of their likeness alone.")
        return
    job = services().judging.newest(study_id)
    if job is not None and not job.is_over:
        _progress(job, key=key)
        return
    if job is not None:
        _result(job)
    waiting = len(queue.to_judge())
    if not waiting:
        return
    if st.button(f"Let the language model judge {waiting} borderline pairs", key=f"{key}.go", help=name) and staff_act(
        f"{key}.go", lambda _: services().judging.start(study_id)
    ):
        st.rerun()
    st.caption("It reads each pair in both orders, beside this page. What it says is shown here and changes nothing.")


@st.fragment(run_every="1s")
def _progress(shown: JudgingJob, *, key: str) -> None:
    job = services().judging.newest(shown.study_id)
    if job is None or job.is_over:
        st.rerun()
    done = job.n_judged + job.n_dropped
    st.progress(min(1.0, job.share), text=f"{done} of {job.n_pairs} pairs read, {job.n_failed} failed")
    is_stopping = job.state is JudgingState.STOPPING
    label = "Stopping after this pair" if is_stopping else "Stop"
    if st.button(label, key=f"{key}.stop", disabled=is_stopping):
        staff_act(f"{key}.stop", lambda _: services().judging.stop(job.study_id))
        st.rerun(scope="fragment")


def _result(job: JudgingJob) -> None:
    if job.state is JudgingState.FAILED:
        show_failure(f"{ENDED[job.state]}: {job.error}")
        return
    dropped = f" {job.n_dropped} were left out, since their words changed meanwhile." if job.n_dropped else ""
    st.caption(f"{ENDED[job.state]}: {job.n_judged} of {job.n_pairs} pairs read, {job.n_failed} failed.{dropped}")


def _show_pair(setup: StudySetup, pair: PairInReview, queue: ReviewQueue, *, key: str) -> None:
    put_off = " You put this pair off." if pair.ruling is not None else ""
    st.markdown(f"**Do these two say the same?** {plain(why(pair, queue))}{put_off}")
    for side, value in zip(st.columns(2), (pair.first, pair.second), strict=True):
        with side:
            show_value(value, size="small", key=f"{key}.card.{value.number}")
    if pair.judgement is not None:
        st.html(judgement_html(pair, pair.judgement))
    titles = {value.id: f"{value.number} · {value.title}" for value in (pair.first, pair.second)}
    keep = st.radio(
        "If they are the same, which card stands for both?",
        list(titles),
        format_func=titles.__getitem__,
        key=f"{key}.keep",
    )
    reason = st.text_input("Reason (logged; may stay empty)", key=f"{key}.reason")
    with st.container(horizontal=True):
        is_same = st.button("Same value: put together", key=f"{key}.same")
        is_apart = st.button("Different: keep apart", key=f"{key}.apart")
        is_later = st.button("Later", key=f"{key}.later")
    review, act = services().pair_review, session.client_id(key)
    if is_same and staff_act(
        key, lambda who: review.put_together(pair, keep=keep, reason=reason, staff=who.name, client_id=act)
    ):
        st.rerun()
    ruling = Ruling.APART if is_apart else Ruling.LATER
    if (is_apart or is_later) and staff_act(
        key, lambda who: review.rule(pair, ruling, reason=reason, staff=who.name, client_id=act)
    ):
        st.rerun()


def why(pair: PairInReview, queue: ReviewQueue) -> str:
    """Return in words why a pair is in the queue."""
    bounds = queue.bounds
    number = f"Likeness {pair.likeness:.2f} of 1."
    if not pair.is_borderline:
        return f"{number} That is well above {bounds.cut:.2f}, from where cards are taken for the same."
    side = "above" if pair.likeness >= bounds.cut else "below"
    return (
        f"{number} That is just {side} {bounds.cut:.2f}, from where cards are taken for the same: "
        "too near to tell by number."
    )


def judgement_html(pair: PairInReview, judgement: ValueJudgement) -> str:
    """Return what the model said in each order as HTML; every text is escaped."""
    lines = "".join(
        f"<li>With <em>{escape(value.title)}</em> first: <strong>{SAID[answer.opinion]}</strong>. "
        f"{_detail(answer)}</li>"
        for value, answer in zip((pair.first, pair.second), judgement.answers, strict=True)
    )
    both = SAID[judgement.opinion]
    if judgement.opinion is PairOpinion.UNSURE and len({answer.opinion for answer in judgement.answers}) > 1:
        both = "unsure, since its answer depends on which card comes first"
    return (
        f'<div class="mg-opinion mg-machine" dir="auto"><p><span class="mg-mark mg-mark-machine" '
        f'title="{escape(judgement.backend)}, {escape(judgement.prompt_id)}">language model</span> '
        f"Together: {escape(both)}.</p><ul>{lines}</ul></div>"
    )


def _detail(answer: PairAnswer) -> str:
    """Return the reason as HTML; the words of a backend's error are only shown to a pointer that rests on it."""
    if answer.failure is None:
        return escape(answer.reason)
    return f'<span title="{escape(answer.failure.detail)}">{WHY_FAILED[answer.failure.reason]}</span>'


def _show_next(queue: ReviewQueue) -> None:
    rest = queue.open[1:]
    if not rest:
        return
    with st.expander(f"Next in the queue ({len(rest)})"):
        lines = [
            f"- {plain(pair.first.title)} / {plain(pair.second.title)}: likeness {pair.likeness:.2f}"
            + (f", language model: {SAID[pair.judgement.opinion]}" if pair.judgement is not None else "")
            + (", put off" if pair.ruling is not None else "")
            for pair in rest[:MAX_NEXT]
        ]
        st.markdown("\n".join(lines))
        if len(rest) > MAX_NEXT:
            st.caption(f"And {len(rest) - MAX_NEXT} more.")


def _show_apart(setup: StudySetup, pair: PairInReview, *, key: str) -> None:
    ruling = pair.ruling
    if ruling is None:
        return
    overruled = ""
    if pair.judgement is not None and pair.judgement.opinion is PairOpinion.SAME:
        overruled = " The language model had said: the same."
    st.markdown(
        f"**{plain(pair.first.title)}** / **{plain(pair.second.title)}**: {plain(ruling.reason)} "
        f"({plain(ruling.author.removeprefix('staff:'))}, {ruling.created_at:%Y-%m-%d}){overruled}"
    )
    if st.button("Take back", key=key) and staff_act(
        key,
        lambda who: services().pair_review.undo(
            setup.study.id, ruling.id, staff=who.name, client_id=session.client_id(key)
        ),
    ):
        st.rerun()
