"""A study as its own population: stories become statements, answers counts, and a run over them stands beside them."""

import sqlite3
from contextlib import closing
from functools import partial

import pytest

from domain.errors import UserInputError
from domain.graphs import GraphQuery
from domain.people import Source
from domain.stances import AGREE, DISAGREE, NEUTRAL
from services import deliberation_items, stance_runs
from services.container import Services
from services.deliberation_items import CLAIM, read_told, write_told
from services.probe_jobs import RunOrder
from services.settings import Settings
from services.stance_population import ALL, MIN_GROUP, read_counts
from stances.starter_items import read_items


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(stance_runs, "PACKAGED", tmp_path / "none")
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    services.first_start()
    yield services
    services.close()


@pytest.fixture
def answered(app, monkeypatch):
    """Let simulated people count."""
    everybody = partial(GraphQuery, sources=frozenset(Source))
    monkeypatch.setattr(deliberation_items, "GraphQuery", everybody)
    app.simulation.run(app.studies.all()[0], n_participants=30, seed=1)
    return app.studies.all()[0]


def test_a_study_that_nobody_answered_has_nothing_to_ask(app):
    with pytest.raises(UserInputError, match="Nobody answered a story"):
        read_told(app.database, app.studies.all()[0].id)


def test_what_is_written_is_read_again_and_small_counts_are_kept_back(app, answered, tmp_path):
    told = read_told(app.database, answered.id)
    write_told(told, tmp_path / "out")
    items = read_items(tmp_path / "out" / "items.json")
    assert len(items) == len(told.items.statements) > 5
    assert all(item.text.endswith(CLAIM) and item.option_keys == (AGREE, NEUTRAL, DISAGREE) for item in items)
    counts = read_counts((tmp_path / "out" / "people.csv").read_text("utf-8"), name="people.csv", items=items)
    assert counts[ALL] == told.counts[ALL]
    assert counts[ALL]
    assert all(sum(own.values()) >= MIN_GROUP for own in counts[ALL].values())


def test_a_run_over_the_stories_stands_beside_the_people_who_answered_them(app, answered):
    file = app.stance_readings.write_stories(answered.id)
    job = app.probe_jobs.start(RunOrder(name="own", model="baseline:first", dataset=str(file)))
    app.probe_jobs._pool.shutdown(wait=True)
    assert job.error == ""
    found = app.stance_readings.beside_stories("own", answered.id)
    assert found is not None
    assert found.groups[0].n_items == len(read_told(app.database, answered.id).counts[ALL])
    assert {row.item_id for row in found.items} == set(read_told(app.database, answered.id).counts[ALL])
    app.stance_readings.forget(answered.id)
    assert not file.exists(), "what was written of a study goes when a person erases their words"


def test_a_study_that_came_without_stories_is_told_by_its_values(app, answered, tmp_path):
    with closing(sqlite3.connect(tmp_path / "moralgraph.sqlite3")) as rows, rows:
        rows.execute("UPDATE upgrade_hypothesis SET story = ''")
    statements = read_told(app.database, answered.id).items.statements
    assert all("somebody used to care about" in one.statement for one in statements)
    assert len({one.id for one in statements}) == len(statements)
