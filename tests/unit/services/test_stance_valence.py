"""The second route beside the graph: what is scored, kept, gone on with, and what it comes to."""

import argparse
import json
import time
from functools import partial

import pytest

from domain.errors import BackendUnavailableError, DataError, UserInputError
from domain.graphs import GraphQuery
from domain.kaleido import ScoreFailure, ScoreFailureReason, ScorerInfo, ScoreSource, Valence, ValueScore
from domain.people import Source
from domain.stances import (
    NOT_TO_DO,
    TO_DO,
    Condition,
    OptionOrder,
    ProbeItem,
    ProbeOption,
)
from services import stance_readings, stance_runs
from services.cli_stance_compare import add_compare, compare_run
from services.container import Services
from services.settings import Settings
from services.stance_valence import edge_values
from services.valence_scores import KeptScore, ValenceShelf
from stances.valence_route import place_values, situation_of

CONDITIONS = tuple(Condition(template="shown", order=order) for order in OptionOrder)
ITEMS = tuple(
    ProbeItem(
        id=str(at), dataset="made", text=f"Case {at}.",
        options=(ProbeOption(key=TO_DO, text="Yes", values=("honesty",)), ProbeOption(key=NOT_TO_DO, text="No")),
    )
    for at in range(40)
)  # fmt: skip


@pytest.fixture
def write_doing(keep_run):
    """Write a run that always does it."""
    return lambda folder: keep_run(folder, ITEMS, CONDITIONS, lambda *_: 0.9)


class Leaning:
    """Says that the wiser half of the values supports doing it, and the other half supports leaving it."""

    name = "leaning"
    has_valence = True
    chance = ""

    def __init__(self, wiser=(), *, revision="1", gone=False):
        self.wiser, self.revision, self.gone = set(wiser), revision, gone
        self.asked = []

    def info(self):
        return ScorerInfo(
            name=self.name, summary="Made up.", not_for=("anything",), has_valence=self.has_valence,
            valence_line="Take another one.", chance=self.chance,
        )  # fmt: skip

    def source(self):
        return ScoreSource(checkpoint="made", revision=self.revision)

    def score(self, pairs, **_):
        if self.gone:
            raise BackendUnavailableError("There is no checkpoint here.", backend="made")
        self.asked += pairs
        return [self._one(pair) for pair in pairs]

    def _one(self, pair):
        is_for = pair.situation.startswith("Yes") == (pair.vrd.text in self.wiser)
        valence = (
            Valence(supports=0.9, either=0.1, opposes=0) if is_for else Valence(supports=0, either=0.1, opposes=0.9)
        )
        return ValueScore(relevance=1, valence=valence, scorer=self.name, source=self.source())


@pytest.fixture
def app(tmp_path, monkeypatch, write_doing):
    monkeypatch.setattr(stance_runs, "PACKAGED", tmp_path / "none")
    everybody = partial(GraphQuery, sources=frozenset(Source))  # simulated people make no graph otherwise
    monkeypatch.setattr(stance_readings, "GraphQuery", everybody)
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    services.first_start()
    services.simulation.run(services.studies.all()[0], n_participants=12, seed=1)
    write_doing(tmp_path / "runs" / "doing")
    yield services
    services.close()


def use(app, monkeypatch, scorer):
    monkeypatch.setitem(app.kaleido.__dict__, "scorer", scorer)
    return scorer


def study_of(app):
    return app.studies.all()[0].id


def settled(app, study):
    for _ in range(500):
        job = app.valence.job("doing", study)
        if job.is_over:
            return job
        time.sleep(0.01)
    pytest.fail("the scoring never ends")


def test_the_action_stands_first_and_a_value_stands_where_it_pulls_more():
    item = ITEMS[0]
    assert situation_of(item, TO_DO) == "Yes. Case 0."
    pulls = {TO_DO: {"a": 0.5, "b": 0.2, "c": 0.1, "d": 1.0}, NOT_TO_DO: {"a": -0.5, "b": 0.9, "c": 0.0}}
    placed = {option.key: option.values for option in place_values(item, pulls, least=0.25).options}
    assert placed == {TO_DO: ("a",), NOT_TO_DO: ("b",)}


def test_a_model_that_does_what_the_wiser_values_support_acts_on_the_wiser_ones(app, monkeypatch):
    study = study_of(app)
    side, titles = app.stance_readings.side(study), app.stance_readings.titles(study)
    edge = side.edges[0]
    scorer = use(app, monkeypatch, Leaning({titles[int(edge.wiser_id)]}))
    run = app.stance_readings.prepared("doing")
    plan = app.valence.plan(run, study, n_dilemmas=10)
    assert (plan.n_dilemmas, plan.n_scored) == (10, 0)
    assert plan.n_pairs == 10 * 2 * plan.n_values == 10 * 2 * len(edge_values(side, titles))
    assert not scorer.asked
    with pytest.raises(UserInputError, match="Nothing is scored"):
        app.valence.report("doing", study, n_dilemmas=10)
    app.valence.start("doing", study, n_dilemmas=10)
    assert settled(app, study).error == ""
    found = app.valence.report("doing", study, n_dilemmas=10)
    tested = next(e for e in found.compared.edges if (e.src, e.wiser) == (int(edge.src_id), int(edge.wiser_id)))
    assert (tested.n_wiser, tested.n_less) == (10, 0)
    assert found.compared.route == "valence"
    preferences = {row.title: row.by_valence for row in found.rows}
    assert preferences[titles[int(edge.wiser_id)]] == 100.0
    assert preferences[titles[int(edge.src_id)]] == -100.0
    assert app.valence.pulls(run, study, "0")[0].to_do in (0.9, -0.9)


