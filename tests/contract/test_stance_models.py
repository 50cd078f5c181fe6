"""The promises of ``domain.probes.StanceModel``, kept by every model that answers probes."""

import os
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from backends.probe_baselines import AlwaysPlace, RandomChoice
from backends.probe_llamacpp import LlamaCppStances
from backends.probe_openai import OpenAIStances
from backends.probe_recorded import RecordedStances
from backends.registry import find_stance_model
from domain.chat import FailureReason
from domain.probes import ProbeReply
from domain.provenance import Provenance
from domain.stances import Answer, AnswerMethod
from services.probe_plans import plan_run, read_dataset
from stances.option_mass import sum_spellings

LIMIT = 3


@pytest.fixture
def requests():
    """Three dilemmas in both orders."""
    plan = plan_run(read_dataset("assets/starter/probes/dilemmas.json", None), limit=LIMIT)
    return [plan.request(question) for question in plan.questions()]


@pytest.fixture(scope="module")
def packaged():
    path = find_stance_model()
    if path is None or find_spec("xllamacpp") is None:
        pytest.skip("the packaged model file or xllamacpp is not installed")
    return LlamaCppStances(path, name="packaged")


def recorded(requests):
    where = Provenance(backend="packaged", made_at=datetime(2026, 3, 1, tzinfo=UTC))
    answers = []
    for request in requests:
        item_id, _, condition = request.key.partition("|")
        told = dict.fromkeys(request.spellings, 0.5)
        answers.append(
            Answer(item_id=item_id, condition=condition, family=condition, order="given", kind="choice",
                   probabilities=told, method=AnswerMethod.LOG_PROBABILITIES, provenance=where)
        )  # fmt: skip
    return RecordedStances(answers, name="recorded:a")


@pytest.fixture(params=["first", "random", "recorded", "server", pytest.param("packaged", marks=pytest.mark.slow)])
def model(request, requests, chat_server):
    match request.param:
        case "first":
            made = AlwaysPlace(0, name="baseline:first")
        case "random":
            made = RandomChoice()
        case "recorded":
            made = recorded(requests)
        case "server":
            chat_server.text = "Action 1"
            made = OpenAIStances("tiny", url=chat_server.url, timeout_s=5, n_in_flight=2, pause_s=0.0)
        case _:
            made = request.getfixturevalue("packaged")
    yield made
    made.close()


def test_each_request_gets_one_reply_under_its_key(model, requests):
    replies = list(model.ask(requests))
    assert sorted(reply.key for reply in replies) == sorted(request.key for request in requests)
    for reply in replies:
        assert isinstance(reply, ProbeReply)
        assert reply.backend == model.name
        assert reply.failure is None
        assert (reply.log_probabilities is not None) == model.has_log_probabilities


def test_no_request_gives_no_reply(model):
    assert list(model.ask([])) == []


def test_requests_are_taken_as_there_is_room_and_those_under_way_are_answered(model, requests):
    taken = []

    def giving():
        for request in requests[:4]:
            taken.append(request.key)
            yield request

    replies = model.ask(giving())
    first = next(replies)
    assert len(taken) <= model.n_in_flight + 1
    rest = [reply.key for reply in replies]
    assert sorted([first.key, *rest]) == sorted(taken)


def test_samples_come_as_many_as_asked(model, requests):
    request = requests[0].model_copy(update={"n_samples": 2, "max_tokens": 4, "temperature": 1.0})
    (reply,) = model.ask([request])
    assert reply.log_probabilities is None
    assert 1 <= len(reply.texts) <= 2  # a server may give one alone


@pytest.mark.slow
def test_the_packaged_model_puts_its_probability_on_the_labels(packaged, requests):
    for request, reply in zip(requests, packaged.ask(requests), strict=True):
        assert sum_spellings(reply.log_probabilities, request.spellings).covered > 0.9


@pytest.mark.live
def test_a_real_server_puts_its_probability_on_the_labels(requests):
    _, is_server, named = os.environ.get("MORALGRAPH_TEST_CHAT", "").partition("openai:")
    if not is_server:
        pytest.skip("MORALGRAPH_TEST_CHAT names no server: openai:MODEL@URL")
    name, _, url = named.rpartition("@")
    model = OpenAIStances(name, url=url)
    assert model.features.has_opening, "the server is no vLLM"
    replies = {reply.key: reply for reply in model.ask(requests)}
    model.close()
    for request in requests:
        reply = replies[request.key]
        assert reply.failure is None
        assert not reply.not_honoured
        assert sum_spellings(reply.log_probabilities, request.spellings).covered > 0.9


@pytest.mark.parametrize("way", ["500", "no choices", "no json", "401"])
def test_a_server_that_answers_badly_gives_failures_and_no_exception(chat_server, requests, way):
    model = OpenAIStances("tiny", url=chat_server.url, timeout_s=2, n_in_flight=2, pause_s=0.0)
    chat_server.way = way
    replies = list(model.ask(requests))
    model.close()
    assert len(replies) == len(requests)
    assert {reply.failure.reason for reply in replies} == {FailureReason.UNAVAILABLE}


def test_a_server_slower_than_the_patience_is_waited_for_longer(chat_server, requests):
    chat_server.way, chat_server.silence_s, chat_server.text = "slow", 0.5, "Action 1"
    model = OpenAIStances("tiny", url=chat_server.url, timeout_s=0.3, n_in_flight=1, pause_s=0.0)
    replies = list(model.ask(requests[:1]))
    model.close()
    assert [reply.failure for reply in replies] == [None]


def test_nobody_at_the_address_gives_failures_and_no_exception(requests):
    model = OpenAIStances("tiny", url="http://127.0.0.1:9/v1", timeout_s=1, n_in_flight=2, pause_s=0.0)
    replies = list(model.ask(requests[:2]))
    model.close()
    assert all(reply.failure is not None for reply in replies)


def test_a_recorded_run_says_what_it_was_never_asked(requests):
    model = recorded(requests[:1])
    replies = {reply.key: reply for reply in model.ask(requests[:2])}
    assert replies[requests[0].key].failure is None
    assert "no choice" in replies[requests[1].key].failure.detail
