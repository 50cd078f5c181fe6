"""Scoring with a reader: what it is asked, and what becomes of its answers."""

import json
import math

import pytest

from domain.kaleido import Quality, ScoreFailure, ScoreFailureReason, ScoreRequest, ValueScore, Vrd, VrdKind
from domain.readers import Reading, ReadReply
from domain.seq2seq import ModelIdentity
from kaleido.reading import MOST_AT_ONCE, MOST_VALUES, ReadingScorer, read_quality

IDENTITY = ModelIdentity("made up", "sha256:1", "fp32")


class FakeReader:
    """Answers from a table; a value that is not in it is relevant by the share of its last digits, and supported."""

    def __init__(self, table=None, *, shortened=()):
        self.batches = []
        self._table = table or {}
        self._shortened = shortened

    def identity(self):
        return IDENTITY

    def read(self, asked):
        self.batches.append(list(asked))
        return [
            ReadReply(tuple(self._reading(value) for value in one.values), one.situation in self._shortened)
            for one in asked
        ]

    def _reading(self, value):
        return self._table[value] if value in self._table else Reading(int(value.split()[-1]) / 1000, 0.7, 0.2, 0.1)


def request(situation, text, kind=VrdKind.VALUE):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def test_a_reading_becomes_a_score_with_its_valence_and_source():
    reader = FakeReader({"Care": Reading(0.9, 0.5, 0.3, 0.2)})
    (found,) = ReadingScorer(reader).score([request("lending", "Care")])
    assert isinstance(found, ValueScore)
    assert (found.relevance, found.valence.supports, found.valence.opposes, found.valence.either) == (
        0.9,
        0.5,
        0.3,
        0.2,
    )
    assert (found.scorer, found.source.checkpoint, found.source.revision, found.source.dtype) == (
        "reader", *IDENTITY,
    )  # fmt: skip


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_figure_that_is_no_number_is_a_failure_of_its_own_pair_alone(place, wrong):
    figures = [0.5, 0.4, 0.3, 0.3]
    figures[place] = wrong
    reader = FakeReader({"Care": Reading(*figures)})
    found = ReadingScorer(reader).score([request("lending", text) for text in ("Trust 1", "Care", "Trust 2")])
    assert [isinstance(one, ValueScore) for one in found] == [True, False, True]
    assert found[1].reason is ScoreFailureReason.NOT_A_NUMBER


def test_a_value_that_the_reader_could_not_take_is_too_long_and_says_so():
    found = ReadingScorer(FakeReader({"Care": None})).score([request("lending", "Care"), request("lending", "Trust 1")])
    assert isinstance(found[0], ScoreFailure)
    assert found[0].reason is ScoreFailureReason.TOO_LONG
    assert found[0].detail
    assert isinstance(found[1], ValueScore)


def test_a_situation_that_was_cut_marks_all_of_its_scores_and_no_others():
    pairs = [request(situation, f"Care {n}") for n, situation in enumerate(["long", "short", "long"])]
    found = ReadingScorer(FakeReader(shortened={"long"})).score(pairs)
    assert [one.is_shortened for one in found] == [True, False, True]


def test_each_situation_goes_in_once_with_its_different_values():
    reader = FakeReader()
    pairs = [request(f"s{n % 3}", f"Care {n % 4}") for n in range(24)]
    found = ReadingScorer(reader).score(pairs)
    (batch,) = reader.batches
    assert sorted(one.situation for one in batch) == ["s0", "s1", "s2"]
    assert all(sorted(one.values) == [f"Care {n}" for n in range(4)] for one in batch)
    assert [one.relevance for one in found] == [(n % 4) / 1000 for n in range(24)]


def test_the_same_text_as_a_right_and_as_a_duty_is_read_once():
    reader = FakeReader()
    value, right, duty = ReadingScorer(reader).score([request("lending", "Care 5", kind) for kind in VrdKind])
    assert [one.values for one in reader.batches[0]] == [("Care 5",)]
    assert value == right == duty


@pytest.mark.parametrize(
    ("n", "parts"),
    [
        (1, [1]),
        (MOST_VALUES, [MOST_VALUES]),
        (MOST_VALUES + 1, [1, MOST_VALUES]),
        (2 * MOST_VALUES + 3, [3, MOST_VALUES, MOST_VALUES]),
    ],
)
def test_a_long_list_of_values_goes_in_by_parts_and_keeps_its_order(n, parts):
    reader = FakeReader()
    found = ReadingScorer(reader).score([request("lending", f"Care {i}") for i in range(n)])
    assert sorted(len(one.values) for batch in reader.batches for one in batch) == parts
    assert [one.relevance for one in found] == [i / 1000 for i in range(n)]


def test_many_situations_go_in_by_batches_of_like_lengths_with_progress_after_each():
    reader, told = FakeReader(), []
    pairs = [request("word " * (n * 7 % 40) + str(n), "Care 1") for n in range(2 * MOST_AT_ONCE + 1)]
    ReadingScorer(reader).score(pairs * 2, progress=lambda done, every: told.append((done, every)))
    assert [len(batch) for batch in reader.batches] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]
    lengths = [len(one.situation) for batch in reader.batches for one in batch]
    assert lengths == sorted(lengths)
    assert told == [(2 * MOST_AT_ONCE, len(pairs) * 2), (4 * MOST_AT_ONCE, len(pairs) * 2), (len(pairs) * 2,) * 2]


def test_nothing_is_read_for_an_empty_list_nor_after_a_cancel():
    reader, told = FakeReader(), []
    assert ReadingScorer(reader).score([], progress=lambda *seen: told.append(seen)) == []
    found = ReadingScorer(reader).score([request("lending", "Care 1")] * 3, cancel=lambda: True)
    assert [one.reason for one in found] == [ScoreFailureReason.CANCELLED] * 3
    assert (reader.batches, told) == ([], [])


def test_a_cancel_after_a_batch_keeps_what_was_read():
    reader = FakeReader()
    pairs = [request(f"lending {n:02}", "Care 1") for n in range(MOST_AT_ONCE + 2)]
    found = ReadingScorer(reader).score(pairs, cancel=lambda: bool(reader.batches))
    assert [isinstance(one, ValueScore) for one in found] == [True] * MOST_AT_ONCE + [False] * 2


def test_it_tells_a_valence_its_quality_and_what_its_scores_are_not(tmp_path):
    quality = Quality(measure="relevance AUC", figure=0.8, data="made up")
    (tmp_path / "reader.json").write_text(json.dumps([quality.model_dump()]), encoding="utf-8")
    info = ReadingScorer(FakeReader(), quality=read_quality(tmp_path / "reader.json")).info()
    assert info.name == "reader"
    assert info.has_valence
    assert not info.valence_line
    assert info.not_for
    assert info.quality == (quality,)
