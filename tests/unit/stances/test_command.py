"""`moralgraph stances` on the command line."""

import json

from domain.stances import AnswerClass
from services.cli import main
from services.run_folder import RunFolder

DILEMMAS = "assets/starter/probes/dilemmas.json"
STATEMENTS = "assets/starter/probes/statements.json"


def ran(tmp_path, *words, dataset=DILEMMAS, model="baseline:first", name="run"):
    return main(["stances", "run", "--dataset", dataset, "--model", model, "--out", str(tmp_path / name), *words])


def test_a_run_is_whole_and_refuses_to_be_begun_twice(tmp_path, capsys):
    assert ran(tmp_path, "--json") == 0
    card = json.loads(capsys.readouterr().out)
    assert card["dataset"] == "starter-dilemmas"
    assert card["classes"] == {"choice": 96}
    assert card["order_agreement"] == 0.0
    assert ran(tmp_path) == 1
    assert "--resume" in capsys.readouterr().err
    assert ran(tmp_path, "--resume") == 0


def test_an_estimate_sends_nothing(tmp_path, capsys):
    assert ran(tmp_path, "--estimate", "--limit", "5") == 0
    assert json.loads(capsys.readouterr().out)["n_calls"] == 14
    assert not (tmp_path / "run").exists()


def test_a_budget_ends_a_run_with_questions_left(tmp_path, capsys):
    assert ran(tmp_path, "--max-calls", "7") == 1
    assert "7 calls" in capsys.readouterr().out


def test_statements_are_asked_in_their_languages_and_translated(tmp_path):
    assert ran(tmp_path, "--translated", "--phrases", "1", dataset=STATEMENTS) == 0
    answers = RunFolder(tmp_path / "run").answers().values()
    assert len(answers) == 3 * (60 + 48)
    assert {answer.kind for answer in answers} == {AnswerClass.CHOICE}


def test_a_server_without_log_probabilities_is_sampled(tmp_path, probe_server, monkeypatch):
    probe_server.has_log_probabilities = False
    assert ran(tmp_path, "--limit", "3", model=f"openai:tiny@{probe_server.url}") == 0
    folder = RunFolder(tmp_path / "run")
    assert folder.card().method == "samples"
    assert {answer.n_samples for answer in folder.answers().values()} == {5}


def test_a_recorded_run_holds_numbers_alone_and_answers_again(tmp_path):
    assert ran(tmp_path, model="baseline:random") == 0
    assert main(["stances", "record", "--run", str(tmp_path / "run"), "--out", str(tmp_path / "kept")]) == 0
    text = (tmp_path / "kept" / "answers.jsonl").read_text(encoding="utf-8")
    assert not (tmp_path / "kept" / "items.jsonl").exists()
    assert '"raw"' not in text
    assert "prompt_hash" not in text
    assert ran(tmp_path, model=f"recorded:{tmp_path / 'kept'}", name="again") == 0
    choices = [
        {key: answer.choice for key, answer in RunFolder(tmp_path / name).answers().items()}
        for name in ("run", "again")
    ]
    assert choices[0] == choices[1]


def test_an_unknown_model_and_a_missing_folder_are_explained(tmp_path, capsys):
    assert ran(tmp_path, model="gpt") == 1
    assert "packaged" in capsys.readouterr().err
    assert ran(tmp_path, dataset="dailydilemmas") == 1
    assert "--data" in capsys.readouterr().err
    assert main(["stances", "record", "--run", str(tmp_path), "--out", str(tmp_path / "x")]) == 1
    assert "holds no run" in capsys.readouterr().err
