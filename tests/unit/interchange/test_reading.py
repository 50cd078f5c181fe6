"""Reading studies: three spellings, clear complaints, identities left at the door."""

import json
from datetime import UTC, datetime

import pytest

from domain.errors import DataError
from domain.votes import EdgeAnswer
from storage.interchange import read_study, study_document

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def read(path, slug="small"):
    return read_study(path, slug=slug, clock=lambda: NOW)


@pytest.fixture
def folder(tmp_path):
    """A tiny study in the neutral form."""
    values = [
        {"id": n, "title": f"Value {n}", "summary": "s", "description": "d", "policies": [f"THINGS {n}"]}
        for n in (1, 2)
    ]
    question = {"id": "q", "title": "Q", "question": "What?", "contexts": ["When asked"]}
    cards = [{"id": 9, "title": "Mine", "summary": "", "description": "", "policies": ["SIGNS"], "canonical_id": 1}]
    for name, content in (
        ("values.json", values),
        ("questions.json", [question]),
        ("contexts.json", ["When asked", "When alone"]),
        ("raw_cards.json", cards),
    ):
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
    write_votes(tmp_path, "1,1,2,When asked,wiser,2026-01-01T00:00:00Z")
    (tmp_path / "participants.csv").write_text("participant,party,email\n1,Green,a@b.example\n", "utf-8")
    (tmp_path / "card_impressions.csv").write_text(
        "participant,value_id,question,draw,created_at\n1,1,q,d1,2026-01-01T00:00:00Z\n1,2,q,d1,2026-01-01T00:00:00Z\n"
    )
    (tmp_path / "card_votes.csv").write_text(
        "participant,value_id,question,draw,created_at\n1,2,q,d1,2026-01-01T00:00:10Z\n"
    )
    return tmp_path


def write_votes(folder, *lines, header="participant,src_value_id,wiser_value_id,context,answer,created_at"):
    (folder / "edge_votes.csv").write_text("\n".join((header, *lines)) + "\n", "utf-8")


def test_a_neutral_folder_is_read_whole(folder):
    bundle = read(folder)
    (vote,) = bundle.votes
    assert vote.answer is EdgeAnswer.WISER
    (draw,) = bundle.draws
    assert len(draw.value_ids) == 2
    assert len(draw.chosen_ids) == 1
    assert bundle.placements[0].value_id == bundle.values[0].id
    assert [c.text for c in bundle.contexts] == ["When asked", "When alone"]
    assert bundle.contexts[0].question_ids == (bundle.questions[0].id,)


def test_identities_stay_outside_and_other_columns_become_attributes(folder):
    (person,) = read(folder).participants
    assert person.attributes == {"party": "Green"}
    assert "a@b.example" not in read(folder).model_dump_json()


def test_columns_that_may_tell_who_somebody_is_are_never_read(folder):
    names = ["first_name", "Phone", "prolificId", "home_address", "userId", "ip", "birth_date"]
    cells = ",".join(f"secret{n}" for n in range(len(names)))
    (folder / "participants.csv").write_text(f"participant,age,{','.join(names)}\n1,41,{cells}\n", "utf-8")
    (person,) = read(folder).participants
    assert person.attributes == {"age": "41"}


def test_reading_twice_gives_the_same_values_and_never_the_same_person_ids(folder):
    one, other = read(folder), read(folder)
    assert (one.values, one.contexts, one.questions) == (other.values, other.contexts, other.questions)
    assert not {p.id for p in one.participants} & {p.id for p in other.participants}


def test_two_studies_from_one_folder_share_no_ids(folder):
    assert read(folder, "other").values[0].id != read(folder).values[0].id


def test_the_published_dumps_spelling_is_read(folder):
    (folder / "edge_votes.csv").unlink()
    (folder / "edges.csv").write_text(
        "userId,fromId,toId,contextId,relationship,createdAt\nu,1,2,When asked,upgrade,2026-01-01T00:00:00Z\n"
        "u,2,1,When asked,no_upgrade,2026-01-01T00:00:00Z\nw,2,1,When asked,not_sure,2026-01-01T00:00:00Z\n"
    )
    assert [v.answer for v in read(folder).votes] == [EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE]


