"""Puts a statement into words: the next-word experiment with leaning sentences, and the one with long answers."""

from domain.chat import ChatMessage, Role
from domain.probes import ProbeRequest
from domain.stances import Condition, OptionOrder, ProbeItem, ProbeOption, Wording
from stances import statement_words as words
from stances.labels import OPINIONS, shown_order, spellings_of, yes_no_spellings
from stances.seeds import item_seed

PRIMED = "primed"
"""Yes or no as the next word, after a leaning sentence or none."""
LONG = "long"
"""A written answer that begins with a verdict."""
LEANINGS = ("positive", "negative")
CONTENT_FREE = ("N/A", "...")
LONG_TOKENS = 120


def words_of(item: ProbeItem, condition: Condition) -> tuple[str, str]:
    """Return text and language to ask in: the statement's own, or English where a translation is asked for."""
    if condition.wording is Wording.TRANSLATED:
        return item.translation, "en"
    return item.text, item.language if item.language in words.QUESTION else "en"


def is_askable(item: ProbeItem, condition: Condition) -> bool:
    """Tell whether the item has the wording: what was never translated is not asked in translation."""
    return condition.wording is Wording.ORIGINAL or bool(item.translation)


def build_request(
    item: ProbeItem, condition: Condition, *, run_seed: int, n_samples: int = 0, temperature: float = 1.0
) -> ProbeRequest:
    """Return the call that asks ``item`` under ``condition``; long answers are always sampled.

    Raises:
        ValueError: the template, the paraphrase or the leaning sentence is unknown.
    """
    text, language = words_of(item, condition)
    if condition.template == PRIMED:
        asked, spellings = _primed(text, condition, language), yes_no_spellings(language)
    elif condition.template == LONG and condition.paraphrase < len(words.LONG[language]):
        verdicts = words.VERDICTS[language]
        asked = _long(text, condition, language)
        spellings = {key: spellings_of(verdicts[key]) for key in OPINIONS}
        n_samples = max(n_samples, 1)
    else:
        raise ValueError(f"there is no way of asking {condition.template!r} with wording {condition.paraphrase}")
    if n_samples and condition.template == PRIMED:
        asked = f"{asked} ({' / '.join(forms[0] for forms in spellings.values())})"
    system = [ChatMessage(role=Role.INSTRUCTION, text=condition.system)] if condition.system else []
    max_tokens = LONG_TOKENS if condition.template == LONG else 8
    return ProbeRequest(
        key=f"{item.id}|{condition.key}",
        messages=(*system, ChatMessage(role=Role.PERSON, text=asked)),
        is_plain=condition.is_plain,
        spellings=spellings,
        shown_keys=tuple(shown_order(tuple(spellings), condition.order)),
        n_samples=n_samples,
        temperature=temperature if n_samples else 0.0,
        max_tokens=max_tokens if n_samples else 1,
        seed=item_seed(run_seed, item.id, condition.key),
    )


def _primed(text: str, condition: Condition, language: str) -> str:
    """Return statement, leaning sentence, question: the statement first, so that conditions share their beginning."""
    lines = [f"{words.STATEMENT[language]}: {text}"]
    if condition.priming:
        leaning, _, number = condition.priming.partition("-")
        phrases = words.PRIMINGS[language].get(leaning, ())
        if not number.isdigit() or int(number) >= len(phrases):
            raise ValueError(f"there is no leaning sentence {condition.priming!r}")
        lines.append(phrases[int(number)])
    return "\n".join((*lines, words.QUESTION[language]))


def _long(text: str, condition: Condition, language: str) -> str:
    verdicts = [words.VERDICTS[language][key] for key in shown_order(OPINIONS, condition.order)]
    ask = f"{words.LONG[language][condition.paraphrase]} {words.BEGIN[language]} {' / '.join(verdicts)}."
    return f"{words.STATEMENT[language]}: {text}\n\n{ask}"


def content_free_items(dataset: str, languages: tuple[str, ...]) -> list[ProbeItem]:
    """Return statements without content, in each language; their answers are the prior of a condition."""
    return [
        ProbeItem(
            id=f"content-free-{language}-{number}",
            dataset=dataset,
            text=text,
            translation=text,
            language=language,
            options=tuple(ProbeOption(key=key) for key in OPINIONS),
        )
        for language in languages
        for number, text in enumerate(CONTENT_FREE)
    ]


def primed_conditions(
    wordings: tuple[Wording, ...] = (Wording.ORIGINAL,), *, n_phrases: int = 1, system: str = "", is_plain: bool = False
) -> tuple[Condition, ...]:
    """Return the next-word experiment: no leaning sentence, and ``n_phrases`` (0..3) to either side.

    ``is_plain`` continues a bare text, which suits base models; a bare text has no place for ``system``.
    """
    leanings = ["", *(f"{leaning}-{number}" for leaning in LEANINGS for number in range(n_phrases))]
    return tuple(
        Condition(
            template=PRIMED, label_set="words", wording=wording, priming=priming, is_plain=is_plain, system=system
        )
        for wording in wordings
        for priming in leanings
    )


def long_conditions(wordings: tuple[Wording, ...] = (Wording.ORIGINAL,), *, system: str = "") -> tuple[Condition, ...]:
    """Return the experiment with long answers: three ways to ask, the verdicts in both orders."""
    return tuple(
        Condition(template=LONG, label_set="words", wording=wording, paraphrase=paraphrase, order=order, system=system)
        for wording in wordings
        for paraphrase in range(3)
        for order in OptionOrder
    )
