"""What a system text changed: like against like, runs that cannot show it, a principle and its side effect."""

import json

import pytest

from domain.errors import DataError, UserInputError
from domain.stances import (
    NOT_TO_DO,
    TO_DO,
    Condition,
    OptionOrder,
    ProbeItem,
    ProbeOption,
)
from domain.steering_reports import StatedPrinciple
from services.cli import main
from services.stance_readings import StanceReadings
from services.steering_reports import read_principle

BOLD = "Be bold."
HOME = 20
"""Items that set courage against calm; the others set thrift against joy."""


def item(at, text="Case"):
    sides = ("courage", "calm") if at < HOME else ("thrift", "joy")
    return ProbeItem(
        id=str(at), dataset="made", text=f"{text} {at}.",
        options=(ProbeOption(key=TO_DO, text="Yes", values=sides[:1]),
                 ProbeOption(key=NOT_TO_DO, text="No", values=sides[1:])),
    )  # fmt: skip


@pytest.fixture
def keep(keep_run):
    """Write a run; ``share_of(at, system)`` gives the share of doing it."""

    def written(folder, name, share_of, *, systems=("",), model="one model", text="Case", template="shown", n=40):
        ways = [Condition(template=template, order=order, system=told) for told in systems for order in OptionOrder]
        return keep_run(
            folder / "runs" / name, [item(at, text) for at in range(n)], ways,
            lambda item, how: share_of(int(item.id), how.system), model=model,
        )  # fmt: skip

    return written


def calm(at, system):
    return 0.1


def bolder(at, system):
    """Turn bold in fifteen of twenty dilemmas about courage, and in one that has nothing to do with it."""
    return 0.9 if system and (at < 15 or at == HOME) else 0.1


@pytest.fixture
def readings(tmp_path, database):
    return StanceReadings(database, embedder=lambda: pytest.fail("no vectors are needed"), data_dir=tmp_path)


def steer(readings, before="before", after="after", **given):
    return readings.steer(before, after, **({"before_system": "", "after_system": BOLD} | given))


def test_a_text_moves_a_value_and_each_changed_dilemma_is_named(readings, tmp_path, keep):
    keep(tmp_path, "before", calm)
    keep(tmp_path, "after", bolder, systems=(BOLD,))
    found = steer(readings)
    courage = next(label for label in found.compared.labels if label.name == "courage")
    assert (courage.first, courage.second, courage.difference) == (-100.0, 50.0, 150.0)
    assert courage.second_interval[0] < 50.0 < courage.second_interval[1]
    assert found.changed_to_do == tuple(map(str, [*range(15), HOME]))
    assert found.changed_to_leave == ()
    assert "chose otherwise in 16 of 40 dilemmas" in found.words


def test_a_principle_is_the_score_of_what_was_chosen_before_and_after(readings, tmp_path, keep):
    keep(tmp_path, "run", bolder, systems=("", BOLD))
    stated = StatedPrinciple(name="Courage", supporting={"courage": 1.0}, opposing={"calm": 0.5})
    found = steer(readings, "run", "run", principle=stated).principle
    assert found is not None
    assert (found.n, found.before, found.after) == (HOME, -0.5 * HOME, 15.0 - 0.5 * 5)
    assert found.difference == found.after - found.before
    assert (len(found.toward), found.away, found.net) == (15, (), 0.75)
    assert (found.n_elsewhere, found.n_elsewhere_changed) == (20, 1)
    assert found.net_interval is not None
    assert found.net_interval[0] < 0.75 < found.net_interval[1]
    assert "1 of 20 choices on other dilemmas" in found.words


def test_a_text_that_changes_nothing_moves_nothing(readings, tmp_path, keep):
    keep(tmp_path, "run", calm, systems=("", BOLD))
    found = steer(readings, "run", "run", principle=StatedPrinciple(name="Courage", supporting={"courage": 1.0}))
    assert (found.changed_to_do, found.changed_to_leave) == ((), ())
    assert (found.principle.net, found.principle.difference) == (0.0, 0.0)
    assert {label.difference for label in found.compared.labels} == {0.0}
    assert "chose otherwise in 0 of 40" in found.words