def test_type_is_read_like_relationship_and_old_card_fields_like_new_ones(tmp_path):
    value = {
        "title": "T",
        "instructionsShort": "gist",
        "instructionsDetailed": "long",
        "evaluationCriteria": ["THINGS"],
    }
    edge = {"userId": "u", "fromId": 1, "toId": 2, "contextId": "When x", "type": "upgrade", "createdAt": "2026-01-01"}
    path = tmp_path / "dump.json"
    path.write_text(json.dumps({"values": [{"id": 1, **value}, {"id": 2, **value}], "edges": [edge]}))
    bundle = read(path)
    assert bundle.values[0].gist == "gist"
    assert bundle.values[0].description == "long"
    assert bundle.votes[0].answer is EdgeAnswer.WISER


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("1,1,2,When asked,maybe,2026-01-01T00:00:00Z", "answer", "one of"),
        ("1,1,7,When asked,wiser,2026-01-01T00:00:00Z", "wiser_value_id", "no value with this id"),
        ("1,1,1,When asked,wiser,2026-01-01T00:00:00Z", "wiser_value_id", "wiser than itself"),
        ("1,1,2,When aksed,wiser,2026-01-01T00:00:00Z", "context", "not among those of the study"),
        ("1,1,2,When alone,wiser,yesterday", "created_at", "must be a time"),
        (",1,2,When asked,wiser,2026-01-01T00:00:00Z", "participant", "needed"),
        ("1,1,2,When asked", None, "more or fewer cells"),
    ],
)
def test_a_broken_row_is_named_by_file_row_column_and_value(folder, line, column, says):
    write_votes(folder, "1,1,2,When asked,wiser,2026-01-01T00:00:00Z", line)
    with pytest.raises(DataError, match=says) as caught:
        read(folder)
    assert caught.value.file == "edge_votes.csv"
    assert caught.value.row == 2
    assert caught.value.column == column
    assert "Nothing was imported" in str(caught.value)


def test_the_same_vote_twice_is_refused(folder):
    line = "1,1,2,When asked,wiser,2026-01-01T00:00:00Z"
    write_votes(folder, line, line)
    with pytest.raises(DataError, match="voted on this pair in this context before"):
        read(folder)


def test_bom_crlf_and_quoted_line_breaks_are_fine(folder):
    header = "\ufeffparticipant,src_value_id,wiser_value_id,context,answer,created_at\r\n"
    (folder / "contexts.json").write_text('["When\\nasked"]', "utf-8")
    text = header + '1,1,2,"When\r\nasked",wiser,2026-01-01\r\n'
    (folder / "edge_votes.csv").write_bytes(text.encode())
    assert read(folder).votes[0].answer is EdgeAnswer.WISER


@pytest.mark.parametrize("name", ["values.json", "questions.json"])
def test_a_file_that_is_not_json_is_named(folder, name):
    (folder / name).write_text("{not json")
    with pytest.raises(DataError, match="not JSON") as caught:
        read(folder)
    assert caught.value.file == name


def test_a_missing_file_is_named(folder):
    (folder / "values.json").unlink()
    with pytest.raises(DataError, match=r"values\.json: the file is missing"):
        read(folder)


def test_an_empty_vote_file_is_named(folder):
    (folder / "edge_votes.csv").write_text("")
    with pytest.raises(DataError, match="empty"):
        read(folder)


def test_a_graph_of_counts_is_refused_because_votes_cannot_be_made_from_it(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text(json.dumps({"values": [], "edges": [{"counts": {"markedWiser": 3}}]}))
    with pytest.raises(DataError, match="cannot be made from counts"):
        read(path)


def test_a_whole_study_comes_back_as_it_was(folder, tmp_path):
    bundle = read(folder)
    path = tmp_path / "study.json"
    path.write_text(json.dumps(study_document(bundle)))
    assert read(path) == bundle


def test_a_study_under_another_name_has_fresh_ids_and_the_same_words(folder, tmp_path):
    bundle = read(folder)
    path = tmp_path / "study.json"
    path.write_text(json.dumps(study_document(bundle)))
    copy = read(path, "copy")
    assert copy.study.slug == "copy"
    assert not {v.id for v in copy.values} & {v.id for v in bundle.values}
    assert [v.title for v in copy.values] == [v.title for v in bundle.values]
    assert {v.src_id for v in copy.votes} <= {v.id for v in copy.values}


@pytest.mark.parametrize(
    ("part", "change", "says"),
    [
        ("votes", {"src_id": "nowhere"}, "votes/0/src_id: nothing in the file"),
        ("votes", {"study_id": "other"}, "votes/0/study_id: nothing in the file"),
        ("draws", {"value_ids": ["nowhere"]}, "draws/0/value_ids: nothing in the file"),
        ("values", {"number": 2}, "values/1/number: this is there twice"),
    ],
)
def test_a_study_file_whose_parts_do_not_fit_is_refused(folder, tmp_path, part, change, says):
    document = study_document(read(folder))
    document["study"][part][0] |= change
    path = tmp_path / "study.json"
    path.write_text(json.dumps(document))
    with pytest.raises(DataError, match=says):
        read(path)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [(((0, 1), (1, 0)), "in a circle"), (((0, 0),), "in a circle"), (((0, 1), (0, 1)), "merged already")],
)
def test_merges_that_lead_nowhere_are_refused(folder, tmp_path, pairs, says):
    document = study_document(read(folder))
    ids = [value["id"] for value in document["study"]["values"]]
    document["study"]["merges"] = [
        {"id": f"m{n}", "study_id": document["study"]["study"]["id"], "value_id": ids[a], "into_id": ids[b],
         "author": "staff:x", "reason": "", "created_at": NOW.isoformat()}
        for n, (a, b) in enumerate(pairs)
    ]  # fmt: skip
    path = tmp_path / "study.json"
    path.write_text(json.dumps(document))
    with pytest.raises(DataError, match=says):
        read(path)


