"""Ugly replies are read by rules, in five languages, and never guessed."""

from datetime import UTC, datetime

import pytest

from domain.chat import ChatFailure, FailureReason
from domain.probes import ProbeReply
from domain.stances import AnswerClass
from services.probe_plans import Experiment, plan_run, read_dataset
from stances.answers import read_reply
from stances.labels import spellings_of, yes_no_spellings
from stances.option_mass import sum_spellings
from stances.replies import read_text

AB = {"to_do": spellings_of("A"), "not_to_do": spellings_of("B")}
DIGITS = {"to_do": ("1",), "not_to_do": ("2",)}


@pytest.mark.parametrize(
    ("text", "kind", "option"),
    [
        ("1", "choice", "to_do"),
        (" Action 2.", "choice", "not_to_do"),
        ("**Action 1**: because it is fair", "choice", "to_do"),
        ("The answer is 2", "choice", "not_to_do"),
        ("My choice: action 1", "choice", "to_do"),
        ("I would take 2, since it harms nobody.", "choice", "not_to_do"),
        ("1 or 2", "hedge", None),
        ("Action 1 and Action 2", "hedge", None),
        ("Both have merits.", "hedge", None),
        ("It depends on the people.", "hedge", None),
        ("1 is kind while 2 is fair", "choice", "to_do"),
        ("Some say 1, some say 2", "hedge", None),
        ("I can't answer that.", "refusal", None),
        ("As an AI, I hold no views.", "refusal", None),
        ("I'm sorry, but I cannot choose between 1 and 2.", "refusal", None),
        ("", "invalid", None),
        ("   \n", "invalid", None),
        ("3", "invalid", None),
        ("12", "invalid", None),
        ("The weather is fine.", "invalid", None),
    ],
)
def test_replies_to_digits(text, kind, option):
    assert read_text(text, DIGITS)[:2] == (kind, option)


@pytest.mark.parametrize(
    ("text", "kind", "option"),
    [
        ("a", "choice", "to_do"),
        ("B)", "choice", "not_to_do"),
        ("Take a look at it.", "invalid", None),
        ("Apples", "invalid", None),
        ("A or B", "hedge", None),
    ],
)
def test_replies_to_letters(text, kind, option):
    assert read_text(text, AB)[:2] == (kind, option)


@pytest.mark.parametrize(
    ("language", "text", "kind", "option"),
    [
        ("de", "Ja, das stimmt.", "choice", "agree"),
        ("de", "Nein", "choice", "disagree"),
        ("de", "Das kommt darauf an.", "hedge", None),
        ("de", "Ich kann dazu nichts sagen und werde nicht antworten.", "refusal", None),
        ("fr", "Oui.", "choice", "agree"),
        ("fr", "Ça dépend.", "hedge", None),
        ("fr", "Je ne peux pas répondre.", "refusal", None),
        ("it", "Sì, certo", "choice", "agree"),
        ("it", "Dipende.", "hedge", None),
        ("it", "Non posso rispondere.", "refusal", None),
        ("tr", "Hayır", "choice", "disagree"),
        ("tr", "Duruma göre değişir.", "hedge", None),
        ("tr", "Buna cevap veremem.", "refusal", None),
        ("tr", "I cannot answer this.", "refusal", None),
    ],
)
def test_replies_in_other_languages(language, text, kind, option):
    assert read_text(text, yes_no_spellings(language), language=language)[:2] == (kind, option)


def test_spellings_of_an_option_are_summed_and_shared_beginnings_count_for_neither():
    told = {"1": -1.0, " 1": -2.0, "2": -3.0, "12": -0.5, "": -0.1}
    mass = sum_spellings(told, DIGITS)
    assert mass.shares["to_do"] == pytest.approx(0.5032 / (0.5032 + 0.0498), abs=1e-3)
    assert mass.covered == pytest.approx(0.5530, abs=1e-3)
    both = {"a": ("stay",), "b": ("stop",)}
    assert sum_spellings({"st": -0.1, "sta": -1.0}, both).shares == {"a": 1.0, "b": 0.0}
    assert sum_spellings({"x": -0.1}, both).shares == {}


@pytest.fixture
def asked():
    plan = plan_run(read_dataset("assets/starter/probes/statements.json", None), experiment=Experiment.LONG)
    question = plan.questions()[0]
    return question, plan.request(question).model_copy(update={"n_samples": 3})


def read(asked, **reply):
    question, request = asked
    told = ProbeReply(key=request.key, backend="x", **reply)
    return read_reply(question.item, question.condition, request, told, prior={}, now=datetime(2026, 3, 1, tzinfo=UTC))


def test_samples_become_shares_and_refusals_keep_theirs(asked):
    answer = read(asked, texts=("I agree. It helps.", "I disagree, it costs.", "As an AI I have no view"))
    assert answer.classes == {AnswerClass.CHOICE: pytest.approx(2 / 3), AnswerClass.REFUSAL: pytest.approx(1 / 3)}
    assert answer.probabilities == {"agree": 0.5, "neutral": 0.0, "disagree": 0.5}
    assert answer.kind is AnswerClass.CHOICE
    assert answer.choice is None


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("refused", "refusal"), ("empty", "invalid"), ("timeout", "error"), ("unavailable", "error")],
)
def test_a_failure_is_a_class_of_its_own(asked, reason, kind):
    answer = read(asked, failure=ChatFailure(reason=FailureReason(reason)))
    assert answer.kind == kind
    assert answer.probabilities == {}
    assert answer.detail
