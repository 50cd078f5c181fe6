"""Set-up of a study as rooms ask for it on each rerun: kept until something is written in it."""

import pytest

from domain.errors import NotFoundError


def test_a_set_up_is_read_anew_only_after_a_write(rooms):
    setup = rooms.studies.setup("s1")
    assert rooms.studies.setup("s1") is setup
    rooms.studies.add_context("s1", text="When it rains", question_ids=("q1",), staff="ada", client_id="rain")
    later = rooms.studies.setup("s1")
    assert [context.text for context in later.contexts] == [*(one.text for one in setup.contexts), "When it rains"]
    rooms.person("p1")
    assert rooms.studies.setup("s1").study == later.study


def test_a_study_that_is_forgotten_is_read_anew(rooms):
    setup = rooms.studies.setup("s1")
    rooms.studies.forget("another")
    assert rooms.studies.setup("s1") is setup
    rooms.studies.forget("s1")
    assert rooms.studies.setup("s1") is not setup
    assert rooms.studies.setup("s1") == setup


def test_there_is_no_set_up_of_a_study_that_is_not_there(rooms):
    with pytest.raises(NotFoundError):
        rooms.studies.setup("nowhere")
