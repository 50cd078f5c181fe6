"""The trial of a model that files cards: who passes, who does not, and that one who does not changes nothing."""

import argparse
import json
from types import SimpleNamespace

import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from domain.errors import BackendError
from graph.card_likeness import word_overlap, words_of
from graph.filing import SURE_FROM
from graph.filing_question import filing_prompt
from services.cli_cluster import cluster_file
from services.filing import MAX_FAILED_IN_A_ROW
from services.judge_trial import LEAST_JOINED, said_of, trial_cards, try_judge
from services.settings import Settings

TRIAL = trial_cards()
QUESTIONS = list(zip(TRIAL.offers, TRIAL.right, strict=True))
SOMEWHERE = [n for n, (_, right) in enumerate(QUESTIONS) if right is not None]
NOWHERE = [n for n, (_, right) in enumerate(QUESTIONS) if right is None]
WORDS = [words_of(card.title, card.policies) for card in TRIAL.cards]


def model(choose, *, sureness=10):
    """Return a model that names ``choose(number of the question)``, a place in the trial cards or ``None``.

    ``sureness`` is a number, or a function of the number of the question. The model answers the trial in order, two
    questions a card, and files every other card under the first value offered, as surely as the last of the trial.
    """
    asked = iter(range(2 * len(QUESTIONS)))
    sure = sureness if callable(sureness) else lambda _: sureness

    def say(request):
        number = next(asked, None)
        if number is None:
            return json.dumps({"value": "A", "sureness": sure(len(QUESTIONS) - 1)})
        place = choose(number // 2)
        values = TRIAL.offers[number // 2].values[:: -1 if number % 2 else 1]
        value = "none" if place is None else "ABCDE"[values.index(place)]
        return json.dumps({"reason": "", "value": value, "sureness": sure(number // 2)})

    return ScriptedChat(say)


def right(number):
    return QUESTIONS[number][1]


def neighbour(number):
    """Return the value offered that shares most words with the card."""
    offer = QUESTIONS[number][0]
    return max(offer.values, key=lambda place: word_overlap(WORDS[offer.card], WORDS[place]))


def except_for(places, choose):
    return model(lambda number: choose(number) if number in places else right(number))


def test_twelve_cards_belong_under_one_of_five_values_and_twelve_under_none():
    assert (len(SOMEWHERE), len(NOWHERE)) == (12, 12)
    for offer, is_right in QUESTIONS:
        assert len(set(offer.values)) == 5
        assert offer.card not in offer.values
        assert is_right is None or is_right in offer.values


def test_a_card_that_belongs_nowhere_is_not_offered_what_says_the_same():
    same_as = {offer.card: is_right for offer, is_right in QUESTIONS if is_right is not None}
    assert len(same_as) == 12
    assert all(same_as[offer.card] not in offer.values for offer, is_right in QUESTIONS if is_right is None)


def test_the_near_neighbour_stands_before_every_card_and_is_never_right():
    assert all(neighbour(number) != right(number) for number in range(24))
    assert all(neighbour(here) == neighbour(here + 1) for here in range(0, 24, 2))


def test_a_model_that_is_always_right_passes():
    trial = try_judge(model(right))
    assert (trial.n_right, trial.n_wrong, trial.n_joined_right, trial.is_passed) == (24, 0, 12, True)
    assert (trial.prompt_id, trial.sure_from) == (filing_prompt().key, SURE_FROM)
    assert "are used" in said_of(trial)


def test_a_model_that_joins_nothing_is_right_about_half_and_does_not_pass():
    for trial in (try_judge(model(lambda _: None)), try_judge(model(right, sureness=SURE_FROM - 1))):
        assert (trial.n_right, trial.n_missed, trial.n_wrong, trial.is_passed) == (12, 12, 0, False)


def test_a_model_that_counts_shared_words_does_not_pass():
    trial = try_judge(model(neighbour))
    assert (trial.n_wrong, trial.n_joined_right, trial.is_passed) == (24, 0, False)


@pytest.mark.parametrize("place", range(5))
def test_a_model_that_names_one_place_in_the_order_of_likeness_does_not_pass(place):
    ranked = [
        sorted(offer.values, key=lambda value: -word_overlap(WORDS[offer.card], WORDS[value])) for offer, _ in QUESTIONS
    ]
    assert not try_judge(model(lambda number: ranked[number][place])).is_passed


@pytest.mark.parametrize("number", [SOMEWHERE[0], NOWHERE[0]])
def test_one_wrong_join_is_enough_to_fail(number):
    trial = try_judge(except_for([number], neighbour))
    assert (trial.n_right, trial.n_wrong, trial.is_passed) == (23, 1, False)


@pytest.mark.parametrize(("missed", "is_passed"), [(2, True), (12 - LEAST_JOINED, True), (7, False)])
def test_a_model_that_misses_some_passes_while_it_joins_enough(missed, is_passed):
    trial = try_judge(except_for(SOMEWHERE[:missed], lambda _: None))
    assert (trial.n_missed, trial.n_wrong, trial.is_passed) == (missed, 0, is_passed)


def test_the_trial_is_held_at_the_sureness_from_which_cards_will_join():
    assert try_judge(model(right, sureness=6), sure_from=6).is_passed
    assert not try_judge(model(right, sureness=6), sure_from=7).is_passed
    for cut, n_wrong in ((9, 0), (6, 1)):
        unsure_where_wrong = model(
            lambda number: neighbour(number) if number == NOWHERE[0] else right(number),
            sureness=lambda number: 6 if number == NOWHERE[0] else 10,
        )
        trial = try_judge(unsure_where_wrong, sure_from=cut)
        assert (trial.sure_from, trial.n_wrong, trial.is_passed) == (cut, n_wrong, not n_wrong)


def test_a_model_that_names_the_first_letter_in_either_order_is_unsure():
    trial = try_judge(ScriptedChat(lambda _: json.dumps({"value": "A", "sureness": 10})))
    assert (trial.n_unsure, trial.n_right, trial.is_passed) == (24, 0, False)


def test_a_server_that_is_away_is_asked_about_a_few_cards_only():
    chat = ScriptedChat(lambda _: BackendError("away", backend="x"))
    trial = try_judge(chat)
    assert (trial.n_failed, trial.is_passed, len(chat.requests)) == (24, False, 2 * MAX_FAILED_IN_A_ROW)


def run(tmp_path, capsys, chat, sure_from=SURE_FROM):
    policies = ("pause glance silence", "pause glance silence", "anger hurry doubt")
    rows = [{"id": n, "title": text.split()[0], "policies": [text]} for n, text in enumerate(policies)]
    (tmp_path / "cards.json").write_text(json.dumps(rows), encoding="utf-8")
    arguments = argparse.Namespace(
        source=tmp_path / "cards.json", out=tmp_path / "out.json", cut=0.95, judge=chat is not None, most_cards=5,
        sure_from=sure_from, json=True,
    )  # fmt: skip
    cluster_file(SimpleNamespace(embedder=HashEmbedder(), chat=chat, settings=Settings()), arguments)
    printed = capsys.readouterr()
    return json.loads(printed.out), (tmp_path / "out.json").read_text(encoding="utf-8"), printed.err


def test_a_model_that_did_not_pass_leaves_the_clusters_as_without_a_model(tmp_path, capsys):
    alone, alone_file, _ = run(tmp_path, capsys, None)
    refused, refused_file, said = run(tmp_path, capsys, model(neighbour))
    assert refused_file == alone_file
    assert (refused["filings"], refused["trial"]["n_wrong"], alone["trial"]) == ([], 24, None)
    assert "not used" in said
    assert "0 right, 24 wrong" in said


def test_a_model_that_passed_is_heard(tmp_path, capsys):
    report, _, _ = run(tmp_path, capsys, model(right))
    assert report["trial"]["is_passed"]
    assert report["n_clusters"] == 1
    (filing,) = report["filings"]
    assert (filing["card_id"], filing["value_id"], filing["sureness"]) == (2, 0, 10)
    assert [value["id"] for value in filing["offered"]] == [0]


@pytest.mark.parametrize(("sure_from", "is_heard"), [(6, True), (7, False)])
def test_the_command_tries_and_hears_a_model_from_the_sureness_that_is_asked_for(tmp_path, capsys, sure_from, is_heard):
    report, _, said = run(tmp_path, capsys, model(right, sureness=6), sure_from)
    assert (report["sure_from"], report["trial"]["sure_from"]) == (sure_from, sure_from)
    assert (report["trial"]["is_passed"], report["n_clusters"] == 1) == (is_heard, is_heard)
    assert f"from sureness {sure_from} on" in said
