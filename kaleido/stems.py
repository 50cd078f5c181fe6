"""Word stems of English: Porter's algorithm, by which the published n-gram comparison of values takes words for one.

Source: M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980. The measure m of a stem counts how often
a run of vowels is followed by a run of consonants.
"""

import re
from functools import lru_cache

SHORTEST = 4
"""Shorter words are left as they are, as the published comparison does."""
STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "abli": "able", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
)  # fmt: skip
VOWELS = "aeiou"


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """Return the stem of a word in small letters; a word that is short or not English letters is returned as it is.

    >>> [stem(word) for word in ("honesty", "honest", "relational", "helping", "duty")]
    ['honesti', 'honest', 'relat', 'help', 'duti']
    """
    if len(word) < SHORTEST or not re.fullmatch("[a-z]+", word):
        return word
    word = _participles(_plurals(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = f"{word[:-1]}i"
    word = _replaced(word, STEP_2)
    word = _replaced(word, STEP_3)
    return _tidied(_without_last(word))


def _plurals(word: str) -> str:
    for ending, new in (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")):
        if word.endswith(ending):
            return word[: -len(ending)] + new
    return word


def _participles(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        rest = word[: -len(ending)]
        if word.endswith(ending):
            return _mended(rest) if _has_vowel(rest) else word
    return word


def _mended(rest: str) -> str:
    if rest.endswith(("at", "bl", "iz")):
        return f"{rest}e"
    if re.search(r"([^aeiou])\1$", rest) and rest[-1] not in "lsz":
        return rest[:-1]
    return f"{rest}e" if _measure(rest) == 1 and _ends_short(rest) else rest


def _replaced(word: str, endings: dict[str, str]) -> str:
    """Replace the longest ending that fits, where what stays has a measure above 0."""
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending):
            rest = word[: -len(ending)]
            return rest + endings[ending] if _measure(rest) > 0 else word
    return word


def _without_last(word: str) -> str:
    for ending in sorted(STEP_4, key=len, reverse=True):
        if word.endswith(ending):
            rest = word[: -len(ending)]
            is_free = _measure(rest) > 1 and (ending != "ion" or rest.endswith(("s", "t")))
            return rest if is_free else word
    return word


def _tidied(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _measure(rest) > 1 or (_measure(rest) == 1 and not _ends_short(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _shape(word: str) -> str:
    """Return the word as v and c; y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        is_vowel = letter in VOWELS or (letter == "y" and shape.endswith("c"))
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    return len(re.findall("v+c+", _shape(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _ends_short(word: str) -> bool:
    """Tell whether the word ends consonant, vowel, consonant, the last not w, x or y."""
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"
