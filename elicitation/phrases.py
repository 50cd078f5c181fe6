"""Reads an answer: its clauses, what it lacks, and which of its words can be quoted back. Spans are always verbatim."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from elicitation import vocabulary as words

MAX_READ = 12_000
"""Characters of one answer that are read for phrases; the whole answer is stored."""
QUOTE_WORDS = (2, 14)
MAX_QUOTE_CHARS = 160
"""In scripts without spaces a whole clause is one word."""
SENTENCE = re.compile(r"[^.!?؟。!?\n]+")
CLAUSE_CUT = re.compile(
    r"\s*(?:[;:—–،、؛]|\s-\s|,\s+(?:and|but|so|then|because|although|while|i|he|she|they|we)\b"
    r"|\b(?:but|because|although|even though|and then|and i|so i|so that|in order to)\b)\s*",
    re.IGNORECASE,
)
BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
EDGES = " \t,;:.!?…\"'“”‘’«»()[]*_-–—،؛"
MIN_MOMENT_WORDS = 6
SHORT_ANSWER_WORDS = 25
VAGUE_WORDS = 3


class Reading(NamedTuple):
    """What one answer holds and what it lacks."""

    is_answer: bool
    """False for "idk", a shrug, letters typed at random, or nothing but abuse."""
    n_words: int
    has_moment: bool
    has_notice: bool
    is_goal_only: bool
    is_norm_only: bool
    is_vague: bool
    feeling: str
    """Kind of feeling named (``fear``, ``anger``...); empty where none is."""


def words_of(text: str) -> list[str]:
    """Return the words of ``text``, case folded, typographic apostrophes made plain."""
    return [w.casefold().replace("’", "'") for w in WORD.findall(text)]


def count_words(text: str) -> int:
    """Return the number of words; in scripts without spaces two characters count as one.

    >>> count_words("the tone of her voice"), count_words("她的声音")
    (5, 2)
    """
    unspaced = UNSPACED.findall(text)
    return len(WORD.findall(UNSPACED.sub(" ", text))) + (len(unspaced) + 1) // 2


def content_words(text: str) -> list[str]:
    """Return the words that carry the meaning: no stop words, no frame nouns of ours.

    >>> content_words("MOMENTS when she goes quiet")
    ['goes', 'quiet']
    """
    return [w for w in words_of(text) if w not in words.STOP_WORDS and w not in words.FRAME_NOUNS]


def word_overlap(one: str, other: str) -> float:
    """Return the share of words that two texts have in common (Jaccard), 0..1, 1 is the same words."""
    mine, theirs = set(words_of(one)), set(words_of(other))
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0


def is_own_wording(line: str, answers: Sequence[str]) -> bool:
    """Tell whether every word of ``line`` that carries meaning stands in the person's answers."""
    said = {w for answer in answers for w in words_of(answer)}
    told = content_words(line)
    return bool(told) and all(word in said for word in told)


def is_english(text: str) -> bool:
    """Tell whether the English patterns can be trusted on ``text``."""
    found = words_of(text)
    if not text.isascii() and not any("a" <= c.lower() <= "z" for c in text):
        return False
    if len(found) <= VAGUE_WORDS + 1:
        return text.isascii()
    return sum(w in words.ENGLISH_MARKS for w in found) / len(found) >= 0.15  # noqa: PLR2004 - measured on plain prose


def is_cased(text: str) -> bool:
    """Tell whether the script of ``text`` has capitals at all."""
    return any(c.lower() != c.upper() for c in text)


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of ``text``, verbatim, without bullets and addresses."""
    calm = words.ADDRESS.sub("\n", text[:MAX_READ])
    lines = [BULLET.sub("", line) for line in calm.splitlines()]
    return [s for line in lines for s in (m.strip(EDGES) for m in SENTENCE.findall(line)) if s]


def clauses(text: str) -> list[str]:
    """Return the clauses of ``text``, verbatim, in order."""
    return [c for s in sentences(text) for c in (part.strip(EDGES) for part in CLAUSE_CUT.split(s)) if c]


def is_rude(text: str) -> bool:
    """Tell whether ``text`` holds swear words: then it is not quoted back."""
    return words.RUDE.search(text) is not None


def read_answer(text: str) -> Reading:
    """Return what ``text`` holds and lacks. Outside English only what needs no word list is told."""
    found, n_words = words_of(text), count_words(text)
    english = is_english(text)
    has_notice = english and words.NOTICE.search(text) is not None
    rest = content_words(text)
    return Reading(
        is_answer=_is_answer(text, found),
        n_words=n_words,
        has_moment=_has_moment(text, n_words, english=english),
        has_notice=has_notice,
        is_goal_only=english and not has_notice and words.GOAL.search(text) is not None,
        is_norm_only=english and not has_notice and words.NORM.search(text) is not None,
        is_vague=n_words <= VAGUE_WORDS or (bool(rest) and all(w in words.ABSTRACT for w in rest)),
        feeling=next((words.FEELING_WORDS[w] for w in found if w in words.FEELING_WORDS), ""),
    )


def quotable(text: str, *, used: Sequence[str] = ()) -> str:
    """Return the most telling span of ``text`` that can be quoted back; empty where there is none.

    A span is verbatim, short, not rude, and not one of ``used``.
    """
    best, best_score = "", 0.0
    for place, clause in enumerate(clauses(text)):
        span = _trimmed(clause)
        low, high = QUOTE_WORDS
        size = len(span.split())
        if len(span) > MAX_QUOTE_CHARS or (not low <= size <= high and not (size == 1 and len(span) > high)):
            continue
        if span in used or is_rude(span) or not _is_answer(span, words_of(span)):
            continue
        score = len(content_words(span)) / (1 + size) ** 0.3 + (1.5 if words.NOTICE.search(span) else 0) - 0.02 * place
        if score > best_score:
            best, best_score = span, score
    return best


def _trimmed(clause: str) -> str:
    """Drop a linking word in front and, in an overlong clause, the words behind the fourteenth."""
    parts = clause.split()
    while parts and parts[0].casefold().strip(",") in {"and", "but", "so", "then", "or", "well", "um", "uh"}:
        parts = parts[1:]
    start = clause.find(parts[0]) if parts else 0
    kept = clause[start:]
    if len(parts) > QUOTE_WORDS[1]:
        kept = _first_words(kept, QUOTE_WORDS[1])
    return kept.strip(EDGES)


def _first_words(text: str, count: int) -> str:
    """Return the first ``count`` words of ``text`` as they were written."""
    found = re.match(rf"(?:\S+\s+){{{count - 1}}}\S+", text)
    return found[0] if found else text


def _is_answer(text: str, found: list[str]) -> bool:
    if not found or words.NOT_ANSWER_PHRASES.match(text.strip()):
        return False
    if is_rude(text) and len(content_words(words.RUDE.sub(" ", text))) < 3:  # noqa: PLR2004 - abuse and nothing else
        return False
    if all(w in words.NOT_ANSWERS or w in words.STOP_WORDS for w in found):
        return len(found) > 4 and not all(w in words.NOT_ANSWERS for w in found)  # noqa: PLR2004
    return any(len(set(w)) > 1 or not w.isascii() for w in found)


def _has_moment(text: str, n_words: int, *, english: bool) -> bool:
    if n_words < MIN_MOMENT_WORDS:
        return False
    if not english:
        return True  # no pattern to judge by: the person is taken at their word
    return words.WHEN_IT_WAS.search(text) is not None or len(words.PAST.findall(text)) >= 2  # noqa: PLR2004
