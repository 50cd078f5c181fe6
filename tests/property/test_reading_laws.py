"""Whatever a file holds, reading it gives a study that fits together or a complaint about the file: nothing else."""

import csv
import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DataError
from storage import Act, Database
from storage.interchange import read_study, study_document

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VALUES = [{"id": n, "title": f"Value {n}", "policies": ["THINGS"]} for n in (1, 2)]
VOTE_COLUMNS = ("participant", "src_value_id", "wiser_value_id", "context", "answer", "created_at")
VOTE = dict(zip(VOTE_COLUMNS, ("1", "1", "2", "When asked", "wiser", "2026-01-01T00:00:00Z"), strict=True))
STUDY = {
    "questions": [{"id": "q", "title": "Q", "question": "What?", "contexts": ["When asked"]}],
    "values": VALUES,
    "cards": [{"id": 9, "title": "Mine", "policies": ["SIGNS"], "canonical_id": 1, "participant": "1"}],
    "impressions": [{"participant": "1", "value_id": 1, "question": "q", "draw": "d", "created_at": "2026-01-01"}],
    "votes": [{"participant": "1", "value_id": 1, "question": "q", "draw": "d", "created_at": "2026-01-01"}],
    "edges": [VOTE],
}

texts = st.text(max_size=12) | st.sampled_from(["\ud800", "\x00", "1", "-1", "9" * 30, "2026-13-01", "When asked", "٣"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def read_or_complain(path):
    """Return the study, or None after a complaint; whatever is read can be saved and fits together."""
    try:
        bundle = read_study(path, slug="some", clock=lambda: NOW)
    except DataError:
        return None
    database = Database.open("sqlite://")
    act = Act("c", bundle.study.id, "import", "study.imported", NOW)
    assert database.write(act, lambda store: store.bundles.save(bundle))
    database.close()
    return bundle


def test_the_study_that_is_spoiled_below_is_itself_in_order(tmp_path):
    (tmp_path / "dump.json").write_text(json.dumps(STUDY))
    assert read_or_complain(tmp_path / "dump.json") is not None


@settings(max_examples=150)
@given(data=st.data())
def test_one_strange_cell_is_read_or_named(tmp_path_factory, data):
    part = data.draw(st.sampled_from(sorted(STUDY)))
    column = data.draw(st.sampled_from(sorted(STUDY[part][0])))
    spoiled = json.loads(json.dumps(STUDY))
    spoiled[part][0][column] = data.draw(json_values)
    path = tmp_path_factory.mktemp("dump") / "dump.json"
    path.write_text(json.dumps(spoiled), "utf-8")
    read_or_complain(path)


@settings(max_examples=60)
@given(part=st.sampled_from(sorted(STUDY)), content=json_values)
def test_one_strange_part_is_read_or_named(tmp_path_factory, part, content):
    path = tmp_path_factory.mktemp("dump") / "dump.json"
    path.write_text(json.dumps(STUDY | {part: content}), "utf-8")
    read_or_complain(path)


@settings(max_examples=60)
@given(content=json_values)
def test_any_json_at_all_is_read_or_named(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.json"
    path.write_text(json.dumps(content), "utf-8")
    read_or_complain(path)


@settings(max_examples=80)
@given(column=st.sampled_from(VOTE_COLUMNS), cell=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_one_strange_cell_of_a_table_is_read_or_named(tmp_path_factory, column, cell):
    folder = tmp_path_factory.mktemp("folder")
    (folder / "values.json").write_text(json.dumps(VALUES), "utf-8")
    with (folder / "edge_votes.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, VOTE_COLUMNS)
        writer.writeheader()
        writer.writerow(VOTE | {column: cell})
    read_or_complain(folder)


@settings(max_examples=80)
@given(data=st.data())
def test_one_strange_field_of_our_own_study_file_is_read_or_named(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("own")
    (folder / "dump.json").write_text(json.dumps(STUDY))
    document = study_document(read_study(folder / "dump.json", slug="some", clock=lambda: NOW))
    part = data.draw(st.sampled_from([name for name, things in document["study"].items() if things]))
    things = document["study"][part]
    thing = things[0] if isinstance(things, list) else things
    thing[data.draw(st.sampled_from(sorted(thing)))] = data.draw(json_values)
    (folder / "study.json").write_text(json.dumps(document), "utf-8")
    read_or_complain(folder / "study.json")