def test_a_study_file_of_another_release_is_refused_by_its_format(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(json.dumps({"format": "moral-graph-explorer/study@9", "study": {}}))
    with pytest.raises(DataError, match="written by another release"):
        read(path)


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("values.json", {"id": "1.5"}, "whole number"),
        ("values.json", {"id": 2}, "used before"),
        ("values.json", {"id": 0}, "greater than or equal to 1"),
        ("values.json", {"title": ["T"]}, "one text or number"),
        ("values.json", {"title": "\u0000"}, "needed and empty"),
        ("values.json", {"policies": "THINGS"}, "list of texts"),
        ("values.json", {"policies": [1]}, "list of texts"),
        ("values.json", {"created_at": "soon"}, "must be a time"),
        ("questions.json", {"id": "Two Words"}, "match pattern"),
        ("questions.json", {"contexts": ["x" * 301]}, "at most 300"),
        ("questions.json", {"contexts": [""]}, "at least 1"),
        ("raw_cards.json", {"canonical_id": 77}, "no value with this id"),
        ("raw_cards.json", {"policies": []}, "at least 1 item"),
    ],
)
def test_a_broken_object_is_named_by_file_and_row(folder, name, change, says):
    path = folder / name
    content = json.loads(path.read_text("utf-8"))
    content[0] |= change
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(DataError, match=says) as caught:
        read(folder)
    assert caught.value.file == name
    assert caught.value.row in {1, 2}


@pytest.mark.parametrize("name", ["raw_cards.json", "questions.json"])
def test_an_id_used_twice_is_refused(folder, name):
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) * 2), "utf-8")
    with pytest.raises(DataError, match="used before") as caught:
        read(folder)
    assert (caught.value.file, caught.value.row) == (name, 2)


def test_a_column_named_twice_is_refused(folder):
    (folder / "participants.csv").write_text("participant,party,party\n1,Green,Blue\n")
    with pytest.raises(DataError, match="names this column twice"):
        read(folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"participant\n" + b"a" * 1_000_001, "not CSV"), (b"participant\n\xff", "not UTF-8"), (b"", "empty")],
    ids=["one endless cell", "another encoding", "nothing"],
)
def test_a_file_that_is_no_table_is_named(folder, content, says):
    (folder / "participants.csv").write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        read(folder)
    assert caught.value.file == "participants.csv"


def test_a_vote_whose_words_name_counts_is_still_a_vote(tmp_path):
    value = {"title": "T", "instructionsShort": "", "evaluationCriteria": ["THINGS"]}
    edge = {"userId": "u", "fromId": 1, "toId": 2, "contextId": "When it counts", "type": "upgrade"}
    path = tmp_path / "dump.json"
    dump = {"values": [{"id": 1, **value}, {"id": 2, **value}], "edges": [edge | {"createdAt": "2026-01-01"}]}
    path.write_text(json.dumps(dump))
    assert read(path).contexts[0].text == "When it counts"


def test_draws_in_the_published_spelling_are_read(tmp_path):
    value = {"title": "T", "instructionsShort": "", "evaluationCriteria": ["THINGS"]}
    shown = [
        {"userId": "u", "valuesCardId": n, "caseId": "q", "drawId": "d", "createdAt": "2026-01-01"} for n in (1, 2)
    ]
    dump = {
        "questions": [{"id": "q", "title": "Q", "question": "What?"}],
        "contexts": [{"id": "When asked"}, "When alone"],
        "values": [{"id": 1, **value}, {"id": 2, **value}],
        "impressions": shown,
        "votes": shown[1:],
    }
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dump))
    bundle = read(path)
    (draw,) = bundle.draws
    assert draw.value_ids == tuple(v.id for v in bundle.values)
    assert draw.chosen_ids == (bundle.values[1].id,)
    assert [c.text for c in bundle.contexts] == ["When asked", "When alone"]


def test_no_id_is_made_from_a_persons_key(folder):
    one, other = read(folder), read(folder)
    assert one.draws[0].id != other.draws[0].id
    assert one.votes[0].id != other.votes[0].id


def test_a_broken_study_file_is_named_by_its_place(folder, tmp_path):
    document = study_document(read(folder))
    document["study"]["votes"][0]["answer"] = "maybe"
    path = tmp_path / "study.json"
    path.write_text(json.dumps(document))
    with pytest.raises(DataError, match="votes/0/answer"):
        read(path)


def test_a_slug_that_cannot_stand_in_an_address_is_refused(folder):
    with pytest.raises(DataError, match="lower-case letters"):
        read(folder, "Two Words")
