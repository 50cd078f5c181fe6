"""The published study by party: what the groups show, and that they show it the same after every import."""

import json

import pytest

from domain.graphs import GraphQuery
from services.analysis_groups import GroupAnalyses
from services.cli import main
from storage import Database

pytestmark = pytest.mark.shared


def analysis(folder, shared_data, monkeypatch):
    url = f"sqlite:///{folder / 'study.db'}"
    monkeypatch.setenv("MORALGRAPH_DATABASE_URL", url)
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(folder))
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    database = Database.open(url)
    with database.read() as store:
        study = store.studies.by_slug("mge")
    found = GroupAnalyses(database).analyse(GraphQuery(study_id=study.id), attribute="party")
    database.close()
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory, shared_data):
    with pytest.MonkeyPatch.context() as patch:
        yield analysis(tmp_path_factory.mktemp("first"), shared_data, patch)


def test_party_sizes_are_those_of_the_file(found):
    assert [(s.name, s.n_people, s.n_votes) for s in found.groups.sizes] == [
        ("Democrat", 87, 264),
        ("Independent", 130, 387),
        ("Republican", 80, 238),
    ]
    assert (found.run.n_people, found.run.n_not_given, found.run.n_votes, found.run.n_voters) == (511, 214, 1529, 503)


def test_party_is_not_the_fault_line_on_what_is_wiser(found):
    section = found.groups.disagreement
    assert section.excess == pytest.approx(-0.0067, abs=5e-4)
    assert section.interval[0] < 0 < section.interval[1]
    assert section.interval[1] < 0.03
    assert section.p > 0.4
    assert (section.n_items, section.n_people) == (17, 257), "items on which two parties have five people"
    assert section.words == "no difference shown at this size"
    assert all(abs(row.excess) < 0.012 for row in section.without_context)
    assert abs(section.decided_excess) < 0.01


def test_no_edge_is_answered_differently_by_party_after_correction(found):
    tested = [edge for edge in found.groups.edges if edge.p is not None]
    assert (len(found.groups.edges), len(tested)) == (128, 17)
    assert min(edge.q for edge in tested) > 0.3


def test_no_cell_of_one_to_four_people_is_anywhere_in_what_is_shown(found):
    def cells(node):
        if isinstance(node, dict):
            if node.get("state") in {"shown", "hidden"}:
                yield node
            for below in node.values():
                yield from cells(below)
        elif isinstance(node, list):
            for below in node:
                yield from cells(below)

    shown = list(cells(json.loads(found.model_dump_json())))
    assert len(shown) > 400
    assert not [cell for cell in shown if cell["n_people"] is not None and 0 < cell["n_people"] < 5]
    hidden = [cell for cell in shown if cell["state"] == "hidden"]
    numbers = {"n_people", "n_yes", "n_votes", "wiser", "not_wiser", "unsure", "share", "value", "interval"}
    assert {cell[name] for cell in hidden for name in numbers & set(cell)} == {None}


def test_a_pair_of_three_votes_shows_no_party_not_even_those_of_which_nobody_voted(found):
    (edge,) = [edge for edge in found.groups.edges if (edge.src, edge.wiser) == (282, 295)]
    assert {group.state for group in edge.groups} == {"hidden"}


def test_three_votes_a_person_are_too_few_for_opinion_groups_and_it_is_said(found):
    opinion = found.groups.opinion
    assert (opinion.n_people, opinion.n_missing, opinion.min_answers) == (4, 16, 7)


def test_few_edges_are_upheld_across_camps_and_two_by_every_party_shown(found):
    section = found.bridging
    assert (len(section.edges), len(section.values)) == (131, 80)
    assert 4 <= section.n_upheld_edges <= 9
    compared = [row for row in section.edges if row.lowest_group is not None]
    assert (len(compared), sum(row.lowest_group.is_upheld for row in compared)) == (17, 2)
    assert "too little to settle the sides" in section.words


def test_republicans_were_unsure_half_as_often(found):
    row = next(row for row in found.audit.rows if row.measure == "unsure")
    assert [round(group.value, 3) for group in row.groups] == [0.205, 0.194, 0.101]
    assert row.q < 0.05
    assert row.words == "a difference is shown: lowest Republican, highest Democrat"


def test_leaving_out_any_party_changes_no_more_of_the_map_than_chance(found):
    changed = {one.group: one.edges_lost + one.edges_gained for one in found.audit.influence}
    assert changed == {"Democrat": 7, "Independent": 2, "Republican": 8}
    assert {one.words for one in found.audit.influence} == {"no difference shown at this size"}


def test_nothing_moved_between_the_halves_of_the_votes(found):
    over_time = found.over_time
    assert [wave.n_votes for wave in over_time.waves] == [764, 765]
    assert (over_time.n_rose, over_time.n_fell, over_time.n_flipped) == (0, 0, 0)


def test_another_import_of_the_same_files_gives_the_same_numbers(found, tmp_path, shared_data, monkeypatch):
    again = analysis(tmp_path, shared_data, monkeypatch)
    assert again.model_copy(update={"run": found.run}).model_dump_json() == found.model_dump_json()
