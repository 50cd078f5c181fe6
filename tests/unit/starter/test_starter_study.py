"""The starter study that ships with the app: whole, well-formed, readable, and our own writing."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.starter import STARTER_FOLDER, read_starter

BANNED = {"should", "must", "ought", "meaningful", "deep", "deeply"}
MAX_GRADE = 8


@pytest.fixture(scope="module")
def bundle():
    return read_starter(STARTER_FOLDER, now=datetime(2026, 11, 23, tzinfo=UTC))


def syllables(word):
    letters = re.sub(r"[^a-z]", "", word.lower())
    n = len(re.findall(r"[aeiouy]+", letters))
    return max(1, n - (letters.endswith("e") and not letters.endswith("le") and n > 1)) if letters else 0


def grade(text):
    """Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid et al. 1975)."""
    words = text.split()
    return (
        0.39 * len(words) / max(1, len(re.findall(r"[.!?]+", text)))
        + 11.8 * sum(map(syllables, words)) / len(words)
        - 15.59
    )


def test_the_reading_level_formula_gives_a_known_value():
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59 = -1.45
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)


def test_every_reference_resolves_and_reading_twice_gives_the_same_study(bundle):
    again = read_starter(STARTER_FOLDER, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert again == bundle
    ids = {v.id for v in bundle.values}
    contexts = {c.id for c in bundle.contexts}
    assert all({h.src_id, h.wiser_id} <= ids and h.context_id in contexts for h in bundle.hypotheses)
    assert all(c.question_ids for c in bundle.contexts)
    assert len(bundle.questions) == 3


def test_contexts_are_short_clauses(bundle):
    for context in bundle.contexts:
        assert context.text.startswith("When ")
        assert 4 <= len(context.text.split()) <= 9


def test_policies_name_something_to_attend_to(bundle):
    lines = [line for v in bundle.values for line in v.policies]
    assert len(lines) == len(set(lines))
    for line in lines:
        assert line.split()[0].isupper()
        assert not BANNED & set(re.findall(r"[a-z]+", line.lower()))


def test_titles_differ(bundle):
    assert len({v.title for v in bundle.values}) == len(bundle.values) >= 20


def test_every_value_stands_in_two_stories_and_every_context_is_used(bundle):
    counts = Counter(end for h in bundle.hypotheses for end in (h.src_id, h.wiser_id))
    assert min(counts[v.id] for v in bundle.values) >= 2
    assert {h.context_id for h in bundle.hypotheses} == {c.id for c in bundle.contexts}


def test_a_third_of_the_pairs_is_told_both_ways(bundle):
    pairs = {(h.src_id, h.wiser_id) for h in bundle.hypotheses}
    both_ways = {frozenset(p) for p in pairs if p[::-1] in pairs}
    assert len(both_ways) >= 12


def test_stories_are_of_one_length_and_do_not_name_the_values(bundle):
    titles = {v.title.lower() for v in bundle.values}
    stories = [h.story for h in bundle.hypotheses]
    assert len(set(stories)) == len(stories) >= 36
    for story in stories:
        assert 60 <= len(story.split()) <= 110
        assert not any(title in story.lower() for title in titles)


def test_what_participants_read_stays_below_grade_eight(bundle):
    study = bundle.study
    for text in (study.introduction, study.consent_text, study.moderation_policy, *(q.text for q in bundle.questions)):
        assert grade(text) <= MAX_GRADE
    for hypothesis in bundle.hypotheses:
        assert grade(hypothesis.story) <= MAX_GRADE


def runs(text, n=8):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


@pytest.mark.shared
def test_no_run_of_eight_words_comes_from_published_data(shared_data):
    ours = set()
    for path in STARTER_FOLDER.glob("*.json"):
        ours |= runs(path.read_text("utf-8"))
    files = [p for p in Path(shared_data).rglob("*") if p.suffix in {".json", ".csv"}]
    assert files
    for path in files:
        assert not ours & runs(path.read_text("utf-8"))


def test_the_example_explains_each_answer():
    example = json.loads((STARTER_FOLDER / "example.json").read_text("utf-8"))
    assert {"yes", "no", "not_sure", "story", "context", "src", "wiser"} == set(example)
