"""Reads what a generator wrote: a kind, a colon, a text."""

from collections.abc import Sequence

from pydantic import ValidationError

from domain.kaleido import Generated, Vrd, kind_of


def read_generation(line: str) -> Vrd | None:
    """Return the value in a line such as ``Right: Right to life``; ``None`` for anything else.

    The line is split at its first colon with a blank, so that a text may hold another.

    >>> read_generation("Duty: Duty to warn: others") == Vrd(kind="Duty", text="Duty to warn: others")
    True
    """
    word, colon, text = line.partition(": ")
    kind = kind_of(word)
    if not colon or kind is None:
        return None
    try:
        return Vrd(kind=kind, text=text)
    except ValidationError:
        return None


def read_generations(lines: Sequence[str]) -> Generated:
    """Return the values in order, the first of equal ones, and how many lines were malformed or said one again."""
    found: dict[Vrd, None] = {}
    n_malformed = 0
    for line in lines:
        vrd = read_generation(line)
        if vrd is None:
            n_malformed += 1
        else:
            found.setdefault(vrd)
    return Generated(tuple(found), n_malformed, len(lines) - n_malformed - len(found))
