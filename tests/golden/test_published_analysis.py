"""`moralgraph analyze` on the published study: its one shape, its figures, the same after another import."""

import json
import re
from pathlib import Path

import pytest

from services.cli import main

pytestmark = pytest.mark.shared
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "analysis.md"
ORDER = {
    "values": 59,
    "pairs": 1711,
    "strictly_comparable": 230,
    "in_cycle": 20,
    "classes": 51,
    "maximal_classes": 19,
    "maximal_values_without_wiser": 18,
    "longest_chain_classes": 8,
    "width": 23,
    "weak_components": 4,
}
GROUP_PARTS = ("group_run", "groups", "bridging", "audit", "over_time")


def printed(capsys, *options):
    assert main(["analyze", "--study", "mge", "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def study(tmp_path, shared_data, monkeypatch, capsys):
    def imported(name):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("MORALGRAPH_DATABASE_URL", f"sqlite:///{folder / 'study.db'}")
        monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(folder))
        assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
        capsys.readouterr()

    imported("first")
    return imported


def keys_of(node):
    if isinstance(node, dict):
        return set(node).union(*map(keys_of, node.values()))
    return set().union(*map(keys_of, node)) if isinstance(node, list) else set()


def test_figures_of_the_order_and_the_funnel_are_printed(study, capsys):
    found = printed(capsys)
    assert {name: found["order"][name] for name in ORDER} == ORDER
    assert found["funnel"]["ordered_pairs_seen"] == 128
    assert [(one["filter"], one["removed"]) for one in found["funnel"]["filters"]] == [
        ("any_wiser", 22),
        ("min_wiser_likelihood", 8),
        ("max_entropy", 14),
        ("min_wiser", 17),
    ]
    assert found["funnel"]["edges_kept"] == 67
    assert sum(len(level) for level in found["order"]["levels"]) == 51
    assert len(found["order"]["levels"]) == 8


def test_the_wisest_overall_and_by_question_bear_ranges_and_counts(study, capsys):
    found = printed(capsys)
    wisest = found["wisest"]
    assert (wisest["overall"]["value_id"], wisest["overall"]["n_votes"], wisest["overall"]["n_people"]) == (
        304,
        1529,
        503,
    )
    assert wisest["overall"]["wisdom"] == pytest.approx(3.3069, abs=1e-4)
    assert len(wisest["questions"]) == 3
    for row in (wisest["overall"], *wisest["questions"]):
        assert row["interval"][0] <= row["wisdom"] <= row["interval"][1]
        assert 0 < row["bootstrap_share"] <= 1
        assert row["n_people"] <= 503
    # It is far from sure who leads: no value is first in nine of ten resamples.
    assert wisest["overall"]["bootstrap_share"] < 0.9
    edges = found["uncertainty"]["edges"]
    assert (len(edges), found["uncertainty"]["n_kept"], found["uncertainty"]["n_kept_settled"]) == (128, 67, 43)
    assert all(edge["state"] == "provisional" for edge in edges if edge["n_people"] < 5)


def test_another_import_prints_the_same_but_for_its_run_card(study, capsys):
    first = printed(capsys, "--by", "party")
    study("second")
    again = printed(capsys, "--by", "party")
    for card in ("run", "group_run"):
        assert {**first.pop(card), "study_id": ""} == {**again.pop(card), "study_id": ""}
    assert first == again


def test_the_past_can_be_analysed_and_groups_asked_for(study, capsys):
    whole = printed(capsys, "--by", "party")
    assert [size["name"] for size in whole["groups"]["sizes"]] == ["Democrat", "Independent", "Republican"]
    before = printed(capsys, "--until", "2023-09-01T00:00:00Z")
    assert before["run"]["n_votes"] < whole["run"]["n_votes"]
    assert main(["analyze", "--study", "mge", "--by", "shoe-size"]) == 1
    assert "party" in capsys.readouterr().err


def test_waves_can_be_the_rounds_that_an_attribute_names(study, capsys):
    over_time = printed(capsys, "--rounds", "party")["over_time"]
    assert over_time["by"] == "party"
    assert [wave["name"] for wave in over_time["waves"]] == ["Democrat", "Independent", "Republican"]
    assert main(["analyze", "--study", "mge", "--rounds", "shoe size"]) != 0


def test_every_key_that_is_printed_is_documented_and_every_documented_key_is_printed(study, capsys):
    found = printed(capsys, "--by", "party")
    text = PAGE.read_text("utf-8")
    for part in set(found) - set(GROUP_PARTS):
        missing = {key for key in keys_of(found[part]) if f"`{key}`" not in text}
        assert not missing, part
    documented = set(re.findall(r"^\| `([a-z_]+)`", text, flags=re.MULTILINE))
    assert not documented - keys_of(found) - set(found)
    assert all(f"`{part}`" in text for part in found)