def test_fewer_than_ten_conflicts_have_no_interval(readings, tmp_path, keep):
    keep(tmp_path, "run", bolder, systems=("", BOLD), n=9)
    stated = StatedPrinciple(name="Courage", supporting={"courage": 1.0}, opposing={"calm": 1.0})
    found = steer(readings, "run", "run", principle=stated).principle
    assert (found.n, found.difference_interval, found.net_interval) == (9, None, None)
    assert "too few dilemmas for an interval" in found.words


def test_a_model_that_follows_the_place_of_an_action_says_nothing_about_a_text(readings, tmp_path, keep):
    run = keep(tmp_path, "run", calm, systems=("", BOLD))
    lines = [json.loads(line) for line in (run / "answers.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        doing = 0.9 if line["order"] == OptionOrder.GIVEN else 0.1
        line["probabilities"] = {TO_DO: doing, NOT_TO_DO: 1 - doing}
    (run / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    found = steer(readings, "run", "run")
    assert found.verdict == "not_to_be_read"
    assert "is not to be read" in found.words


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model": "other model"}, "of different models"),
        ({"text": "Other case"}, "asked different items"),
        ({"n": 39}, "asked different items"),
        ({"template": "published"}, "different words, orders or labels"),
        ({"systems": ("",)}, "told the same beforehand"),
    ],
)
def test_runs_that_differ_in_more_than_the_text_are_refused(readings, tmp_path, changed, said, keep):
    keep(tmp_path, "before", calm)
    keep(tmp_path, "after", bolder, **({"systems": (BOLD,)} | changed))
    with pytest.raises(UserInputError, match=said):
        steer(readings, after_system="" if changed.get("systems") == ("",) else BOLD)


def test_a_model_of_a_file_is_named_without_its_folders(readings, tmp_path, keep):
    keep(tmp_path, "run", calm, systems=("", BOLD), model="llamacpp:/home/ann/models/small.gguf")
    found = steer(readings, "run", "run")
    assert found.compared.first.model == "llamacpp:small.gguf"
    assert "/home/ann" not in found.model_dump_json()


def test_two_files_of_one_name_in_different_folders_are_two_models(readings, tmp_path, keep):
    keep(tmp_path, "before", calm, model="llamacpp:/old/small.gguf")
    keep(tmp_path, "after", bolder, systems=(BOLD,), model="llamacpp:/new/small.gguf")
    with pytest.raises(UserInputError, match=r"models, llamacpp:/old/small\.gguf and llamacpp:/new/small"):
        steer(readings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"name": "x"}', "names no value"),
        ('{"name": "x", "supporting": ["calm"], "opposing": ["calm"]}', "on both sides"),
        ('{"name": "x", "supporting": {"calm": 0}}', "not above 0"),
        ("[]", "states no principle"),
    ],
)
def test_a_file_that_states_no_principle_is_named_with_its_fault(tmp_path, text, said):
    file = tmp_path / "principle.json"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        read_principle(file)


def test_the_command_prints_the_report_and_refuses_unlike_runs(tmp_path, capsys, monkeypatch, keep):
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path / "data"))
    before, after = keep(tmp_path, "before", calm), keep(tmp_path, "after", bolder, systems=(BOLD,))
    principle = tmp_path / "principle.json"
    principle.write_text('{"name": "Courage", "supporting": ["courage"], "opposing": ["calm"]}', "utf-8")
    given = ["stances", "steer", "--before", str(before), "--after", str(after), "--principle", str(principle)]
    assert main([*given, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (len(found["changed_to_do"]), found["principle"]["net"]) == (16, 0.75)
    assert main(given) == 0
    assert "courage" in capsys.readouterr().out
    other = keep(tmp_path, "other", calm, model="other model")
    assert main(["stances", "steer", "--before", str(before), "--after", str(other)]) != 0
    assert "different models" in capsys.readouterr().err
