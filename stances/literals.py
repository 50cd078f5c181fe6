"""Reads the Python literals that published CSV files hold: lists, sets and dicts as text, without running any of it."""

import ast
import re

NAN = re.compile(r"\bnan\b")
COUNTER = re.compile(r"\b(?:Counter|OrderedDict)\(")
DEFAULTDICT = re.compile(r"\bdefaultdict\(\s*<[^>]*(?:<[^>]*>[^>]*)*>\s*,\s*")
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", flags=re.DOTALL)


def read_literal(text: str) -> object:
    """Return the value that ``text`` writes; ``nan`` reads as ``None``, ``defaultdict`` and ``Counter`` as dicts.

    Text in quotes is never rewritten, so a value called "nan" stays a word.

    Raises:
        ValueError: the text is not a literal, or holds anything to be run.

    >>> read_literal("defaultdict(<class 'list'>, {'selected': [1, nan]})")
    {'selected': [1, None]}
    >>> read_literal("defaultdict(<function <lambda> at 0x7f>, {'sup': defaultdict(<class 'int'>, {'nan': 2})})")
    {'sup': {'nan': 2}}
    """
    try:
        read: object = ast.literal_eval(_plain(text))
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"not a literal: {text[:60]!r}") from error
    return read


def _plain(text: str) -> str:
    """Rewrite what a literal parser does not know: every such call becomes a plain bracket."""
    # ``<class 'int'>`` holds quotes of its own, so the calls go first and quoted words are kept apart after that.
    text = re.sub(r"<class '\w+'>", "<class>", text)
    words: list[str] = []

    def keep(found: re.Match[str]) -> str:
        words.append(found.group())
        return f"\x00{len(words) - 1}\x00"

    bare = QUOTED.sub(keep, text)
    bare = COUNTER.sub("(", DEFAULTDICT.sub("(", NAN.sub("None", bare)))
    return re.sub("\x00(\\d+)\x00", lambda found: words[int(found.group(1))], bare)
