"""Scores beside a situation and scores of files: made once, kept, gone on with, and failures in one sentence."""

import json
import time

import pyarrow.parquet as pq
import pytest

from domain.errors import BackendUnavailableError
from services.cli import main
from services.container import Services
from services.scoring import Scoring, compare, read_together
from services.settings import Settings

SITUATION = "A friend asks what I think of her novel."
ROW = {"situation": SITUATION, "vrd": "Value", "text": "Honesty"}


@pytest.fixture
def app(tmp_path):
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    services.first_start()
    yield services
    services.close()


def settled(scoring, situation, vrds):
    for _ in range(500):
        found = scoring.ask(situation, vrds)
        if found.is_done:
            return found
        time.sleep(0.01)
    pytest.fail("the scoring never ends")


def test_the_values_of_the_starter_study_are_ranked_and_kept(app):
    scoring = app.kaleido.scoring
    vrds = scoring.values_of(app.studies.all()[0].id)
    found = settled(scoring, SITUATION, vrds)
    relevances = [one.score.relevance for one in found.scored]
    assert len(relevances) == len(vrds) > 5
    assert relevances == sorted(relevances, reverse=True)
    assert scoring.ask(SITUATION, vrds) is found
    assert read_together(found) is None
    assert not compare(found, found).differences
    scoring.forget(app.studies.all()[0].id)
    assert scoring.ask(SITUATION, vrds) is not found


def test_a_scorer_that_cannot_be_used_ends_in_its_sentence(app):
    class Gone:
        name = "gone"

        def score(self, pairs, **_):
            raise BackendUnavailableError("There is no checkpoint here.", backend="gone")

    scoring = Scoring(app.database, Gone)
    vrds = scoring.values_of(app.studies.all()[0].id)
    assert settled(scoring, SITUATION, vrds).failure == "There is no checkpoint here."


@pytest.fixture
def files(tmp_path, monkeypatch):
    for name, value in {"DATA_DIR": tmp_path / "d", "EMBEDDER": "hash", "TESTING": "1"}.items():
        monkeypatch.setenv(f"MORALGRAPH_{name}", str(value))
    return tmp_path / "pairs.jsonl", tmp_path / "scores.parquet"


def score(files, *rows, options=()):
    files[0].write_text("\n".join(rows), "utf-8")
    return main(["score", "--in", str(files[0]), "--out", str(files[1]), "--json", *options])


def test_a_file_of_pairs_is_scored_and_only_what_is_missing_is_asked_again(files, capsys):
    assert score(files, json.dumps(ROW)) == 0
    assert json.loads(capsys.readouterr().out)["scored_now"] == 1
    assert score(files, json.dumps(ROW), json.dumps(ROW | {"text": "Care", "vrd": "duties"})) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 2, "scored_now": 1, "failed": 0, "bad_rows": 0}
    rows = pq.read_table(files[1]).to_pylist()
    assert [(row["vrd"], row["text"]) for row in rows] == [("Value", "Honesty"), ("Duty", "Care")]
    assert all(0 <= row["relevance"] <= 1 and row["no_valence"] == "unavailable" for row in rows)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("no json", "this is no JSON object"),
        (json.dumps(ROW | {"vrd": "virtue"}), "neither value, right nor duty"),
        (json.dumps(ROW | {"situation": "  "}), "empty"),
        ('{"situation": "x", "vrd": "Value"}', "'text' is missing"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_left_out_by_choice(files, capsys, bad, says):
    assert score(files, json.dumps(ROW), bad) != 0
    said = capsys.readouterr().err
    assert says in said
    assert "2" in said
    assert not files[1].exists()
    assert score(files, json.dumps(ROW), bad, options=["--skip-bad"]) == 0
    assert json.loads(capsys.readouterr().out)["bad_rows"] == 1


def test_a_file_that_holds_no_scores_is_never_overwritten(files, capsys):
    files[1].write_text("my thesis", "utf-8")
    assert score(files, json.dumps(ROW)) != 0
    assert "holds no scores" in capsys.readouterr().err
    assert files[1].read_text("utf-8") == "my thesis"


@pytest.mark.parametrize("name", ["llm", "nobody", "kaleido:"])
def test_a_scorer_that_is_not_there_is_named_with_what_to_do(files, capsys, name):
    assert score(files, json.dumps(ROW), options=["--scorer", name]) != 0
    assert "scorer" in capsys.readouterr().err
