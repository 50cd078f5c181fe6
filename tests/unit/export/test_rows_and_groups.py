"""The shapes of training rows, the canary, and small groups that never show."""

import json
from datetime import UTC, datetime

import pytest

from domain.cards import CanonicalValue
from domain.exports import ExportFormat
from domain.graphs import Thresholds, VoteRow
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.vote_columns import vote_columns
from storage.interchange.training import (
    Suppressed,
    canary_of,
    count_cells,
    marker,
    pluralism_rows,
    soft_rows,
    value_rows,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
W, N = EdgeAnswer.WISER, EdgeAnswer.NOT_WISER
VALUES = {
    key: CanonicalValue(
        id=key, study_id="s", number=n, title=f"Title {key}", policies=(f"THINGS of {key}",), source=Source.SEED,
        created_at=NOW, updated_at=NOW,
    )
    for n, key in enumerate("abc", 1)
}  # fmt: skip


def said(answer, people, src="a", wiser="b", context="When asked"):
    return [VoteRow(person, src, wiser, context, answer) for person in people]


def cells_of(votes):
    return count_cells(vote_columns(votes))


def rows_of(votes, canary=None):
    made = list(value_rows(cells_of(votes), values=VALUES, thresholds=Thresholds(), mark=marker(canary)))
    return {use: [e for e in made if e.use is use] for use in ExportFormat}


def test_a_decided_pair_gives_one_row_for_each_use_and_two_for_kto():
    rows = rows_of(said(W, "pqrst"))
    assert {use.value: len(found) for use, found in rows.items() if found} == {
        "sft": 1, "dpo": 1, "reward": 1, "kto": 2, "prompts": 1,
    }  # fmt: skip
    dpo = rows[ExportFormat.DPO][0].row
    assert dpo["chosen"][0]["content"].endswith("Title b")
    assert dpo["rejected"][0]["content"].endswith("Title a")
    assert [r.row["label"] for r in rows[ExportFormat.KTO]] == [True, False]


def test_the_chosen_card_is_the_one_that_the_prompt_shows_under_its_letter():
    row = rows_of(said(W, "pqrst"))[ExportFormat.SFT][0].row
    letter = row["completion"][0]["content"][:6]
    shown = row["prompt"][0]["content"].split(letter)[1].split("Card ")[0]
    assert "THINGS of b" in shown
    assert "THINGS of a" not in shown


def test_letters_tell_nothing_about_the_answer():
    first = 0
    for n in range(200):
        row = rows_of(said(W, "pqrst", context=f"When {n}"))[ExportFormat.SFT][0].row
        first += row["completion"][0]["content"].startswith("Card A")
    assert 70 < first < 130


def test_not_wiser_gives_a_negative_for_kto_and_no_preference():
    rows = rows_of(said(N, "pqrst"))
    assert not rows[ExportFormat.DPO]
    assert [r.row["label"] for r in rows[ExportFormat.KTO]] == [False]


def test_an_undecided_pair_is_asked_and_not_answered():
    rows = rows_of(said(W, "pq") + said(N, "rs"))
    assert {use.value for use, found in rows.items() if found} == {"prompts"}


def test_both_directions_of_a_pair_are_one_prompt():
    assert len(rows_of(said(W, "pq") + said(N, "rs", src="b", wiser="a"))[ExportFormat.PROMPTS]) == 1


def test_the_canary_stands_in_every_prompt_of_the_test_side_and_in_none_of_training():
    canary = canary_of("study")
    votes = said(W, "pqrst") + said(N, "pqrst", src="b", wiser="c")
    assert all(canary in json.dumps(e.row) for found in rows_of(votes, canary).values() for e in found)
    assert not any("canary" in json.dumps(e.row) for found in rows_of(votes).values() for e in found)
    assert canary_of("study") == canary != canary_of("other")


def test_what_stands_behind_a_row_is_beside_it_and_not_in_it():
    example = rows_of(said(W, "pqrst"))[ExportFormat.DPO][0]
    assert example.provenance["votes"] == {"wiser": 5, "notWiser": 0, "unsure": 0, "lessWise": 0}
    low, high = example.provenance["wiserShareInterval"]
    assert 0.5 < low < high <= 1
    assert set(example.row) == {"prompt", "chosen", "rejected"}


def soft(votes, attributes):
    left_out = Suppressed()
    made = soft_rows(cells_of(votes), values=VALUES, attributes=attributes, suppressed=left_out, mark=marker(None))
    return [example.row for example in made], left_out.n_cells


def splits(votes, attributes, canary=None):
    mark = marker(canary)
    made = pluralism_rows(cells_of(votes), values=VALUES, attributes=attributes, suppressed=Suppressed(), mark=mark)
    return list(made)


def test_four_people_are_no_row_and_five_are():
    assert soft(said(W, "pqrs"), {}) == ([], 1)
    rows, _ = soft(said(W, "pqrst"), {})
    assert [(r["attribute"], r["people"], r["wiser"]) for r in rows] == [("everyone", 5, 5)]


def people(group, n):
    return [f"{group}{i}" for i in range(n)]


def attributes(**sizes):
    return {person: {"region": group} for group, n in sizes.items() for person in people(group, n)}


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"x": 6, "y": 6}, {"x", "y"}),
        ({"x": 6, "y": 4}, set()),  # y would follow from everyone less x
        ({"x": 9, "y": 6, "z": 2}, {"x"}),  # z would follow, so the smaller of the others goes with it
        ({"x": 9, "y": 4, "z": 4}, {"x"}),
    ],
)
def test_no_group_below_five_shows_nor_follows_from_the_others(sizes, shown):
    everyone = [person for group, n in sizes.items() for person in people(group, n)]
    rows, _ = soft(said(W, everyone), attributes(**sizes))
    groups = {r["group"]: r["people"] for r in rows if r["attribute"] == "region"}
    assert set(groups) == shown
    hidden = len(everyone) - sum(groups.values())
    assert not groups or hidden == 0 or hidden >= 5


