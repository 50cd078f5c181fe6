"""What a language model replied, read strictly: any text gives a value or a typed failure, never an exception."""

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.cards import CardText, Origin, Policy
from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.nouns import Text, clean_text
from domain.replies import read_json
from elicitation.articulate import MAX_TITLE_WORDS, title_of, to_line
from elicitation.phrases import BULLET, count_words, is_own_wording, word_overlap, words_of
from elicitation.prompting import prompts
from elicitation.rules import Rule, check_line
from elicitation.states import InterviewState
from elicitation.vocabulary import NOTICE

MAX_QUESTION_WORDS = 60
MAX_QUESTION_CHARS = 600
SAME_QUESTION_FROM = 0.9
"""Cosine similarity from which a question is one that was asked before."""
SAME_WORDS_FROM = 0.75
LEAK_WORDS = 9
"""So many words in a row of our instructions in a reply are a leak."""
MAX_LINES = 7
ADVICE = re.compile(
    r"\b(?:you\s+should|you\s+must|you\s+ought|i(?:['’]d|\s+would)?\s+(?:advise|recommend|suggest)|my\s+advice"
    r"|as\s+an?\s+(?:ai|language\s+model))|(?:^|[.!:;]\s*|\bplease\s+)try\s+to\b",
    re.IGNORECASE,
)
FLATTERY = re.compile(
    r"^\W*(?:great|wonderful|excellent|amazing|what\s+a|that['’]?s\s+(?:great|wonderful|so))\b[^?!.]*[!.]+\s+", re.I
)
LABEL = re.compile(r"^\W*(?:question|next question|interviewer|q)\s*\d*\s*[:.\-]\s*", re.IGNORECASE)
THIRD_PERSON = re.compile(r"\bthe\s+(?:person|participant|interviewee|user|individual)\b", re.IGNORECASE)
"""So a model speaks about the one it should speak to."""
LEAD_IN = re.compile(
    r"^\W*(?:the\s+(?:person|participant|individual)|they|he|she|i|we|you|someone)\s+(?:\w+ly\s+|also\s+)?(?=\w)",
    re.IGNORECASE,
)
MEANING_TAIL = re.compile(
    r",?\s+(?:which|that)\s+(?:can\s+|may\s+|might\s+|could\s+)?(?:indicat|show|suggest|signal|reveal|mean|help|reflect)\w*\b.*$"
    r"|,\s+(?:indicating|showing|suggesting|signalling|signaling|revealing|meaning|reflecting|as\s+this|as\s+it)\b.*$",
    re.IGNORECASE,
)
"""What a model adds on its own about what a thing shows or is good for."""
UNFIT = frozenset({Rule.NORM, Rule.GOAL, Rule.EXPECTATIONS})
"""A line of a model that is one of these is left out where other lines remain; people may write what they like."""
FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")


class _Draft(BaseModel):
    """The reply of the articulate prompt."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    title: Text
    gist: Text = ""
    policies: list[Text]


class _Critique(BaseModel):
    """The reply of the criticise prompt."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    is_good: bool
    fault: str = ""


def read_question(text: str, *, state: InterviewState, similarity: Callable[[str, str], float]) -> str | ChatFailure:
    """Return the question in a reply, or why it is not asked.

    Refused: nothing, no or several questions, too long, advice, a leak of our instructions, a repeat of an earlier one.
    """
    question = _tidy(text)
    if not words_of(question):
        return _fail(FailureReason.EMPTY, "the reply is empty", text)
    if len(re.findall(r"[?？؟]", question)) != 1:
        return _fail(FailureReason.OFF_PROTOCOL, "the reply is not exactly one question", text)
    if count_words(question) > MAX_QUESTION_WORDS or len(question) > MAX_QUESTION_CHARS:
        return _fail(FailureReason.OFF_PROTOCOL, "the question is too long", text)
    if ADVICE.search(question):
        return _fail(FailureReason.OFF_PROTOCOL, "the reply gives advice", text)
    if THIRD_PERSON.search(question):
        return _fail(FailureReason.OFF_PROTOCOL, "the reply speaks about the person, not to them", text)
    if leaks(question):
        return _fail(FailureReason.OFF_PROTOCOL, "the reply repeats our instructions", text)
    for earlier in (e.question for e in state.exchanges[:-1] if e.question):
        if word_overlap(question, earlier) >= SAME_WORDS_FROM or similarity(question, earlier) >= SAME_QUESTION_FROM:
            return _fail(FailureReason.REPEATED, "the question was asked before", text)
    return question


