"""One comparison on the screen: the context, the story, two cards in drawn order; and the worked example before it."""

from html import escape
from typing import NamedTuple

import streamlit as st

from domain.cards import CardText, Origin, Policy
from domain.people import Source
from domain.votes import EdgeAnswer, UnsureReason
from services.comparing import Comparison
from services.starter import read_example
from ui.messages import N_, t
from ui.widgets.cards import show_card, show_value
from ui.widgets.story import show_story

UNSURE_REASONS = {
    UnsureReason.BOTH_THE_SAME: N_("Both look the same to me"),
    UnsureReason.DEPENDS: N_("It depends"),
    UnsureReason.STORY_UNCLEAR: N_("The story is not clear"),
    UnsureReason.NOT_MY_TOPIC: N_("I know too little about this"),
}


class Given(NamedTuple):
    """An answer; ``unsure_reason`` is ``None`` unless a reason for "not sure" was tapped."""

    answer: EdgeAnswer
    unsure_reason: UnsureReason | None = None


def show_comparison(now: Comparison, *, key: str) -> None:
    """Draw the story and the two cards; sides as drawn by lot, names neutral."""
    told = now.hypothesis
    show_story(
        now.context.text,
        told.story,
        is_machine=told.provenance is not None,
        is_starter=told.source is Source.SEED,
    )
    st.markdown(t("First this person looked at one thing, and later at another."))
    pair = [(t("At first"), now.src), (t("Later"), now.wiser)]
    sides = st.columns(2)
    for side, (name, value) in zip(sides, reversed(pair) if now.is_flipped else pair, strict=True):
        with side:
            st.html(f'<p class="mg-eyebrow">{escape(name)}</p>')
            show_value(value, size="medium", key=f"{key}.{value.id}")
    st.html(f'<p class="mg-question">{escape(t("Did the person become wiser?"))}</p>')


def show_example(*, key: str) -> bool:
    """Draw the worked example until the person goes on; tell whether they did."""
    if st.session_state.get(f"{key}.seen"):
        return True
    example = read_example()
    st.header(t("First, an example"))
    st.markdown(
        t("You will read short stories of people who changed what they look at. This one is only for practice.")
    )
    show_story(example.context, example.story, is_machine=False, is_starter=True)
    sides = st.columns(2)
    for side, name, title, policies in (
        (sides[0], t("At first"), example.src.title, example.src.policies),
        (sides[1], t("Later"), example.wiser.title, example.wiser.policies),
    ):
        with side:
            st.html(f'<p class="mg-eyebrow">{escape(name)}</p>')
            lines = tuple(Policy(text=line, origin=Origin.STARTER) for line in policies)
            text = CardText(title=title, title_origin=Origin.STARTER, policies=lines)
            show_card(text, byline="", size="medium", key=f"{key}.{title}")
    st.markdown(f"- {example.yes}\n- {example.no}\n- {example.not_sure}")
    if st.button(t("I understand, show me the first story"), type="primary", key=f"{key}.go"):
        st.session_state[f"{key}.seen"] = True
        st.rerun()
    return False


def ask_answer(*, key: str) -> Given | None:
    """Draw three equal buttons; after "not sure", four one-tap reasons. ``None`` while nothing is settled."""
    yes, no, unsure = st.columns(3)
    if yes.button(t("Yes, wiser"), key=f"{key}.yes", width="stretch"):
        return Given(EdgeAnswer.WISER)
    if no.button(t("No"), key=f"{key}.no", width="stretch"):
        return Given(EdgeAnswer.NOT_WISER)
    if unsure.button(t("Not sure"), key=f"{key}.unsure", width="stretch"):
        st.session_state[f"{key}.asking"] = True
    if not st.session_state.get(f"{key}.asking"):
        return None
    st.markdown(t("Not sure is a full answer. What made it hard?"))
    for reason, words in UNSURE_REASONS.items():
        if st.button(t(words), key=f"{key}.why.{reason.value}", width="stretch"):
            return Given(EdgeAnswer.NOT_SURE, reason)
    is_silent = st.button(t("I would rather not say"), key=f"{key}.why.none", width="stretch")
    return Given(EdgeAnswer.NOT_SURE) if is_silent else None
