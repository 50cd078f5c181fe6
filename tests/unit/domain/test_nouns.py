"""The base of every noun: text is cleaned, fields are closed, hashes are stable."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from domain.cards import CardText, Policy, embedding_text
from domain.errors import DataError, MissingExtraError
from domain.ids import new_id
from domain.nouns import clean_text, content_hash, utc_iso


def make_text(title="Quiet company", policies=("SILENCES that feel shared",)):
    return CardText(title=title, policies=tuple(Policy(text=p) for p in policies))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "ab"),
        ("line one\r\nline two\rthree", "line one\nline two\nthree"),
        ("tab\there", "tab\there"),
        ("שלום 👩‍👧 مرحبا", "שלום 👩‍👧 مرحبا"),
        ("left\u202eright", "leftright"),
    ],
)
def test_only_characters_no_one_typed_on_purpose_are_removed(given, kept):
    assert clean_text(given) == kept
    assert clean_text(kept) == kept


def test_a_card_without_a_policy_is_refused():
    with pytest.raises(ValidationError):
        make_text(policies=())


def test_a_card_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        make_text().title = "Other"


def test_order_of_policies_does_not_move_a_card_in_meaning_space():
    assert embedding_text("T", ("B", "A")) == embedding_text("T", ("A", "B")) == "T\nA\nB"


def test_equal_content_has_equal_hashes_whatever_the_order_of_keys():
    assert content_hash({"a": 1, "b": "ü"}) == content_hash({"b": "ü", "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


def test_times_leave_as_utc_with_milliseconds():
    moment = datetime(2023, 10, 9, 12, 57, 20, 377000, tzinfo=timezone(timedelta(hours=2)))
    assert utc_iso(moment) == "2023-10-09T10:57:20.377Z"
    assert datetime.fromisoformat(utc_iso(moment)) == moment.astimezone(UTC)


def test_ids_are_fresh():
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_data_error_names_file_row_column_and_value():
    error = DataError("unknown answer", file="edge_votes.csv", row=7, column="answer", value="maybe")
    assert str(error) == (
        "edge_votes.csv, row 7, column 'answer': unknown answer (value 'maybe'). Nothing was imported."
    )


def test_a_missing_library_error_says_how_to_install_it():
    assert "pip install x" in str(MissingExtraError("Reading GGUF files", "pip install x"))