def read_draft(reply: ChatReply, *, answers: Sequence[str]) -> CardText | ChatFailure:
    """Return the drafted card, or why there is none. Lines all of whose words are the person's count as theirs."""
    if reply.failure is not None:
        return reply.failure
    draft = read_json(reply.text, _Draft)
    if isinstance(draft, ChatFailure):
        return draft
    lines = _fit_lines(draft.policies, answers)
    if not draft.title.strip() or not lines:
        return _fail(FailureReason.UNPARSED, "the draft has no title or no lines", reply.text)
    if any(leaks(line) for line in (draft.title, draft.gist, *lines)):
        return _fail(FailureReason.OFF_PROTOCOL, "the draft repeats our instructions", reply.text)
    title = draft.title if len(draft.title.split()) <= MAX_TITLE_WORDS else title_of([draft.title])
    gist = MEANING_TAIL.sub("", draft.gist)
    try:
        return CardText(
            title=title,
            title_origin=_origin(title, answers),
            gist=gist,
            gist_origin=_origin(gist, answers) if gist else Origin.OWN,
            policies=tuple(Policy(text=line, origin=_origin(line, answers)) for line in lines[:MAX_LINES]),
        )
    except ValidationError as error:
        return _fail(
            FailureReason.UNPARSED, f"the draft breaks the form of a card: {error.errors()[0]['msg']}", reply.text
        )


def as_line(line: str) -> str:
    """Return a line of a draft in the form of a card: no lead-in, no added meaning, its thing first in capitals.

    >>> as_line("The person notices how her hands shake, which can indicate honesty.")
    'SIGNS of how her hands shake'
    """
    plain = BULLET.sub("", BULLET.sub("", " ".join(line.split()))).strip(' \t-•*"“”').rstrip(".")
    plain = MEANING_TAIL.sub("", plain)
    if not plain or Rule.NO_CAPITALS not in {f.rule for f in check_line(plain)}:
        return plain
    rest = LEAD_IN.sub("", plain)
    noticed = NOTICE.match(rest)
    if noticed is not None and rest[noticed.end() :].strip():
        return to_line(rest[noticed.end() :].strip(" ,:"))
    return to_line(plain)


def _fit_lines(drafted: Sequence[str], answers: Sequence[str]) -> list[str]:
    """Return the lines that can stand on a card: tidy, each once, no rules or goals that the person did not word."""
    lines = list(dict.fromkeys(line for line in map(as_line, drafted) if line))
    fit = [line for line in lines if is_own_wording(line, answers) or not UNFIT & {f.rule for f in check_line(line)}]
    return fit or lines


def read_critique(reply: ChatReply) -> str | ChatFailure:
    """Return the fault that was found, empty when the draft is good; or why there is no verdict."""
    if reply.failure is not None:
        return reply.failure
    critique = read_json(reply.text, _Critique)
    if isinstance(critique, ChatFailure):
        return critique
    return "" if critique.is_good else critique.fault[:400]


def _tidy(text: str) -> str:
    """Return the reply without fences, labels, wrapping quotes and a flattering first sentence."""
    plain = FENCE.sub("", clean_text(text).strip()).strip()
    plain = LABEL.sub("", plain)
    plain = FLATTERY.sub("", plain)
    if len(plain) > 1 and plain[0] in '"“' and plain[-1] in '"”' and plain.count('"') <= 2:  # noqa: PLR2004 - one pair
        plain = plain[1:-1]
    return " ".join(plain.split())


def leaks(text: str) -> bool:
    """Tell whether a reply repeats a stretch of our own instructions."""
    ours = " ".join(" ".join(p.instruction.split()) for p in prompts().values()).casefold()
    words = text.casefold().split()
    return any(" ".join(words[i : i + LEAK_WORDS]) in ours for i in range(len(words) - LEAK_WORDS + 1))


def _origin(text: str, answers: Sequence[str]) -> Origin:
    return Origin.OWN if is_own_wording(text, answers) else Origin.MACHINE


def _fail(reason: FailureReason, detail: str, text: str) -> ChatFailure:
    return ChatFailure(reason=reason, detail=detail, text=clean_text(text))
