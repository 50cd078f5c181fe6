"""The form of a run as a widget: what is chosen becomes the order, and the estimate counts every way of asking."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from services.container import Services
from services.settings import Settings
from services.stance_runs import read_run
from ui import runtime, session
from ui.widgets import run_form


def script():
    """Draw the form for somebody who is signed in."""
    from ui.widgets.run_form import show_start_form

    show_start_form(None, key="new")


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.setattr(session, "require_staff", lambda: session.Staff("a"))
    monkeypatch.setattr(run_form, "staff_act", lambda _, doing: doing(None) is not None)
    services = Services(Settings(data_dir=tmp_path, embedder="hash", testing=True))
    runtime.use(services)
    app = AppTest.from_function(script, default_timeout=60).run()
    app.text_input(key="new.model").input("baseline:first")
    app.text_input(key="new.name").input("first-look")
    yield app, services
    runtime.use(None)
    services.close()


def calls(app):
    app.button(key="new.estimate").click().run()
    assert not app.exception
    said = " ".join(one.body for one in app.get("html"))
    return int(re.search(r"(\d+) calls", said)[1])


def test_every_wording_and_leading_sentence_is_counted_before_the_start(form):
    app, _ = form
    app.number_input(key="new.limit").set_value(6)
    once = calls(app)
    app.number_input(key="new.wordings").set_value(3)
    assert calls(app) == 3 * once
    app.selectbox(key="new.dataset").select_index(1).run()
    app.number_input(key="new.phrases").set_value(0)
    unled = calls(app)
    app.number_input(key="new.phrases").set_value(3)
    assert calls(app) == 7 * unled


def test_what_is_chosen_stands_on_the_card_of_the_run(form):
    app, services = form
    app.number_input(key="new.limit").set_value(3)
    app.text_area(key="new.system").input("Be bold.")
    app.selectbox(key="new.labels").select("XY")
    app.number_input(key="new.wordings").set_value(2)
    app.number_input(key="new.samples").set_value(4)
    app.number_input(key="new.seed").set_value(7)
    app.number_input(key="new.minutes").set_value(2.0)
    app.button(key="new.start").click().run()
    assert not app.exception
    services.probe_jobs.close()
    services.probe_jobs._pool.shutdown(wait=True)
    card = read_run(services.settings.data_dir / "runs" / "first-look").card
    assert {(one.system, one.label_set, one.paraphrase) for one in card.conditions} == {
        ("Be bold.", "XY", 0),
        ("Be bold.", "XY", 1),
    }
    assert (card.n_samples, card.seed, card.n_items, card.budget.max_seconds) == (4, 7, 3, 120.0)


def test_the_published_way_has_one_wording_and_long_answers_no_leading_sentence(form):
    app, _ = form
    app.selectbox(key="new.template").select("published").run()
    assert app.number_input(key="new.wordings").disabled
    app.selectbox(key="new.dataset").select_index(1).run()
    app.selectbox(key="new.experiment").select("long").run()
    assert app.number_input(key="new.phrases").disabled
    app.number_input(key="new.limit").set_value(2)
    assert calls(app) == 2 * 3 * 2
