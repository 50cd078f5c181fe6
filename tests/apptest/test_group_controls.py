"""The choice of groups: who has seen figures keeps them while newer ones are made, and the page follows."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from services.analysis_groups import AtHand
from ui.widgets import groups_panel


def script():
    import streamlit as st

    from ui.widgets.groups_panel import group_controls

    st.markdown(f"version {group_controls('s1', key='groups').found.run.data_version}")


@pytest.fixture
def shown(monkeypatch):
    def run(*states):
        """Return the words of the page where these (version, is older, failure) are at hand one after the other."""
        left = list(states)

        def at_hand(query, *, attribute):
            version, is_older, failure = left.pop(0) if len(left) > 1 else left[0]
            return AtHand(SimpleNamespace(run=SimpleNamespace(data_version=version)), is_older, failure)

        groups = SimpleNamespace(at_hand=at_hand, attributes=lambda *_, **__: {"town": 50}, titles=lambda *_: {})
        monkeypatch.setattr(groups_panel, "services", lambda: SimpleNamespace(groups=groups))
        app = AppTest.from_function(script, default_timeout=30).run()
        assert not app.exception
        notices = [str(node.proto.body) for node in app.main if node.type == "html"]
        return " ".join([*(one.value for one in app.markdown), *notices])

    return run


def test_figures_of_the_newest_data_are_shown_without_a_word(shown):
    assert shown((7, False, "")) == "version 7"


def test_older_figures_stay_with_a_line_that_newer_ones_are_made(shown):
    said = shown((6, True, ""))
    assert "version 6" in said
    assert "The data changed since these figures were made. They are being made anew; this page follows." in said


def test_the_page_is_drawn_anew_once_newer_figures_are_there(shown):
    assert shown((6, True, ""), (7, False, ""), (7, False, "")) == "version 7"


def test_a_failure_is_said_beside_the_older_figures(shown):
    said = shown((6, True, "The analysis of groups stopped."))
    assert "version 6" in said
    assert "The analysis of groups stopped." in said


def test_a_failure_that_came_while_the_page_waited_is_said_once_and_the_page_asks_no_more_by_itself(shown):
    said = shown((6, True, ""), (6, True, "The analysis of groups stopped."), (6, True, ""))
    assert "version 6" in said
    assert "The analysis of groups stopped." in said
    assert "being made anew" not in said
