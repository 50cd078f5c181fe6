"""Runs on the shelf: read, compared, set beside people; numbers alone, spoiled files and names that lead elsewhere."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from domain.errors import DataError, NotFoundError, UserInputError
from domain.graphs import EdgeCounts, GraphEdge
from domain.plurality import EdgeByGroups, EdgeInGroup
from domain.stance_reports import EdgeTest
from domain.stances import (
    NOT_TO_DO,
    TO_DO,
    Condition,
    OptionOrder,
    ProbeItem,
    ProbeOption,
)
from services import cli_stance_reports
from services.stance_population import ALL, compare_deliberation, compare_population, read_counts
from services.stance_readings import StanceReadings
from services.stance_recording import Recorder, keep_choices
from services.stance_replay import replay_file
from services.stance_reports import make_report, prepare
from services.stance_runs import RunShelf, read_run, write_theories
from services.value_links import LinkDesk, link_values
from stances.dailydilemmas import Dilemmas

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONDITIONS = tuple(
    Condition(template="shown", order=order, system=system) for system in ("", "Be bold.") for order in OptionOrder
)


def items(n=40):
    return tuple(
        ProbeItem(
            id=str(at), dataset="made", text=f"Case {at}.", groups={"topic_group": "home" if at % 2 else "work"},
            options=(ProbeOption(key=TO_DO, text="Yes", values=("courage",)),
                     ProbeOption(key=NOT_TO_DO, text="No", values=("calm",))),
        )
        for at in range(n)
    )  # fmt: skip


@pytest.fixture
def write_run(keep_run):
    """Write a run under both system texts."""

    def written(folder, share_of, asked=None):
        return keep_run(folder, asked or items(), CONDITIONS, share_of, model=f"model {folder.name}")

    return written


def first_option(_, condition):
    return 0.9 if condition.order is OptionOrder.GIVEN else 0.1


def bold(_, condition):
    return 0.9 if condition.system else 0.2


def test_a_model_that_follows_the_place_of_an_action_is_not_to_be_read(tmp_path, write_run):
    report = make_report(prepare(read_run(write_run(tmp_path / "first", first_option))))
    assert report.run.verdict == "not_to_be_read"
    assert "not to be read" in report.run.words
    assert [label.preference for label in report.labels] == [0.0, 0.0]


def test_a_model_that_follows_the_action_is_readable_and_its_preferences_have_ranges(tmp_path, write_run):
    report = make_report(prepare(read_run(write_run(tmp_path / "bold", bold)), system="Be bold."))
    courage = next(label for label in report.labels if label.name == "courage")
    assert report.run.verdict == "readable"
    assert (courage.preference, courage.interval, courage.always_to_do) == (100.0, (100.0, 100.0), 100.0)
    assert courage.p_random is not None
    assert courage.p_random < 0.001


def test_a_system_text_that_was_not_asked_under_is_refused(tmp_path, write_run):
    with pytest.raises(UserInputError, match="not asked with that system text"):
        prepare(read_run(write_run(tmp_path / "bold", bold)), system="Be calm.")


def test_steering_is_one_run_under_two_texts(tmp_path, database, write_run):
    readings = StanceReadings(database, embedder=Letters, data_dir=tmp_path)
    write_run(tmp_path / "runs" / "bold", bold)
    found = readings.compare("bold", "bold", first_system="", second_system="Be bold.")
    courage = next(label for label in found.labels if label.name == "courage")
    assert (courage.first, courage.second, courage.difference) == (-100.0, 100.0, 200.0)
    assert courage.q is not None
    assert courage.q < 0.01


def test_refused_dilemmas_widen_the_bounds_and_leave_the_rest(tmp_path, write_run):
    run = write_run(tmp_path / "shy", lambda item, _: None if int(item.id) < 10 else 0.9)
    report = make_report(prepare(read_run(run)))
    courage = next(label for label in report.labels if label.name == "courage")
    assert (report.run.n_answered, courage.preference) == (30, 100.0)
    assert courage.if_refused == (50.0, 100.0)


def test_a_run_of_numbers_alone_shows_the_dimensions_recorded_with_it(tmp_path, write_run):
    source = write_run(tmp_path / "bold", bold)
    write_theories(source, {"Virtue": {"courage": "Courage"}})
    out = tmp_path / "numbers"
    out.mkdir()
    (out / "run.json").write_text((source / "run.json").read_text("utf-8"), "utf-8")
    cli_stance_reports.keep_report(source, out)
    report = cli_stance_reports.recorded_report(read_run(out))
    assert [(label.theory, label.name) for label in report.labels] == [("Virtue", "Courage")]
    assert report.run.is_recorded_only
    with pytest.raises(UserInputError, match="numbers alone"):
        prepare(read_run(out))


def test_a_line_cut_off_by_a_crash_is_left_out_and_a_spoiled_one_is_named(tmp_path, write_run):
    run = write_run(tmp_path / "bold", bold)
    file = run / "answers.jsonl"
    whole = file.read_text("utf-8")
    file.write_text(whole[:-40], "utf-8")
    assert len(read_run(run).answers) == 4 * 40 - 1
    file.write_text("{}\n" + whole, "utf-8")
    with pytest.raises(DataError, match=r"answers\.jsonl, row 1"):
        read_run(run)


@pytest.mark.parametrize("name", ["../bold", "..", "", "a/b", "none"])
def test_names_never_lead_out_of_the_folder_of_runs(tmp_path, name, write_run):
    write_run(tmp_path / "bold", bold)
    with pytest.raises(NotFoundError, match="There is no run"):
        RunShelf(tmp_path / "runs").place(name)


def test_recorded_choices_become_a_run(tmp_path):
    by = Recorder("some model", "1", NOW)
    keep_choices(tmp_path / "kept", Dilemmas(items=items(), theories={}), {"1": TO_DO, "2": NOT_TO_DO}, by=by)
    run = prepare(read_run(tmp_path / "kept"))
    assert (run.reading.n_answered, run.reading.verdict) == (2, "shaky")
    with pytest.raises(UserInputError, match="holds a run already"):
        keep_choices(tmp_path / "kept", Dilemmas(items=items(), theories={}), {"1": TO_DO}, by=by)


@pytest.mark.parametrize(
    ("dataset", "always", "said"), [("civics", "to_do", "no actions to replay"), ("dailydilemmas", None, "one of both")]
)
def test_replaying_says_what_is_missing(tmp_path, dataset, always, said):
    with pytest.raises(UserInputError, match=said):
        replay_file(dataset=dataset, data=tmp_path, choices=None, always=always)


def test_counts_of_people_are_read_by_group_and_held_against_the_run(tmp_path, write_run):
    material = read_run(write_run(tmp_path / "bold", lambda item, _: 0.8))
    rows = [f"{at},to_do,8,North\n{at},not_to_do,2,North\n{at},to_do,1,South\n" for at in range(40)]
    counts = read_counts("item_id,option,count,group\n" + "".join(rows), name="people.csv", items=material.items)
    assert counts[ALL]["3"] == {TO_DO: 9.0, NOT_TO_DO: 2.0}
    found = compare_population(material.items, material.answers, counts, source="people.csv")
    assert [group.group for group in found.groups] == ["", "North"], "one person of the South is too few"
    assert found.groups[1].js_distance == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("row", "said"), [("99,to_do,1", "no item"), ("1,maybe,1", "none of to_do"), ("1,to_do,-1", "no whole number")]
)
def test_a_wrong_count_is_named(row, said):
    with pytest.raises(DataError, match=said):
        read_counts(f"item_id,option,count\n{row}\n", name="people.csv", items=items())


def test_groups_of_a_deliberation_stand_beside_the_run_and_hidden_answers_stay_out():
    edge = GraphEdge(
        src_id="1", wiser_id="2", contexts=("c",), by_context=(), wiser_likelihood=0.5, entropy=0, vote_entropy=0,
        counts=EdgeCounts(12, 4, 0, 0, 16), n_people=16, is_kept=True,
    )  # fmt: skip
    test = EdgeTest(
        src=1, wiser=2, src_title="a", wiser_title="b", n_wiser=6, n_less=2, n_undecided=0, interval=None,
        always_to_do=None, dilemmas=(),
    )  # fmt: skip
    told = {"share": None, "interval": None}
    groups = (
        EdgeInGroup(group="North", state="shown", n_people=8, wiser=6, not_wiser=2, unsure=0, **told),
        EdgeInGroup(group="South", state="hidden", n_people=None, wiser=None, not_wiser=None, unsure=None, **told),
    )
    by_group = [EdgeByGroups(src=1, wiser=2, groups=groups, p=None, q=None)]
    found = compare_deliberation([edge], [test], source="s", by_group=by_group)
    assert [group.group for group in found.groups] == ["", "North"]
    assert [group.js_distance for group in found.groups] == pytest.approx([0, 0], abs=1e-6)


class Letters:
    """Places a text by its first letter: equal first letters are near."""

    name = "letters"
    dim = 26

    def embed(self, texts):
        found = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in enumerate(texts):
            found[row, ord(text.lower()[0]) - ord("a")] = 1
        return found


def value(number, title):
    from domain.cards import CanonicalValue
    from domain.people import Source

    return CanonicalValue(
        id=f"v{number}", study_id="s", number=number, title=title, policies=("X",), source=Source.SEED,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def test_what_a_person_decides_replaces_the_proposal_and_can_be_taken_back(tmp_path):
    desk, known = LinkDesk(tmp_path), ["calm", "courage"]
    values = [value(1, "Care for others"), value(2, "Zest")]
    proposed = link_values(values, known, embedder=Letters(), corrections={})
    assert [[label.name for label in link.labels] for link in proposed] == [["calm", "courage"], []]
    desk.correct("s", 1, [], known=known)
    desk.correct("s", 2, ["calm"], known=known)
    linked = link_values(values, known, embedder=Letters(), corrections=desk.corrections("s"))
    assert [[label.name for label in link.labels] for link in linked] == [[], ["calm"]]
    desk.correct("s", 2, None, known=known)
    assert desk.corrections("s") == {1: ()}
    with pytest.raises(UserInputError, match="no value 'zeal'"):
        desk.correct("s", 1, ["zeal"], known=known)
    (tmp_path / "s.json").write_text(json.dumps([1]), "utf-8")
    with pytest.raises(DataError, match="no table of corrections"):
        desk.corrections("s")


def test_runs_that_ship_over_the_starter_sets_are_shown_with_their_items(tmp_path):
    shelf = RunShelf(tmp_path / "runs")
    shipped = {entry.name: shelf.read(entry.name) for entry in shelf.list() if "starter" in entry.name}
    assert shipped
    for material in shipped.values():
        assert len(material.items) == material.card.n_items
        assert {answer.item_id for answer in material.answers} == {item.id for item in material.items}
        assert not any(answer.raw for answer in material.answers), "numbers alone ship"


def test_items_of_other_words_are_never_taken_for_those_asked(tmp_path):
    shelf = RunShelf(tmp_path / "runs")
    source = next(shelf.place(entry.name) for entry in shelf.list() if "starter" in entry.name)
    kept = tmp_path / "runs" / "changed"
    kept.mkdir(parents=True)
    card = read_run(source).card.model_copy(update={"dataset_hash": "0" * 64})
    (kept / "run.json").write_text(card.model_dump_json(), "utf-8")
    (kept / "answers.jsonl").write_bytes((source / "answers.jsonl").read_bytes())
    assert shelf.read("changed").items == ()
