"""An upgrade story: the situation as a sentence, the story in the serif; machine text is marked."""

from html import escape

import streamlit as st

from ui.messages import t


def show_story(context: str, story: str, *, is_machine: bool) -> None:
    """Draw a story under its context."""
    st.html(story_html(context, story, is_machine=is_machine))


def story_html(context: str, story: str, *, is_machine: bool) -> str:
    """Return a story as HTML."""
    mark = f'<span class="mg-mark mg-mark-machine">{escape(t("written by a machine"))}</span>' if is_machine else ""
    kind = " mg-machine" if is_machine else ""
    return (
        f'<p class="mg-context" dir="auto">{escape(context)}{mark}</p>'
        f'<div class="mg-story{kind}" dir="auto">{escape(story)}</div>'
    )
