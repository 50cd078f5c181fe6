"""The exported graph: its schema, its numbers, its votes without identity, its file."""

import json
import tracemalloc
from datetime import UTC, datetime

import jsonschema
import numpy as np
import pytest

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, Thresholds, VoteRow
from domain.people import Source
from domain.studies import Context, Question, Study
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.vote_columns import vote_columns
from storage.interchange import (
    ExportMeta,
    export_document,
    export_schema,
    validate_export,
    votes_without_identity,
    with_votes,
    write_json,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STUDY = Study(id="s", slug="small", title="Small", created_at=NOW)
QUESTION = Question(id="q", study_id="s", slug="a-question", title="Q", text="What?")
CONTEXTS = (
    Context(id="c", study_id="s", text="When asked", question_ids=("q",)),
    Context(id="d", study_id="s", text="x"),
)
META = ExportMeta(NOW, "1.0", 3, "ab", {"articulate@1": "cd"})
ROWS = [
    VoteRow("panel-7", "a", "b", "When asked", EdgeAnswer.WISER),
    VoteRow("panel-7", "c", "b", "When asked", EdgeAnswer.NOT_SURE),
    VoteRow("panel-9", "a", "b", "When asked", EdgeAnswer.WISER),
]


def build(rows=ROWS, **query):
    values = [
        CanonicalValue(
            id=key, study_id="s", number=n, title=key, gist="g", policies=("THINGS",), source=Source.SEED,
            created_at=NOW, updated_at=NOW,
        )
        for n, key in enumerate("abc", 10)
    ]  # fmt: skip
    return build_graph(
        GraphQuery(study_id="s", **query),
        values=values,
        rows=rows,
        roots={},
        n_cards={"a": 2},
        n_choices={"a": 3},
        n_impressions={"a": 5},
    )


def document(graph=None):
    return export_document(graph or build(), study=STUDY, questions=[QUESTION], contexts=CONTEXTS, meta=META)


def test_the_schema_is_a_schema_and_the_document_follows_it():
    jsonschema.Draft202012Validator.check_schema(export_schema())
    validate_export(document())


def test_a_study_without_votes_gives_an_empty_graph_that_follows_the_schema():
    empty = document(build(rows=[]))
    validate_export(empty)
    assert empty["values"] == empty["edges"] == empty["allValues"] == empty["allEdges"] == []


@pytest.mark.parametrize(("place", "key"), [(("values", 0), "email"), (("edges", 0), "who"), (("meta",), "host")])
def test_a_key_that_the_schema_does_not_name_is_refused(place, key):
    changed = json.loads(json.dumps(document()))
    inner = changed
    for step in place:
        inner = inner[step]
    inner[key] = "x"
    with pytest.raises(jsonschema.ValidationError, match=key):
        validate_export(changed)


def test_values_and_edges_hold_the_kept_part_and_the_rest_stands_apart():
    made = document()
    assert [v["id"] for v in made["values"]] == [10, 11]
    assert [v["id"] for v in made["allValues"]] == [10, 11, 12]
    assert [(e["sourceValueId"], e["isKept"]) for e in made["allEdges"]] == [(10, True), (12, False)]


def test_ticks_and_showings_are_exported_and_absent_numbers_are_null():
    by_id = {v["id"]: v for v in document()["allValues"]}
    assert (by_id[10]["votes"], by_id[10]["impressions"], by_id[10]["rawCards"]) == (3, 5, 2)
    assert by_id[10]["wisdom"] == 0
    assert by_id[12]["wisdom"] is None
    assert by_id[12]["pageRank"] is None


def test_both_spellings_of_the_card_fields_say_the_same():
    value = document()["values"][0]
    assert value["policies"] == value["evaluationCriteria"] == ["THINGS"]
    assert value["description"] == value["instructionsShort"] == "g"


def test_filters_and_thresholds_stand_in_the_file():
    graph = build(question_ids=("q",), context_ids=("c",), until=NOW, thresholds=Thresholds(min_wiser=1))
    meta = document(graph)["meta"]
    assert meta["filters"]["questions"] == ["a-question"]
    assert meta["filters"]["contexts"] == ["When asked"]
    assert meta["filters"]["until"] == "2026-11-23T00:00:00.000Z"
    assert meta["thresholds"]["minWiser"] == 1


def votes_of(seed):
    graph = build()
    made = with_votes(document(graph), graph, vote_columns(ROWS), rng=np.random.default_rng(seed))
    validate_export(made)
    return made


def test_votes_carry_no_identity_and_add_up_to_the_counts():
    made = votes_of(1)
    assert "panel" not in json.dumps(made)
    wiser = [v for v in made["votes"] if (v["sourceValueId"], v["wiserValueId"], v["answer"]) == (10, 11, "wiser")]
    assert len(wiser) == made["edges"][0]["counts"]["markedWiser"] == 2
    assert {v["person"] for v in made["votes"]} == {1, 2}


def test_a_walk_over_the_votes_gives_the_same_each_time_and_holds_few_of_the_rows():
    graph = build()
    many = vote_columns(row._replace(person_id=f"p{n}") for n in range(20_000) for row in ROWS[:2])
    walk = votes_without_identity(graph, many, rng=np.random.default_rng(1))
    assert list(walk()) == with_votes({}, graph, many, rng=np.random.default_rng(1))["votes"]
    tracemalloc.start()
    assert sum(1 for _ in walk()) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


def test_people_bear_other_numbers_in_another_file():
    busiest = {max(v["person"] for v in votes_of(s)["votes"] if v["sourceValueId"] == 12) for s in range(20)}
    assert busiest == {1, 2}


def test_a_file_is_there_whole_or_as_it_was(tmp_path):
    path = tmp_path / "deep" / "graph.json"
    write_json(path, {"a": "ü"})
    with pytest.raises(ValueError, match="Out of range"):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text("utf-8")) == {"a": "ü"}
    assert [p.name for p in path.parent.iterdir()] == ["graph.json"]
