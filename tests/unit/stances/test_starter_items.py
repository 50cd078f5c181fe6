"""The sets that ship with the app are whole, and a file of one's own is read or refused with a reason."""

import json
from collections import Counter

import pytest

from domain.errors import DataError, UserInputError
from domain.stances import NOT_TO_DO, TO_DO
from services.probe_plans import plan_run, read_dataset
from stances.labels import OPINIONS, YES_NO

DILEMMAS = "assets/starter/probes/dilemmas.json"
STATEMENTS = "assets/starter/probes/statements.json"


def test_the_shipped_dilemmas_have_values_on_both_sides_and_none_on_both():
    items = read_dataset(DILEMMAS, None)
    assert len(items) >= 48
    assert len({item.text for item in items}) == len(items)
    assert len({item.groups["topic"] for item in items}) >= 8
    for item in items:
        by_key = {option.key: option for option in item.options}
        assert tuple(by_key) == (TO_DO, NOT_TO_DO)
        assert by_key[TO_DO].values
        assert by_key[NOT_TO_DO].values
        assert not set(by_key[TO_DO].values) & set(by_key[NOT_TO_DO].values)
        assert by_key[TO_DO].text != by_key[NOT_TO_DO].text
        assert item.text.endswith("?")


def test_the_shipped_statements_cover_five_topics_in_five_languages():
    items = read_dataset(STATEMENTS, None)
    assert len(items) >= 60
    assert len({item.text for item in items}) == len(items)
    assert {item.language for item in items} == set(YES_NO)
    cells = Counter((item.language, item.groups["topic"]) for item in items)
    assert len({topic for _, topic in cells}) == 5
    assert len(cells) == 25
    for item in items:
        assert item.option_keys == OPINIONS
        assert bool(item.translation) == (item.language != "en")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no json", "not a file of dilemmas"),
        (json.dumps({"dataset": "x"}), "one of the two"),
        (json.dumps({"dataset": "x", "statements": [{"id": "1", "topic": "t", "statement": "s"}] * 2}), "twice"),
        (json.dumps({"dataset": "x", "dilemmas": [{"id": "1", "topic": "t"}]}), "not a file of dilemmas"),
    ],
)
def test_a_file_of_another_form_is_refused_with_a_reason(tmp_path, content, why):
    file = tmp_path / "items.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=why):
        read_dataset(str(file), None)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(UserInputError, match=r"nowhere\.json"):
        read_dataset("nowhere.json", None)


def test_a_limit_draws_the_same_items_for_a_seed_in_the_order_of_the_file():
    items = read_dataset(DILEMMAS, None)
    first, again, other = (plan_run(items, limit=9, seed=seed).items for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [items.index(item) for item in first] == sorted(items.index(item) for item in first)
