"""The trial of a judge: who passes, who does not, and that one who does not changes nothing."""

import argparse
import json
from types import SimpleNamespace

import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from domain.errors import BackendError
from graph.card_likeness import words_of
from graph.pair_judging import judging_request
from services.cli_cluster import cluster_file
from services.judge_trial import LEAST_RIGHT_SAME, said_of, trial_pairs, try_judge

PAIRS = trial_pairs()


def judge(opinions):
    """Return a model that says ``opinions``, one for each trial pair, in either order, and of other cards "same"."""
    said = {}
    for pair, opinion in zip(PAIRS, opinions, strict=True):
        for two in ((pair.first, pair.second), (pair.second, pair.first)):
            said[judging_request(*two).prompt_hash] = opinion
    return ScriptedChat(lambda request: json.dumps({"opinion": said.get(request.prompt_hash, "same")}))


def right(pair, *, is_turned=False):
    return "same" if pair.is_same != is_turned else "different"


def turned(*places):
    return judge([right(pair, is_turned=place in places) for place, pair in enumerate(PAIRS)])


def overlap(pair):
    one, other = (words_of(card.title, card.policies) for card in (pair.first, pair.second))
    return len(one & other) / len(one | other)


def by_overlap(*, least):
    return judge(["same" if overlap(pair) >= least else "different" for pair in PAIRS])


def places(*, is_same):
    return [place for place, pair in enumerate(PAIRS) if pair.is_same == is_same]


def test_half_of_the_pairs_say_the_same_value():
    assert (len(PAIRS), sum(pair.is_same for pair in PAIRS)) == (24, 12)


def test_a_judge_that_is_always_right_passes():
    trial = try_judge(turned())
    assert (trial.n_right, trial.n_wrong, trial.n_same_right, trial.is_passed) == (24, 0, 12, True)
    assert "are used" in said_of(trial)


@pytest.mark.parametrize("opinion", ["same", "different", "unsure"])
def test_a_judge_that_always_says_one_thing_does_not_pass(opinion):
    assert not try_judge(judge([opinion] * 24)).is_passed


@pytest.mark.parametrize("least", [0.02, 0.1, 0.2, 0.3, 0.4, 0.5])
def test_a_judge_that_counts_shared_words_does_not_pass(least):
    assert not try_judge(by_overlap(least=least)).is_passed


def test_one_wrong_same_is_enough_to_fail():
    trial = try_judge(turned(places(is_same=False)[0]))
    assert (trial.n_right, trial.n_same_wrong, trial.is_passed) == (23, 1, False)


def test_a_judge_wrong_about_every_tenth_pair_does_not_pass_if_a_wrong_one_is_a_same():
    assert not try_judge(turned(places(is_same=True)[0], places(is_same=False)[0])).is_passed


@pytest.mark.parametrize(("missed", "is_passed"), [(2, True), (12 - LEAST_RIGHT_SAME, True), (7, False)])
def test_a_judge_that_misses_some_passes_while_it_finds_enough(missed, is_passed):
    assert try_judge(turned(*places(is_same=True)[:missed])).is_passed is is_passed


def test_a_judge_that_says_what_the_order_makes_it_say_is_unsure():
    turn = iter(["same", "different"] * 24)
    trial = try_judge(ScriptedChat(lambda _: json.dumps({"opinion": next(turn)})))
    assert (trial.n_unsure, trial.n_orders_differ, trial.is_passed) == (24, 24, False)


def test_a_server_that_is_away_is_asked_about_a_few_pairs_only():
    chat = ScriptedChat(lambda _: BackendError("away", backend="x"))
    trial = try_judge(chat)
    assert (trial.n_failed, trial.is_passed, len(chat.requests)) == (24, False, 8)


def run(tmp_path, capsys, chat):
    rows = [{"id": n, "title": "Care", "policies": [f"pause glance silence {end}"]} for n, end in enumerate(("a", "b"))]
    (tmp_path / "cards.json").write_text(json.dumps(rows), encoding="utf-8")
    arguments = argparse.Namespace(
        source=tmp_path / "cards.json", out=tmp_path / "out.json", cut=0.95, judge=chat is not None, most_pairs=5,
        json=True,
    )  # fmt: skip
    cluster_file(SimpleNamespace(embedder=HashEmbedder(), chat=chat), arguments)
    printed = capsys.readouterr()
    return json.loads(printed.out), (tmp_path / "out.json").read_text(encoding="utf-8"), printed.err


def test_a_judge_that_did_not_pass_leaves_the_clusters_as_without_a_model(tmp_path, capsys):
    alone, alone_file, _ = run(tmp_path, capsys, None)
    refused, refused_file, said = run(tmp_path, capsys, judge(["same"] * 24))
    assert refused_file == alone_file
    assert (refused["judgements"], refused["trial"]["n_same_wrong"], alone["trial"]) == ([], 12, None)
    assert "not used" in said
    assert "12 right, 12 wrong" in said


def test_a_judge_that_passed_is_heard(tmp_path, capsys):
    report, _, _ = run(tmp_path, capsys, turned())
    assert report["trial"]["is_passed"]
    assert report["n_clusters"] == 1
    assert len(report["judgements"]) == 1
