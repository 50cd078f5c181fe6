"""No statement whose source asks that nobody trains on it enters a training file, however it came into a study."""

import json
import sqlite3
from contextlib import closing

import pytest

from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from domain.stances import AGREE, CIVICS, DISAGREE, ProbeItem, ProbeOption
from services.untrainable import untrainable_texts

STATEMENT = "Every person should be heard before the board decides."
IN_ENGLISH = "Each town should pay for its own bridges."


@pytest.fixture
def statements(tmp_path):
    folder = tmp_path / "data" / "runs" / "asked"
    folder.mkdir(parents=True)
    options = tuple(ProbeOption(key=key, text=key) for key in (AGREE, DISAGREE))
    items = [
        ProbeItem(id="1", dataset=CIVICS, text=STATEMENT, options=options, is_trainable=False),
        ProbeItem(
            id="2", dataset=CIVICS, text="Her şehir.", translation=IN_ENGLISH, options=options, is_trainable=False
        ),
        ProbeItem(id="3", dataset="own", text="What should I say?", options=options),
    ]
    (folder / "items.jsonl").write_text("".join(f"{item.model_dump_json()}\n" for item in items) + '{"cut', "utf-8")


def written(services, folder):
    order = ExportOrder(query=GraphQuery(study_id="s1"), format=ExportFormat.TRAINING, split=SplitRule.NONE)
    made = services.exporting.run(order, folder)
    texts = [file.read_text("utf-8") for file in sorted(folder.rglob("*")) if file.is_file()]
    return " ".join(texts).casefold(), made.manifest["training"]["leftOutUntrainable"]


def change(folder, table, name, text):
    with closing(sqlite3.connect(folder / "moralgraph.sqlite3")) as rows, rows:
        rows.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = 1", (text,))  # names of this file


def test_the_texts_of_runs_and_their_translations_are_known(statements, tmp_path):
    found = untrainable_texts(tmp_path / "data")
    assert found == {STATEMENT.casefold(), "her şehir.".casefold(), IN_ENGLISH.casefold()}


def test_statements_that_were_asked_leave_the_training_files_as_they_are(make_services, statements, tmp_path):
    text, n_left_out = written(make_services(), tmp_path / "out")
    assert "what should i say?" in text
    assert STATEMENT.casefold() not in text
    assert n_left_out == 0


@pytest.mark.parametrize(("table", "name"), [("question", "text"), ("context", "text"), ("canonical_value", "title")])
def test_a_statement_that_somebody_made_part_of_a_study_stays_out(make_services, statements, tmp_path, table, name):
    services = make_services()
    change(tmp_path / "data", table, name, f"Is it so:  {STATEMENT.upper()} {IN_ENGLISH}")
    text, n_left_out = written(services, tmp_path / "out")
    assert STATEMENT.casefold() not in " ".join(text.split())
    assert IN_ENGLISH.casefold() not in text
    assert n_left_out > 0


@pytest.mark.shared
def test_no_published_statement_enters_a_training_file(make_services, shared_data, tmp_path):
    services = make_services()
    (tmp_path / "data" / "datasets").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data" / "datasets" / "civics").symlink_to(shared_data / "civics")
    rows = json.loads((shared_data / "civics" / "civics_dataset.json").read_text("utf-8"))
    change(tmp_path / "data", "question", "text", rows[0]["Statement"])
    text, n_left_out = written(services, tmp_path / "out")
    plain = " ".join(text.split())
    assert not any(" ".join(row["Statement"].casefold().split()) in plain for row in rows)
    assert n_left_out > 0
