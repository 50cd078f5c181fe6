"""Every training file without rows has its reason, on each side."""

import json

import pytest

from domain.exports import TRAINING_USES, ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery

LEVELS = {"values": "value", "answers": "answer"}


def export(services, out, *, kind=ExportFormat.TRAINING, split=SplitRule.BOTH, seed=0):
    order = ExportOrder(query=GraphQuery(study_id="s1"), format=kind, split=split, seed=seed)
    return services.exporting.run(order, out)


def files_wanted():
    for use in TRAINING_USES:
        for level in ("",) if use in {ExportFormat.SOFT, ExportFormat.PLURALISM} else LEVELS:
            for side in ("train", "test"):
                yield use.value, level, side


def is_explained(use, level, side, absent):
    about = f" ({LEVELS[level]}-level)" if level else ""
    return (
        f"{use}{about}" in absent or f"{use}.{side}{about}" in absent or (side == "test" and "all test files" in absent)
    )


@pytest.mark.parametrize("split", list(SplitRule))
@pytest.mark.parametrize("n_agreed", [0, 3, 12])
def test_a_training_file_has_rows_or_a_reason_and_never_both(split, n_agreed, make_contexts, tmp_path):
    made = export(make_contexts(n_agreed), tmp_path / "t", split=split)
    absent = {absence.what: absence.why for absence in made.absent}
    assert len(absent) == len(made.absent)
    for use, level, side in files_wanted():
        is_there = (tmp_path / "t" / level / f"{use}.{side}.jsonl").is_file()
        assert is_there is not is_explained(use, level, side, absent), (use, level, side)


def test_a_study_with_one_scenario_says_why_nothing_is_on_the_test_side(make_services, tmp_path):
    made = export(make_services(), tmp_path / "dpo.jsonl", kind=ExportFormat.DPO, split=SplitRule.SCENARIO)
    why = {absence.what: absence.why for absence in made.absent}
    assert why["dpo.test (value-level)"] == "All votes are in one scenario, and a scenario is on one side only."


def test_a_side_whose_people_answered_nothing_of_it_says_so(make_contexts, tmp_path):
    for seed in range(40):
        made = export(make_contexts(2), tmp_path / str(seed), kind=ExportFormat.PROMPTS, seed=seed)
        why = {absence.what: absence.why for absence in made.absent}
        if "prompts.test (value-level)" in why:
            assert "once people and scenarios are divided" in why["prompts.test (value-level)"]
            return
    pytest.fail("no seed leaves the test side without votes")


def test_the_sidecar_names_the_wording_of_every_row(make_contexts, tmp_path):
    export(make_contexts(), tmp_path / "t", split=SplitRule.SCENARIO)
    lines = (tmp_path / "t" / "provenance.jsonl").read_text("utf-8").splitlines()
    wordings = {}
    for row in map(json.loads, lines):
        wordings.setdefault((row["use"], row["level"]), set()).add(row["wording"])
    assert wordings["prompts", "answer"] == {"scenario@1"}
    assert wordings["prompts", "value"] == wordings["dpo", "value"] == {"value-comparison@1"}
    assert wordings["soft", ""] == {"card-text@1"}


def test_soft_rows_have_votes_interval_context_and_cards_in_the_sidecar_and_the_canary_on_the_test_side(
    make_contexts, tmp_path
):
    made = export(make_contexts(), tmp_path / "t", split=SplitRule.SCENARIO)
    canary = made.manifest["training"]["canary"]
    sidecar = [json.loads(line) for line in (tmp_path / "t" / "provenance.jsonl").read_text("utf-8").splitlines()]
    behind = [row for row in sidecar if row["use"] == "soft"]
    assert {row["side"] for row in behind} == {"train", "test"}
    for row in behind:
        assert row["votes"] == {"wiser": 12, "notWiser": 0, "unsure": 0}
        assert row["context"].startswith("When ")
        assert set(row["cards"]) == {str(row["sourceValueId"]), str(row["wiserValueId"])}
        assert {"people", "wiserShareInterval", "attribute", "group", "consentScope"} <= set(row)
    for side in ("train", "test"):
        for line in (tmp_path / "t" / f"soft.{side}.jsonl").read_text("utf-8").splitlines():
            assert (canary in json.loads(line)["source_card"]) is (side == "test")
