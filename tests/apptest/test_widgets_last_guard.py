"""What no one foresaw: the person reads what is safe and what to do, and no traceback; the log has the rest."""

import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.settings import Settings
from ui import runtime

FRAME = str(Path(__file__).parents[2] / "ui" / "frame.py")


class Broken:
    """Services whose every part fails."""

    def __init__(self, *, testing):
        self.settings = Settings(testing=testing)

    def __getattr__(self, name):
        raise RuntimeError(f"{name} is out of order, with a secret in its message")


@pytest.fixture
def open_with():
    def opened(services):
        runtime.use(services)
        return AppTest.from_file(FRAME).run()

    yield opened
    runtime.use(None)


def test_a_failing_page_says_what_is_safe_and_shows_no_traceback(open_with, caplog):
    with caplog.at_level(logging.ERROR):
        app = open_with(Broken(testing=False))
    assert not app.exception
    shown = " ".join(str(node.proto.body) for node in app.main if node.type == "html")
    assert 'role="alert"' in shown
    assert "What you sent before is stored" in shown
    assert "secret" not in shown
    assert "out of order" in caplog.text


def test_tests_still_see_the_failure_itself(open_with):
    assert open_with(Broken(testing=True)).exception
