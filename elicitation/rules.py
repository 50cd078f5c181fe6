"""What a line on a card had better be, rule by rule: said plainly, never blocking.

Source of the rules: Moral Graph Elicitation, what counts as a valid attentional policy.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.messages import N_
from elicitation import vocabulary as words
from elicitation.phrases import content_words, count_words, is_cased

MAX_WORDS = 25


class Rule(StrEnum):
    """What a line may lack."""

    NO_CAPITALS = "no_capitals"
    NORM = "norm"
    GOAL = "goal"
    MEANS = "means"
    EXPECTATIONS = "expectations"
    NEGATIVE = "negative"
    INFLATED = "inflated"
    VAGUE = "vague"
    TOO_LONG = "too_long"
    TWICE = "twice"


ADVICE = {
    Rule.NO_CAPITALS: N_("Start with the thing itself, in capitals, so that others see at once what to look at."),
    Rule.NORM: N_("This reads like a rule. What do you look at, to see what the rule asks for?"),
    Rule.GOAL: N_("This reads like something you want to reach. What do you look at on the way?"),
    Rule.MEANS: N_("The second half says what it is for. The line can stand without it."),
    Rule.EXPECTATIONS: N_("This is about what others expect. What would you look at if no one were watching?"),
    Rule.NEGATIVE: N_("This says what is not there. What do you see when it goes well?"),
    Rule.INFLATED: N_("Words like “deep” or “meaningful” can go: say what makes it so."),
    Rule.VAGUE: N_("Would a stranger know what to look for? A few more words may help."),
    Rule.TOO_LONG: N_("This is long. Perhaps it is two lines."),
    Rule.TWICE: N_("Another line says nearly the same."),
}


class Finding(NamedTuple):
    """One rule that a line does not meet, and the sentence that helps."""

    rule: Rule
    advice: str


def check_line(line: str, *, others: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Return what could be better about ``line``; ``others`` are the other lines of the card.

    >>> [f.rule.value for f in check_line("MOMENTS when a friend grows quiet")]
    []
    >>> [f.rule.value for f in check_line("I should always be honest")]
    ['no_capitals', 'norm']
    """
    checks = (
        (Rule.NO_CAPITALS, not _starts_with_capitals(line)),
        (Rule.NORM, words.NORM.search(line) is not None),
        (Rule.GOAL, words.GOAL.search(line) is not None),
        (Rule.MEANS, words.MEANS.search(line) is not None),
        (Rule.EXPECTATIONS, words.EXPECTATIONS.search(line) is not None),
        (Rule.NEGATIVE, words.NEGATIVE.search(line) is not None),
        (Rule.INFLATED, words.INFLATED.search(line) is not None),
        (Rule.VAGUE, _is_vague(line)),
        (Rule.TOO_LONG, count_words(line) > MAX_WORDS),
        (Rule.TWICE, any(_says_the_same(line, other) for other in others)),
    )
    return tuple(Finding(rule, ADVICE[rule]) for rule, is_broken in checks if is_broken)


def _starts_with_capitals(line: str) -> bool:
    if not is_cased(line):
        return True
    found = [w for w in re.findall(r"[^\W\d_]+", line) if len(w) > 1]
    return bool(found) and (
        found[0].isupper() or (found[0].casefold() in words.ARTICLES and found[1:2] != [] and found[1].isupper())
    )


def _is_vague(line: str) -> bool:
    told = content_words(line)
    return count_words(line) <= 2 or (bool(told) and all(w in words.ABSTRACT for w in told))  # noqa: PLR2004 - two words


def _says_the_same(one: str, other: str) -> bool:
    mine, theirs = set(content_words(one)), set(content_words(other))
    return bool(mine and theirs) and len(mine & theirs) / len(mine | theirs) >= 0.8  # noqa: PLR2004 - nearly all words
