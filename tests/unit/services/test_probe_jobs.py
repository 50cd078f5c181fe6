"""Runs beside the pages: started, watched, resumed; an order that cannot be carried out is refused in a sentence."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import DataError, MoralGraphError, UserInputError
from domain.stances import Budget, OptionOrder
from services.probe_jobs import ProbeJobs, RunOrder, RunState
from services.stance_reports import make_report, prepare
from services.stance_runs import read_run
from services.stances_parts import StancesParts
from services.statement_reports import statement_report

PROBES = Path(__file__).parents[3] / "assets" / "starter" / "probes"
PATIENCE_S = 30.0


@pytest.fixture
def jobs(tmp_path):
    made = ProbeJobs(StancesParts(clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)), folder=tmp_path / "runs")
    yield made
    made.close()


def order(name="first-look", file="dilemmas.json", **fields):
    return RunOrder(name=name, model=fields.pop("model", "baseline:first"), dataset=str(PROBES / file), **fields)


def wait(job):
    until = time.monotonic() + PATIENCE_S
    while not job.is_over and time.monotonic() < until:
        time.sleep(0.01)
    assert job.state is RunState.OVER, job.error


def test_a_run_of_the_starter_dilemmas_by_the_first_option_comes_to_nothing(jobs, tmp_path):
    wait(jobs.start(order()))
    report = make_report(prepare(read_run(tmp_path / "runs" / "first-look")))
    assert report.run.verdict == "not_to_be_read"
    assert {label.preference for label in report.labels} == {0.0}
    assert "starter" in report.run.dataset
    assert str(PROBES) not in report.run.dataset


def test_a_run_that_met_its_budget_goes_on_and_asks_nothing_twice(jobs, tmp_path):
    job = jobs.start(order(max_calls=10))
    wait(job)
    assert "budget" in job.error
    folder = tmp_path / "runs" / "first-look"
    before = read_run(folder).answers
    card = read_run(folder).card
    (folder / "run.json").write_text(card.model_copy(update={"budget": type(card.budget)()}).model_dump_json(), "utf-8")
    wait(jobs.resume("first-look"))
    after = read_run(folder).answers
    assert after[: len(before)] == before
    assert len(after) == card.n_answers_wanted
    assert {answer.order for answer in after} == set(OptionOrder)


def test_an_estimate_counts_and_sends_nothing(jobs, tmp_path):
    assert jobs.estimate(order(limit=5)).n_wanted == 10
    assert not (tmp_path / "runs" / "first-look").exists()


def test_a_run_whose_budget_is_used_up_goes_on_with_more(jobs, tmp_path):
    wait(jobs.start(order(max_calls=10)))
    wait(jobs.resume("first-look"))
    assert len(read_run(tmp_path / "runs" / "first-look").answers) == 10
    wait(jobs.resume("first-look", budget=Budget(max_calls=30)))
    assert len(read_run(tmp_path / "runs" / "first-look").answers) == 30


def test_time_is_told_from_the_last_run_of_the_same_model_asked_alike(jobs, tmp_path):
    assert jobs.estimate(order("other", limit=5)).effort.seconds == 0
    wait(jobs.start(order(limit=5)))
    file = tmp_path / "runs" / "first-look" / "run.json"
    card = read_run(file.parent).card
    spent = card.effort.model_copy(update={"n_calls": 10, "seconds": 20.0})
    file.write_text(card.model_copy(update={"effort": spent}).model_dump_json(), "utf-8")
    found = jobs.estimate(order("other", limit=5)).effort
    assert found.seconds == pytest.approx(2.0 * found.n_calls)
    assert jobs.estimate(order("other", limit=5, template="published")).effort.seconds == 0
    assert jobs.estimate(order("other", limit=5, model="baseline:last")).effort.seconds == 0


@pytest.mark.parametrize("name", ["", "../out", "..", "a b"])
def test_names_that_are_no_folder_are_refused(jobs, name):
    with pytest.raises(UserInputError, match="letters, digits"):
        jobs.start(order(name))


def test_a_name_in_use_an_unknown_model_and_a_missing_file_are_said(jobs, tmp_path):
    wait(jobs.start(order(limit=2)))
    with pytest.raises(UserInputError, match="There is a run 'first-look' already"):
        jobs.start(order())
    with pytest.raises(MoralGraphError, match="unknown"):
        jobs.start(order("other", model="oracle"))
    with pytest.raises((UserInputError, DataError)):
        jobs.start(RunOrder(name="other", model="baseline:first", dataset=str(tmp_path / "none.json")))


def test_statements_are_told_by_topic_and_place_with_few_ones_marked(jobs, tmp_path):
    wait(jobs.start(order("said", "statements.json")))
    report = statement_report(read_run(tmp_path / "runs" / "said"), by="language")
    assert sum(cell.n for cell in report.cells) == report.n_items
    assert all(cell.is_few == (cell.n < 10) for cell in report.cells)
    assert report.priming_gap == 0.0
    wait(jobs.start(order("dilemmas", limit=2)))
    other = read_run(tmp_path / "runs" / "dilemmas")
    with pytest.raises(UserInputError, match="not one over statements"):
        statement_report(other)
