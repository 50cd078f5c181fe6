"""What options are called on the page, how that is spelt in a reply, and which option stands where."""

from collections.abc import Sequence

from domain.stances import AGREE, DISAGREE, NEUTRAL, OptionOrder

YES_NO = {
    "en": ("Yes", "No"),
    "de": ("Ja", "Nein"),
    "fr": ("Oui", "Non"),
    "it": ("Sì", "No"),
    "tr": ("Evet", "Hayır"),
}
"""Words for agreement and disagreement in the languages of the statements."""


def shown_order(keys: Sequence[str], order: OptionOrder) -> list[str]:
    """Return the option keys as they stand on the page, first one first. The order undoes itself."""
    return list(keys) if order is OptionOrder.GIVEN else list(reversed(keys))


def labels_of(keys: Sequence[str], order: OptionOrder, *, label_set: str) -> dict[str, str]:
    """Return option key -> label for a label set of one character an option, such as ``12``; labels stay in order.

    Raises:
        ValueError: there are fewer labels than options.
    """
    if len(label_set) < len(keys):
        raise ValueError(f"the labels {label_set!r} are too few for {len(keys)} options")
    return dict(zip(shown_order(keys, order), label_set, strict=False))


def spellings_of(label: str) -> tuple[str, ...]:
    """Return the ways to write a label; leading spaces are understood by the reader."""
    return tuple(dict.fromkeys((label, label.lower(), label.upper(), label.capitalize())))


def yes_no_spellings(language: str) -> dict[str, tuple[str, ...]]:
    """Return the spellings of agreement and disagreement in a language; English where the language has none here."""
    yes, no = YES_NO.get(language, YES_NO["en"])
    return {AGREE: spellings_of(yes), DISAGREE: spellings_of(no)}


OPINIONS = (AGREE, NEUTRAL, DISAGREE)
"""The options of every statement, in order of agreement."""
