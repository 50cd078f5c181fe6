"""An upgrade story: the situation as a sentence, the story in the serif; machine and starter texts are marked."""

from html import escape

import streamlit as st

from ui.messages import t


def show_story(context: str, story: str, *, is_machine: bool, is_starter: bool = False) -> None:
    """Draw a story under its context."""
    st.html(story_html(context, story, is_machine=is_machine, is_starter=is_starter))


def story_html(context: str, story: str, *, is_machine: bool, is_starter: bool = False) -> str:
    """Return a story as HTML; a starter story was written for the study, not by a participant."""
    mark = ""
    if is_machine:
        mark = f'<span class="mg-mark mg-mark-machine">{escape(t("written by a machine"))}</span>'
    elif is_starter:
        mark = f'<span class="mg-mark mg-mark-seed">{escape(t("starter story"))}</span>'
    kind = " mg-machine" if is_machine else ""
    return (
        f'<p class="mg-context" dir="auto">{escape(context)}{mark}</p>'
        f'<div class="mg-story{kind}" dir="auto">{escape(story)}</div>'
    )
