"""Every training file without rows has its reason, on each side."""

import json
import re

import pytest

from backends.fakes import ScriptedChat
from domain.exports import TRAINING_USES, ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from domain.studies import Question
from services.exporting import Exporting

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


NOT_ASKED = (
    "No question is asked on this side: a question is on one side only, and those nearly like one of the test side on "
    "neither."
)


def export_answers(services, out, *, n_pairs=50):
    """Export with a model that tells answers apart; its first two answers are the same."""
    answers = {}

    def reply(request):
        text = request.messages[-1].text
        title = re.search(r"MOMENTS of (\w+)", text)[1]
        if request.prompt_id.startswith("answer_under_card"):
            return answers.setdefault(title, f"I would go the way of number {max(1, len(answers))}.")
        first = re.search(r"<<<first\n(.*?)\nfirst>>>", text, re.DOTALL)[1]
        return json.dumps({"follows": "first" if first == answers[title] else "second"})

    exporting = Exporting(
        services.desk, services.explore, services.interchange, chat_of_study=lambda _study: ScriptedChat(reply)
    )
    order = ExportOrder(
        query=GraphQuery(study_id="s1"), format=ExportFormat.DPO, split=SplitRule.SCENARIO, max_answer_pairs=n_pairs
    )
    made = exporting.run(order, out)
    return made.manifest["training"]["answers"], {absence.what: absence.why for absence in made.absent}


def test_the_only_question_is_asked_on_one_side_and_the_other_says_so(make_contexts, tmp_path):
    made = export(make_contexts(), tmp_path / "p", kind=ExportFormat.PROMPTS, split=SplitRule.SCENARIO)
    why = {absence.what: absence.why for absence in made.absent}
    assert why["prompts.test (answer-level)"] == NOT_ASKED


def test_a_side_that_asked_for_no_answers_does_not_bear_those_that_the_other_dropped(make_contexts, tmp_path):
    answers, why = export_answers(make_contexts(), tmp_path / "t")
    assert answers["asked"] == {"train": 3, "test": 0}
    assert answers["dropped"] == {"an answer is empty or both are the same": 1}
    assert why == {"dpo.test (answer-level)": NOT_ASKED}


@pytest.fixture
def two_questions(make_services, in_situations):
    """A study in four contexts with two questions in each: one for either side."""

    def change(study):
        more = Question(id="q2", study_id="s1", slug="r", title="R", text="Whom would you call first?")
        wide = in_situations(study)
        both = [context.model_copy(update={"question_ids": ("q1", "q2")}) for context in wide.contexts]
        return wide.model_copy(update={"questions": (*wide.questions, more), "contexts": tuple(both)})

    return make_services(change=change)


@pytest.mark.parametrize(("n_pairs", "asked"), [(1, {"train": 1, "test": 0}), (4, {"train": 3, "test": 1})])
def test_no_more_pairs_of_answers_are_asked_for_than_wanted(n_pairs, asked, two_questions, tmp_path):
    answers, _ = export_answers(two_questions, tmp_path / "t", n_pairs=n_pairs)
    assert answers["asked"] == asked


def test_a_side_whose_share_of_the_answers_is_none_says_so(two_questions, tmp_path):
    answers, why = export_answers(two_questions, tmp_path / "t", n_pairs=2)
    assert answers["asked"] == {"train": 2, "test": 0}
    assert why["dpo.test (answer-level)"] == (
        "None is asked for on the test side: its share of the pairs of answers is less than one."
    )


def test_a_study_whose_questions_belong_to_no_context_says_so(make_services, tmp_path):
    def change(study):
        alone = tuple(context.model_copy(update={"question_ids": ()}) for context in study.contexts)
        return study.model_copy(update={"contexts": alone})

    made = export(make_services(change=change), tmp_path / "p", kind=ExportFormat.PROMPTS, split=SplitRule.NONE)
    why = {absence.what: absence.why for absence in made.absent}
    assert why["prompts (answer-level)"] == "No question of the study belongs to a context with votes."
