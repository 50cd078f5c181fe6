"""Scores beside a situation and scores of files: made once, kept, gone on with, and failures in one sentence."""

import json
import signal
import time
from importlib.util import find_spec

import pyarrow.parquet as pq
import pytest

from backends.fakes import HashEmbedder
from backends.made_t5 import TINY, write_random_t5
from domain.errors import BackendUnavailableError
from services.cli import main
from services.container import Services
from services.score_engines import AT_ONCE, ScoreWork
from services.scorers import build_scorer
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
    failed = settled(scoring, SITUATION, vrds)
    assert failed.failure == "There is no checkpoint here."
    assert scoring.ask(SITUATION, vrds) is failed
    scoring.ask_again(SITUATION, vrds)
    assert settled(scoring, SITUATION, vrds) is not failed


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


def test_bad_rows_are_named_by_their_lines_whatever_stands_between(files, capsys):
    rows = [json.dumps(ROW | {"text": f"Care {i}"}) for i in range(2000)]
    rows[16], rows[499], rows[1998] = "{", json.dumps(ROW | {"vrd": "virtue"}), json.dumps(ROW | {"text": None})
    rows[700] = ""
    assert score(files, *rows, options=["--skip-bad"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"rows": 1996, "scored_now": 1996, "failed": 0, "bad_rows": 3}
    assert all(f"line {number}: " in said.err for number in (17, 500, 1999))
    assert "1,996 of 1,996 pairs" in said.err
    assert score(files, *rows) == 1
    assert "line 17: " in capsys.readouterr().err


def test_an_interrupt_stops_in_order_and_the_same_command_goes_on(files, capsys, monkeypatch):
    embed, calls = HashEmbedder.embed, []

    def interrupted(self, texts):
        calls.append(len(texts))
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return embed(self, texts)

    monkeypatch.setattr(HashEmbedder, "embed", interrupted)
    rows = [json.dumps(ROW | {"text": f"Care {i}"}) for i in range(4 * AT_ONCE)]
    assert score(files, *rows) == 130
    said = capsys.readouterr()
    done = json.loads(said.out)["scored_now"]
    assert 0 < done < len(rows)
    assert pq.read_table(files[1]).num_rows == done
    assert "goes on there" in said.err
    assert score(files, *rows) == 0
    assert json.loads(capsys.readouterr().out)["scored_now"] == len(rows) - done


def test_what_breaks_off_keeps_what_was_scored(files, capsys, monkeypatch):
    embed, calls = HashEmbedder.embed, []

    def breaking(self, texts):
        calls.append(len(texts))
        if len(calls) == 2:
            raise BackendUnavailableError("The memory is full.", backend="hash")
        return embed(self, texts)

    monkeypatch.setattr(HashEmbedder, "embed", breaking)
    assert score(files, *[json.dumps(ROW | {"text": f"Care {i}"}) for i in range(2 * AT_ONCE)]) == 1
    assert "The memory is full." in capsys.readouterr().err
    assert pq.read_table(files[1]).num_rows == AT_ONCE


def test_without_ray_one_sentence_says_the_line_that_installs_it(files, capsys, monkeypatch):
    monkeypatch.setattr("backends.batch_ray.find_spec", lambda name: None if name == "ray" else find_spec(name))
    assert score(files, json.dumps(ROW), options=["--engine", "ray"]) == 1
    assert 'pip install -c constraints.txt "ray[data]"' in capsys.readouterr().err
    assert not files[1].exists()


def test_a_worker_with_another_release_of_the_scorer_refuses_to_mix_scores(tmp_path):
    settings = Settings(data_dir=tmp_path, embedder="hash", testing=True)
    source = build_scorer("default", settings).source()
    assert ScoreWork("default", settings, source)
    with pytest.raises(BackendUnavailableError, match=r"checkpoint \(.* there, hash@0 here\)\.$"):
        ScoreWork("default", settings, source.model_copy(update={"checkpoint": "hash@0"}))


def test_a_worker_on_another_kind_of_processor_says_that_the_arithmetic_differs_and_what_to_name(tmp_path, monkeypatch):
    name, settings = f"kaleido:{write_random_t5(tmp_path, TINY, texts=['Care'], seed=1)}?dtype=int8", Settings()
    monkeypatch.setattr("backends.seq2seq_t5.multiplies_bf16", lambda: True)
    source = build_scorer(name, settings).source()
    monkeypatch.setattr("backends.seq2seq_t5.multiplies_bf16", lambda: False)
    with pytest.raises(BackendUnavailableError) as refused:
        ScoreWork(name, settings, source)
    assert "differs from the one that started this: arithmetic (int8 there, int8+bf16 here). " in str(refused.value)
    assert "?dtype=fp32" in refused.value.hint
    assert str(tmp_path.parent) not in str(refused.value)