def test_people_without_the_attribute_do_not_follow_from_the_groups():
    rows, _ = soft(said(W, [*people("x", 6), *people("y", 6), "stranger"]), attributes(x=6, y=6))
    assert {r["group"] for r in rows} == {"everyone", "x"} or {r["group"] for r in rows} == {"everyone", "y"}


def test_a_pair_on_which_groups_split_is_kept_with_both_sides():
    votes = said(W, people("x", 30)) + said(N, people("y", 30))
    rows = [example.row for example in splits(votes, attributes(x=30, y=30))]
    assert len(rows) == 1
    assert rows[0]["is_settled"] is True
    assert rows[0]["gap"] == 1.0
    assert {g["group"]: g["wiser"] for g in rows[0]["groups"]} == {"x": 30, "y": 0}


def test_groups_that_agree_are_no_split():
    votes = said(W, people("x", 30)) + said(W, people("y", 30))
    assert not splits(votes, attributes(x=30, y=30))


def test_a_cell_that_soft_hides_cannot_be_had_from_the_pairs_that_split():
    one = said(W, people("x", 9)) + said(N, people("y", 9))
    other = [row._replace(context="When alone") for row in one if row.person_id in {"x1", "x2", *people("y", 9)}]
    groups = attributes(x=9, y=9)
    rows, _ = soft(one + other, groups)
    [split] = splits(one + other, groups)
    for group in split.row["groups"]:
        shown = sum(r["wiser"] + r["not_wiser"] for r in rows if r["group"] == group["group"])
        assert group["wiser"] + group["not_wiser"] == shown


def test_what_stands_behind_soft_counts_and_splits_is_in_the_sidecar():
    votes = said(W, people("x", 30)) + said(N, people("y", 30))
    groups = attributes(x=30, y=30)
    cells = cells_of(votes)
    everyone = next(soft_rows(cells, values=VALUES, attributes=groups, suppressed=Suppressed(), mark=marker(None)))
    [split] = splits(votes, groups)
    for note in (everyone.provenance, split.provenance):
        assert (note["sourceValueId"], note["wiserValueId"], note["wording"]) == (1, 2, "card-text@1")
        assert (note["votes"], note["people"]) == ({"wiser": 30, "notWiser": 30, "unsure": 0}, 60)
        low, high = note["wiserShareInterval"]
        assert low < 0.5 < high
    assert everyone.provenance["context"] == "When asked"
    assert split.provenance["contexts"] == ["When asked"]
    assert [g["votes"]["wiser"] for g in split.provenance["groups"]] == [30, 0]


def test_the_canary_stands_in_the_cards_of_the_test_side_and_adds_no_column():
    votes = said(W, people("x", 30)) + said(N, people("y", 30))
    groups, canary = attributes(x=30, y=30), canary_of("study")
    for make in (soft_rows, pluralism_rows):
        plain, marked = (
            list(make(cells_of(votes), values=VALUES, attributes=groups, suppressed=Suppressed(), mark=marker(text)))
            for text in (None, canary)
        )
        assert marked
        assert all(canary in e.row["source_card"] and canary in e.row["wiser_card"] for e in marked)
        assert not any(canary in json.dumps(e.row) for e in plain)
        assert [list(e.row) for e in plain] == [list(e.row) for e in marked]
