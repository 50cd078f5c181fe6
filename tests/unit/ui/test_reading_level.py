"""What participants read is plain: at most grade 8, no exclamation marks, no words of the trade."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
THEIRS = ("pages/elicit/", "elicitation/", "services/interview", "services/belonging", "services/choosing")
THEIRS += tuple(
    f"ui/widgets/{name}.py"
    for name in ("card_editor", "choosing", "comparing", "contributions", "conversation", "finishing", "interview")
)
THEIRS += (
    "ui/widgets/about_me.py",
    "ui/widgets/food_for_thought.py",
    "services/food_for_thought",
    "ui/widgets/landing_place.py",
    "ui/widgets/opinions.py",
    "ui/widgets/policy_judging.py",
    "ui/chrome.py",
)
MAX_GRADE = 8.0
MIN_SENTENCE = 4
"""Words from which a message counts as running text; labels of buttons have no grade."""
LONG = 8
"""Words from which a message has to keep to the grade by itself; shorter ones hang on one long word."""
JARGON = re.compile(
    r"attentional|polic(?:y|ies)\b|canonical|upgrade|embedding|hypothes|elicit|moral graph|participant\b|prompt\b",
    re.IGNORECASE,
)


def messages():
    """The messages of the participant's way, as the catalogue names them."""
    with (ROOT / "ui/locale/messages.pot").open("rb") as file:
        catalogue = read_po(file)
    return sorted(
        message.id
        for message in catalogue
        if message.id and any(place.startswith(THEIRS) for place, _ in message.locations)
    )


def syllables(word):
    """Syllables of an English word, near enough for a mean: groups of vowels, less a silent e."""
    plain = re.sub(r"(?:[^laeiouy]es|[^aeiouylr]ed|[^laeiouy]e)$", "x", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def grade(text):
    """Flesch-Kincaid grade; source: Kincaid and others, Derivation of new readability formulas (1975)."""
    sentences = [s for s in re.split(r"[.!?:…]+\s|\n|[.!?]$", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z’']+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def plain(text):
    return re.sub(r"\{\w+\}", "this", text)


def test_the_grade_of_known_texts():
    assert grade("The cat sat on the mat.") < 1
    hard = "Institutional deliberation necessitates consideration of heterogeneous epistemological positions."
    assert grade(hard) > 20


def test_the_way_is_written_for_grade_eight():
    running = [plain(m) for m in messages() if len(m.split()) >= MIN_SENTENCE]
    assert len(running) > 80
    text = " ".join(m if m[-1] in ".?!:…" else m + "." for m in running)
    assert grade(text) <= MAX_GRADE
    assert [m for m in running if len(m.split()) >= LONG and grade(m) > MAX_GRADE] == []


@pytest.mark.parametrize("message", messages())
def test_no_message_is_shouted_or_speaks_the_language_of_the_trade(message):
    assert "!" not in message
    assert not JARGON.search(message)
