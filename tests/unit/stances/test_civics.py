"""The statements are read from both editions, and their tables do not say more than the data."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from domain.errors import DataError, UserInputError
from domain.provenance import Provenance
from domain.stances import Answer, AnswerClass, AnswerMethod
from stances.civics import read_civics
from stances.civics_tables import LEAST_N, priming_gap, spread_over_models, tabulate, translation_gap

V1 = {
    "ID": 7, "Language": "English (Canada)", "Topic": "immigration", "Statement": " A thing is so. ",
    "Statement - translated": "", "Data Producer Organization": "A Board", "Source": "A Site",
    "Organization Type": "government", "Final Label": ["support"], "Link": "https://example.org",
    "Annotator 1": ["support"], "Annotator 2": [], "Annotator 3": ["support"], "Annotator 4": [], "Annotator 5": [],
}  # fmt: skip
V2 = {
    "ID": 7, "Topic": "immigration", "Language": "English", "Country": "Canada", "Statement": "A thing is so.",
    "Statement - translated": None, "Data Source": "A Site", "Data Producer Organization": "A Board",
    "Organization Type": "government", "Link": "https://example.org", "Consensus Annotation": ["support"],
    "Annotations": [["support"], ["support"]],
}  # fmt: skip


def written(tmp_path, rows):
    file = tmp_path / "civics.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    return file


def answer(item_id, *, agree=None, kind=AnswerClass.CHOICE, condition="primed@1/p0/given/words/original"):
    told = {} if agree is None else {"agree": agree, "disagree": 1 - agree}
    return Answer(
        item_id=item_id, condition=condition, family=condition, order="given", kind=kind, probabilities=told,
        classes={kind: 1.0}, method=AnswerMethod.LOG_PROBABILITIES,
        provenance=Provenance(backend="x", made_at=datetime(2026, 3, 1, tzinfo=UTC)),
    )  # fmt: skip


def test_both_editions_of_a_row_read_alike(tmp_path):
    assert read_civics(written(tmp_path, [V1])) == read_civics(written(tmp_path, [V2]))


def test_no_statement_may_train_a_model(tmp_path):
    assert not any(item.is_trainable for item in read_civics(written(tmp_path, [V1])))


@pytest.mark.parametrize("rows", [{}, [1], [V1, V1], [{**V1, "Statement": " "}]])
def test_a_broken_file_is_refused(tmp_path, rows):
    with pytest.raises(DataError):
        read_civics(written(tmp_path, rows))


@pytest.mark.shared
def test_the_published_counts_are_found(shared_data):
    items = read_civics(shared_data / "civics")
    count = {name: Counter(item.groups[name] for item in items) for name in items[0].groups}
    assert len(items) == len({item.text for item in items}) == 700
    assert {item.id for item in items} == {str(n) for n in range(1, 702)} - {"551"}
    assert count["language"] == {"German": 183, "French": 160, "English": 140, "Italian": 116, "Turkish": 101}
    assert count["topic"] == {
        "social welfare": 218, "LGBTQI rights": 194, "disability rights": 129, "immigration": 126, "surrogacy": 33,
    }  # fmt: skip
    assert count["organisation_type"] == {
        "government": 488, "political party": 104, "civil society group": 57, "news agency": 51,
    }  # fmt: skip
    assert len(count["publisher"]) == 46
    assert len(count["source"]) == 71
    labels = Counter(label for item in items for label in item.labels)
    assert len(labels) == 25
    assert labels.most_common(4) == [
        ("social assistance", 171), ("anti-discrimination", 166),
        ("sexuality equality", 101), ("gender inclusivity", 95),
    ]  # fmt: skip
    assert Counter(len(item.labels) for item in items) == {1: 348, 2: 258, 3: 91, 4: 3}
    assert count["annotators_agree"]["yes"] == 602
    assert Counter((item.language == "en", bool(item.translation)) for item in items) == {
        (True, False): 140, (False, True): 560,
    }  # fmt: skip
    cells = Counter((item.groups["locale"], item.groups["topic"]) for item in items)
    assert cells["English (Canada)", "surrogacy"] == 13
    assert cells["German (Germany)", "social welfare"] == 89
    assert cells["French (Canada)", "LGBTQI rights"] == 32
    assert cells["Italian (Italy)", "surrogacy"] == 6


@pytest.fixture
def items(tmp_path):
    rows = [V1 | {"ID": n, "Topic": "a" if n < 12 else "b", "Statement": f"S {n}"} for n in range(15)]
    return read_civics(written(tmp_path, rows))


def test_cells_under_ten_are_grey_and_refusals_count_as_a_stance(items):
    answers = [answer(str(n), agree=0.9) for n in range(11)] + [answer("11", kind=AnswerClass.REFUSAL)]
    answers += [answer(str(n), agree=0.2) for n in range(12, 15)]
    large, small = tabulate(items, answers, by=["topic", "locale"])
    assert (large.n, large.is_grey, small.n, small.is_grey) == (12, False, 3, True)
    assert large.stances == {"agree": 11, "refusal": 1}
    assert large.refusal_share == pytest.approx(1 / 12)
    assert large.score == pytest.approx(0.8)
    assert large.n_scored == 11
    assert small.score == pytest.approx(-0.6)
    assert small.n < LEAST_N


@pytest.mark.parametrize("by", [["language"], ["locale", "publisher"], ["country"], []])
def test_languages_are_never_compared_from_raw_means(items, by):
    with pytest.raises(UserInputError, match="by topic"):
        tabulate(items, [answer("1", agree=0.5)], by=by)


def test_a_taste_for_a_word_can_be_taken_out(items):
    tasted = answer("1", agree=0.9).model_copy(update={"calibrated": {"agree": 0.3, "disagree": 0.7}})
    answers = [tasted, answer("2", agree=0.9), answer("3", kind=AnswerClass.REFUSAL)]
    (raw,) = tabulate(items, answers, by=["topic"])
    (cell,) = tabulate(items, answers, by=["topic"], is_calibrated=True)
    assert (raw.n, raw.score) == (3, pytest.approx(0.8))
    assert (cell.n, cell.score) == (2, pytest.approx(-0.4))
    assert cell.stances == {"disagree": 1, "refusal": 1}


def test_failures_of_the_server_are_no_stance(items):
    assert tabulate(items, [answer("1", kind=AnswerClass.ERROR)], by=["topic"]) == []


def test_spread_over_prompts_and_over_models_are_told_apart(items):
    same = "primed@1/p0/given/words/original/"
    one = [answer("1", agree=0.9, condition=same + "positive-0"), answer("1", agree=0.1, condition=same + "negative-0")]
    (cell,) = tabulate(items, one, by=["topic"])
    assert cell.sd_over_prompts == pytest.approx(0.8)
    assert spread_over_models({"m": one, "n": one}) == {"1": pytest.approx(0.0)}
    assert spread_over_models({"m": [answer("1", agree=1.0)], "n": [answer("1", agree=0.0)]}) == {"1": 1.0}
    assert spread_over_models({"m": one}) == {}


def test_gaps_are_taken_within_statements():
    same = "primed@1/p0/given/words/original/"
    led = [answer("1", agree=0.9, condition=same + "positive-0"), answer("1", agree=0.4, condition=same + "negative-1")]
    assert priming_gap([*led, answer("2", agree=0.9, condition=same + "positive-0")]) == (pytest.approx(1.0), 1)
    assert priming_gap([]) == (None, 0)
    translated = answer("1", agree=0.4, condition="primed@1/p0/given/words/translated")
    assert translation_gap([answer("1", agree=0.6), translated]) == (pytest.approx(0.4), 1)
