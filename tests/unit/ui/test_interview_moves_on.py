"""A model may finish the card between the reading of the person's step and the drawing of the page."""

from types import SimpleNamespace

import pytest

from ui.navigation import Room
from ui.widgets import interview


class PageOpenedError(Exception):
    """Stands for the end of a script that opens another page."""


def test_a_page_late_for_the_card_opens_the_card_and_asks_no_old_question(monkeypatch):
    opened = []

    def go(room):
        opened.append(room)
        raise PageOpenedError

    made = SimpleNamespace(is_waiting=False, is_card_made=True)
    app = SimpleNamespace(interview=SimpleNamespace(view=lambda _person: made))
    monkeypatch.setattr(interview, "services", lambda: app)
    monkeypatch.setattr(interview, "go", go)
    with pytest.raises(PageOpenedError):
        interview.show_interview(SimpleNamespace(person=None), key="k")
    assert opened == [Room.CARD]