def test_more_dilemmas_ask_only_for_what_is_missing_and_another_checkpoint_for_all(app, monkeypatch):
    study, scorer = study_of(app), use(app, monkeypatch, Leaning())
    app.valence.start("doing", study, n_dilemmas=40)
    settled(app, study)
    n_first = len(scorer.asked)
    app.valence.start("doing", study, n_dilemmas=40)
    settled(app, study)
    assert len(scorer.asked) == n_first == 40 * 2 * len({pair.vrd.text for pair in scorer.asked})
    other = use(app, monkeypatch, Leaning(revision="2"))
    app.valence.start("doing", study, n_dilemmas=40)
    settled(app, study)
    assert len(other.asked) == n_first


def test_a_stopped_scoring_keeps_what_was_scored(app, monkeypatch):
    study, scorer = study_of(app), use(app, monkeypatch, Leaning())
    ask = scorer.score

    def once(pairs, **rest):
        app.valence.stop("doing", study)
        return ask(pairs, **rest)

    scorer.score = once
    app.valence.start("doing", study, n_dilemmas=5)
    assert "Stopped" in settled(app, study).error
    plan = app.valence.plan(app.stance_readings.prepared("doing"), study, n_dilemmas=5)
    assert plan.n_scored == plan.n_pairs // 5


def test_a_scorer_that_measured_chance_is_not_asked(app, monkeypatch):
    scorer = use(app, monkeypatch, Leaning())
    scorer.chance = "No better than chance."
    with pytest.raises(UserInputError, match=r"No better than chance\. Take another scorer"):
        app.valence.start("doing", study_of(app), n_dilemmas=2)
    assert scorer.asked == []


def test_a_scorer_without_valence_or_without_a_checkpoint_ends_in_a_sentence(app, monkeypatch):
    study, scorer = study_of(app), use(app, monkeypatch, Leaning(gone=True))
    app.valence.start("doing", study, n_dilemmas=2)
    assert settled(app, study).error == "There is no checkpoint here."
    scorer.has_valence = False
    with pytest.raises(UserInputError, match=r"tells no valence\. Take another one"):
        app.valence.start("doing", study, n_dilemmas=2)


def test_kept_scores_hold_no_text_and_survive_a_crash_in_the_middle_of_a_line(tmp_path):
    shelf, source = ValenceShelf(tmp_path / "scores"), ScoreSource(checkpoint="made")
    shelf.begin("one", source)
    shelf.append("one", [("a|b", KeptScore(0.5, is_shortened=True))])
    file = next((tmp_path / "scores").iterdir())
    file.write_text(file.read_text("utf-8") + '["c|', "utf-8")
    shelf.begin("one", source)
    shelf.append("one", [("e|f", KeptScore(None, is_shortened=False))])
    assert shelf.read("one").by_key == {"a|b": KeptScore(0.5, True), "e|f": KeptScore(None, False)}
    file.write_text("spoiled", "utf-8")
    with pytest.raises(DataError, match="delete it"):
        shelf.read("one")


def test_a_pair_that_the_server_did_not_answer_is_asked_again(app, monkeypatch):
    study, scorer = study_of(app), use(app, monkeypatch, Leaning())
    gone = ScoreFailure(reason=ScoreFailureReason.UNAVAILABLE)
    whole, scorer.score = scorer.score, lambda pairs, **_: [gone for _ in pairs]
    app.valence.start("doing", study, n_dilemmas=2)
    settled(app, study)
    run = app.stance_readings.prepared("doing")
    assert app.valence.plan(run, study, n_dilemmas=2).n_scored == 0
    scorer.score = whole
    app.valence.start("doing", study, n_dilemmas=2)
    settled(app, study)
    plan = app.valence.plan(run, study, n_dilemmas=2)
    assert plan.n_scored == plan.n_pairs


def test_the_command_scores_and_compares_by_valence_by_votes_and_beside_people(app, monkeypatch, capsys, tmp_path):
    study, titles = app.studies.all()[0], app.stance_readings.titles(study_of(app))
    use(app, monkeypatch, Leaning({titles[int(app.stance_readings.side(study.id).edges[0].wiser_id)]}))

    def called(*options):
        parser = argparse.ArgumentParser()
        add_compare(parser.add_subparsers())
        arguments = parser.parse_args(["compare", "--run", str(tmp_path / "runs" / "doing"), *options])
        assert compare_run(app, arguments) == 0
        return json.loads(capsys.readouterr().out)

    found = called("--study", study.slug, "--route", "valence", "--dilemmas", "3", "--json")
    assert (found["n_dilemmas"], found["compared"]["route"]) == (3, "valence")
    assert called("--study", study.slug, "--json")["route"] == "nearness"
    (tmp_path / "people.csv").write_text(
        "item_id,option,count\n" + "".join(f"{n},to_do,9\n" for n in range(40)), "utf-8"
    )
    people = called("--people", str(tmp_path / "people.csv"), "--json")
    assert people["groups"][0]["n_items"] == 40
    with pytest.raises(UserInputError, match="--study names"):
        called("--json")
