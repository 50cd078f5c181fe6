"""A card from the person's own phrases: what they said they noticed, as lines that start with the thing in capitals."""

from collections.abc import Sequence
from itertools import pairwise

from domain.cards import CardText, Origin, Policy
from elicitation import vocabulary as words
from elicitation.phrases import clauses, content_words, is_cased, quotable, read_answer, sentences, words_of

MAX_LINES = 7
MAX_LINE_WORDS = 18
MAX_LINE_CHARS = 300
MAX_CAPITALS = 3
MAX_TITLE_WORDS = 6
SAME_FROM = 0.6
"""Share of content words in common from which two lines say the same (Jaccard)."""
MIN_CONTENT = 1
MIN_TITLE_WORDS = 2
MAX_GIST_WORDS = 40
LINKS = frozenset("and or but so then also maybe perhaps well to at once just mostly sometimes".split())  # noqa: SIM905
VERBS = frozenset("is are was were am has have had will would can could did do does came said told spoke went".split())  # noqa: SIM905
NOT_THINGS = frozenset("yes no not it's that's there's i'm maybe some that this it these those because".split())  # noqa: SIM905
"""Words a listed thing does not start with."""


def policy_lines(answers: Sequence[str]) -> tuple[str, ...]:
    """Return what the answers say the person attends to, as lines for a card; at most seven, in order of being said.

    Each line is a clause of theirs; the guide sets its first words in capitals, and where a clause has no thing to name
    puts one of a few frames in front (MOMENTS when ..., SIGNS that ...).
    """
    lines: list[str] = []
    for place, answer in enumerate(answers):
        noticed = [line for clause in clauses(answer) if (line := _noticed_line(clause))]
        listed = [line for clause in clauses(answer) if (line := _listed_line(clause))] if place > 0 else []
        lines += [line for line in (*noticed, *listed) if not any(_is_same(line, other) for other in lines)]
    return tuple(lines[:MAX_LINES])


def articulate(answers: Sequence[str], *, lines: Sequence[str] = ()) -> CardText:
    """Return a card in the person's words: ``lines`` where they were tested, else what the answers name.

    There is always a card: where nothing was named, its line is the most telling phrase, or the first words said.
    """
    chosen = [*lines] or [*policy_lines(answers)]
    if not chosen:
        said = next((q for answer in reversed(answers) if (q := quotable(answer))), "") or " ".join(answers)
        chosen = [to_line(_short(said)) or "SOMETHING I have no words for yet"]
    return CardText(
        title=title_of(chosen),
        gist=_gist(answers, chosen),
        policies=tuple(Policy(text=line, origin=Origin.OWN) for line in chosen),
    )


def to_line(phrase: str) -> str:
    """Return ``phrase`` as a line that starts with a noun phrase in capitals.

    >>> to_line("when she goes quiet at dinner")
    'MOMENTS when she goes quiet at dinner'
    >>> to_line("the tone of her voice")
    'TONE of her voice'
    >>> to_line("her hands")
    'HER HANDS'
    """
    parts = phrase.split()
    if not parts or not is_cased(phrase):
        return phrase.strip()
    first = parts[0].casefold().strip(",.")
    if first in words.CLAUSE_HEADS:
        frame = words.CLAUSE_HEADS[first]
        return " ".join((frame, parts[0].lower(), *parts[1:]))
    if first in words.SUBJECTS:
        return " ".join(("MOMENTS when", *_lower_first(parts)))
    if first in words.ARTICLES and len(parts) > 1:
        parts = parts[1:]
    n = 0
    while n < min(len(parts), MAX_CAPITALS) and (n == 0 or parts[n].casefold().strip(",.") not in words.PHRASE_ENDS):
        n += 1
        if parts[n - 1].endswith((",", ";", ":")):
            break
    return " ".join((*(part.upper() for part in parts[:n]), *parts[n:]))


def title_of(lines: Sequence[str]) -> str:
    """Return a title from the line that says most: its own words, without the frame, at most six."""
    best = max(lines, key=lambda line: (min(len(content_words(line)), MAX_TITLE_WORDS), -len(line)))
    parts = best.split()
    while len(parts) > 1 and parts[0].casefold() in words.FRAME_NOUNS | {
        "when",
        "that",
        "of",
        "whether",
        "where",
        "who",
        "if",
    }:
        parts = parts[1:]
    title = " ".join(part.lower() if part.isupper() and len(part) > 1 else part for part in parts[:MAX_TITLE_WORDS])
    title = _without_loose_end(title.strip(" ,.;:"))
    return (title[:1].upper() + title[1:])[:120] or best[:120]


def _noticed_line(clause: str) -> str:
    """Return the line of a clause that says what was noticed; empty where it says nothing of that."""
    found = words.NOTICE.search(clause)
    if found is None:
        return ""
    return _checked(clause[found.end() :].strip(" ,:"))


def _listed_line(clause: str) -> str:
    """Return the line of a clause that names a thing outright, as in a list; empty for sentences."""
    parts = _without_links(clause).casefold().replace("’", "'").split()
    if words.NOTICE.search(clause) or not parts or not read_answer(clause).is_answer:
        return ""
    is_head = parts[0] in words.CLAUSE_HEADS and parts[1:2] not in (["that"], ["this"], ["it"], ["is"])
    is_phrase = parts[0] not in words.SUBJECTS | words.PHRASE_ENDS | NOT_THINGS and not words.PAST.match(parts[0])
    relative = words.SUBJECTS | words.CLAUSE_HEADS.keys() | {"which"}
    near = parts[: MAX_CAPITALS + 2]
    is_sentence = any(part in VERBS and before not in relative for before, part in pairwise(near))
    return _checked(clause) if is_head or (is_phrase and not is_sentence) else ""


def _checked(phrase: str) -> str:
    short = _short(_without_links(phrase))
    if len(content_words(short)) < MIN_CONTENT or words.RUDE.search(short):
        return ""
    return to_line(short)


def _without_links(phrase: str) -> str:
    """Drop linking words in front: "and to the lines" is about the lines."""
    parts = phrase.split()
    while parts and parts[0].casefold().strip(",") in LINKS:
        parts = parts[1:]
    return " ".join(parts)


def _without_loose_end(title: str) -> str:
    """Drop words at the end that lead nowhere: "small jokes she makes when she" ends with "makes"."""
    parts = title.split()
    while len(parts) > MIN_TITLE_WORDS and parts[-1].casefold() in words.STOP_WORDS:
        parts = parts[:-1]
    return " ".join(parts).strip(" ,.;:")


def _short(phrase: str) -> str:
    return " ".join(phrase.split()[:MAX_LINE_WORDS])[:MAX_LINE_CHARS].strip(" ,;:.")


def _lower_first(parts: Sequence[str]) -> tuple[str, ...]:
    return (parts[0] if parts[0] == "I" else parts[0].lower(), *parts[1:])


def _is_same(one: str, other: str) -> bool:
    mine, theirs = set(content_words(one)), set(content_words(other))
    return bool(mine and theirs) and len(mine & theirs) / len(mine | theirs) >= SAME_FROM


def _gist(answers: Sequence[str], lines: Sequence[str]) -> str:
    """Return the sentence in which the first line was said, verbatim; empty where it is long or not found."""
    told = set(words_of(lines[0])) - words.FRAME_NOUNS
    for answer in answers:
        for sentence in sentences(answer):
            if (
                told <= set(words_of(sentence))
                and len(sentence.split()) <= MAX_GIST_WORDS
                and len(sentence) <= MAX_LINE_CHARS
            ):
                return sentence
    return ""
