"""The catalogue: fresh, complete, and in words that an eighth-grader reads with ease."""

import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from ui import messages
from ui.messages import ERRORS, LOCALE, TEMPLATE, compile_all, extract, known_language, pseudo, retell, translate

ROOT = Path(__file__).parents[3]
GRADE = 8.0
LONG = 14
"""Words from which a message alone is long enough to be graded; with fewer, one long word decides."""
LONG_GRADE = 10.0
PARTICIPANT_FILES = (
    "elicitation/guide_texts.py", "elicitation/rules.py", "ui/chrome.py", "ui/web_pages.py", "ui/way.py",
    "ui/widgets/card_editor.py", "ui/widgets/cards.py", "ui/widgets/choosing.py", "ui/widgets/comparing.py",
    "ui/widgets/contributions.py", "ui/widgets/conversation.py", "ui/widgets/finishing.py", "ui/widgets/interview.py",
    "ui/widgets/policy_judging.py", "ui/widgets/story.py", "services/participants.py", "services/interview.py",
    "services/belonging.py", "services/choosing.py", "services/comparing.py",
)  # fmt: skip
FORBIDDEN = ("!", "oops", "attentional", "polic", "well done", "great", "awesome", "please wait", "invalid", "error")


def catalogue() -> Catalog:
    with TEMPLATE.open("rb") as source:
        return read_po(source)


def participant_messages() -> list[str]:
    """What participants read, by the file it stands in; whole pages of theirs are in pages/elicit."""
    return sorted(
        str(message.id)
        for message in catalogue()
        if message.id
        and any(file.startswith("pages/elicit/") or file in PARTICIPANT_FILES for file, _ in message.locations)
    )


def words_in(text: str) -> list[str]:
    """Words; what is filled in later counts as one short word, numbers do not count."""
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.sub(r"\{\w+\}", "it", text))


def syllables_in(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    plain = word.lower()
    groups = len(re.findall(r"[aeiouyàéîöûý]+", plain))
    if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$", plain):
        groups -= 1
    return max(1, groups)


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid et al., 1975)."""
    words = words_in(text)
    sentences = max(1, len([part for part in re.split(r"[.?!:;]+(?:\s|$)", text) if words_in(part)]))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables_in, words)) / len(words) - 15.59


@pytest.fixture(scope="module")
def extracted() -> str:
    """All sentences of the sources; reading them takes seconds."""
    return extract()


def test_the_template_is_fresh(extracted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == extracted, "run `make messages`"
    monkeypatch.setattr(messages, "extract", lambda: extracted)
    assert messages.main(["check"]) == 0


def test_a_template_that_is_not_fresh_is_noticed(
    extracted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "extract", lambda: extracted)
    stale = tmp_path / "messages.pot"
    stale.write_text('msgid "Old"\nmsgstr ""\n', encoding="utf-8")
    monkeypatch.setattr(messages, "TEMPLATE", stale)
    assert messages.main(["check"]) == 1


def test_sentences_of_errors_are_in_the_catalogue() -> None:
    ids = {message.id for message in catalogue()}
    assert "Nothing is stored and nothing goes on until you agree to take part." in ids
    assert "StudyRuleError" in ERRORS


def test_the_pseudo_language_marks_all_but_what_is_filled_in() -> None:
    assert pseudo("Question {n} of {most}") == "[Qûéštîöñ {n} öf {most}]"
    assert translate("Go on", "qps") == "[Gö öñ]"
    assert translate("", "qps") == ""


def test_only_languages_with_a_catalogue_are_known() -> None:
    assert known_language(None) == known_language("../../etc") == known_language("xx") == "en"
    assert known_language("qps") == "qps"


def test_a_stored_question_is_told_in_the_language_and_the_persons_words_stay() -> None:
    asked = "“{her hands} shook”: stay there for a moment. What did you notice that told you what to do?"
    told = retell(asked, code="qps")
    assert told.startswith("[“{her hands} shook”: štàý théré")
    assert retell(asked, code="en") == asked
    assert retell("What a model wrote", code="qps") == "What a model wrote"


def test_a_translation_is_compiled_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Go on"\nmsgstr "Weiter"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages._languages.cache_clear()
    messages._catalogue.cache_clear()
    assert compile_all() == 1
    assert known_language("de") == "de"
    assert translate("Go on", "de") == "Weiter"
    assert translate("Not translated yet", "de") == "Not translated yet"
    messages._languages.cache_clear()
    messages._catalogue.cache_clear()


def test_every_translation_names_what_is_filled_in_as_the_english_does() -> None:
    for path in LOCALE.glob("*/LC_MESSAGES/messages.po"):
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id and message.string:
                    names = [sorted(re.findall(r"\{(\w+)\}", str(text))) for text in (message.id, message.string)]
                    assert names[0] == names[1], f"{path.parent.parent.name}: {message.id}"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat on the mat. It was a big cat.", -3, 2),
        ("Think of one time when you had to choose in a matter like this. What happened?", 0, 4),
        ("Notwithstanding considerable methodological heterogeneity, participants' deliberations corroborate "
         "institutional expectations regarding distributional legitimacy.", 18, 60),
    ],
)  # fmt: skip
def test_the_measure_tells_plain_from_hard(text: str, low: float, high: float) -> None:
    assert low <= reading_grade(text) <= high


def test_participants_read_at_grade_eight() -> None:
    found = participant_messages()
    assert len(found) > 80, "the list of files has lost its aim"
    assert reading_grade(" ".join(f"{text.rstrip('.?:')}." for text in found)) <= GRADE
    hard = {text: round(reading_grade(text), 1) for text in found if len(words_in(text)) >= LONG}
    assert {text: grade for text, grade in hard.items() if grade > LONG_GRADE} == {}


def test_the_starter_study_reads_at_grade_eight() -> None:
    study = json.loads((ROOT / "assets" / "starter" / "study" / "study.json").read_text(encoding="utf-8"))
    for name in ("introduction", "consent_text"):
        assert reading_grade(study[name]) <= GRADE, name


@pytest.mark.parametrize("word", FORBIDDEN)
def test_participants_meet_no_praise_no_exclamation_mark_and_no_jargon(word: str) -> None:
    pattern = re.compile(re.escape(word) if word == "!" else rf"\b{re.escape(word)}", flags=re.IGNORECASE)
    assert [text for text in participant_messages() if pattern.search(text)] == []
