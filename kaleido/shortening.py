"""Fits a question into a model's longest input: the situation loses its end, the value nothing."""

from collections.abc import Callable
from typing import NamedTuple

from domain.seq2seq import Tokens


class Fitted(NamedTuple):
    """A question that fits."""

    tokens: Tokens
    is_shortened: bool


def fit(ask: Callable[[str], Tokens], situation: str, *, most: int) -> Fitted | None:
    """Return the question about as much of the situation as fits, cut between words where there are any.

    ``None`` where not even its first character fits beside the value.

    Args:
        ask: the tokens of the question about a situation; more text never gives clearly fewer tokens.
        situation: not empty.
        most: longest input in tokens.
    """
    whole = ask(situation)
    if len(whole) <= most:
        return Fitted(whole, is_shortened=False)
    low, high = 0, len(situation)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if len(ask(situation[:middle])) <= most else (low, middle)
    for end in (_word_end(situation, low), low):
        tokens = ask(situation[:end].rstrip())
        if end and len(tokens) <= most:
            return Fitted(tokens, is_shortened=True)
    return None


def _word_end(text: str, end: int) -> int:
    """Return the end of the last whole word before ``end``; ``end`` itself where no word ends before it."""
    if end < len(text) and text[end].isspace():
        return end
    head = text[:end].rsplit(maxsplit=1)
    return len(text[:end]) - len(head[1]) if len(head) > 1 else end
