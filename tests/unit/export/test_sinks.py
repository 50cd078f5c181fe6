"""Files that are there whole or not at all, and what would run in a spreadsheet."""

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from domain.errors import UserInputError
from domain.exports import ExportFormat, Side
from storage.interchange.flat_tables import Table, spreadsheet_cell, write_csv_and_jsonl, write_parquet
from storage.interchange.sinks import building, encoded, json_lines, pack, place_files, place_folder, row_id
from storage.interchange.training import Example
from storage.interchange.training.files import TrainingFiles, name_in_folder


def build(out, files):
    with building(out) as work:
        folder = work / "export"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        place_folder(folder, out)


def test_a_folder_takes_the_place_of_an_earlier_export_whole(tmp_path):
    out = tmp_path / "deep" / "export"
    build(out, {"manifest.json": "1", "old": "x"})
    build(out, {"manifest.json": "2"})
    assert {p.name: p.read_text() for p in out.iterdir()} == {"manifest.json": "2"}
    assert [p.name for p in out.parent.iterdir()] == ["export"]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path):
    out = tmp_path / "export"
    build(out, {"manifest.json": "1"})

    def fail_half_way():
        with building(out) as work:
            (work / "half").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert [p.name for p in tmp_path.iterdir()] == ["export"]
    assert (out / "manifest.json").read_text() == "1"


def test_a_folder_of_someone_elses_is_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(UserInputError, match="not an earlier export"):
        build(tmp_path / "mine", {"manifest.json": "1"})
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("dear")
    with pytest.raises(UserInputError, match="is a file"):
        build(tmp_path / "notes.txt", {"manifest.json": "1"})
    assert (tmp_path / "notes.txt").read_text() == "dear"


def test_files_placed_before_a_failure_go_again(tmp_path):
    (tmp_path / "one.part").write_text("1")
    with pytest.raises(FileNotFoundError):
        place_files({tmp_path / "one.part": tmp_path / "one", tmp_path / "gone.part": tmp_path / "two"})
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def three_places(tmp_path):
    """Two files that stand there, one that is stale, and two built ones to take the place of the first two."""
    for name in ("one", "two", "stale"):
        (tmp_path / name).write_text("old")
    for name in ("one", "two"):
        (tmp_path / f"{name}.part").write_text("new")
    return {tmp_path / f"{name}.part": tmp_path / name for name in ("one", "two")}


def test_files_take_the_place_of_earlier_ones_and_stale_ones_go(three_places, tmp_path):
    place_files(three_places, stale=[tmp_path / "stale", tmp_path / "never there"])
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"one": "new", "two": "new"}


@pytest.mark.parametrize("failing", ["one.part", "two.part", "two", "stale"])
def test_a_rename_that_fails_leaves_every_earlier_file_as_it_was(failing, three_places, tmp_path, monkeypatch):
    rename = Path.replace

    def replace(self, target):
        if self.name == failing and self.parent == tmp_path:
            raise PermissionError
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PermissionError):
        place_files(three_places, stale=[tmp_path / "stale"])
    there = {p.name: p.read_text() for p in tmp_path.iterdir() if p.suffix != ".part"}
    assert there == {"one": "old", "two": "old", "stale": "old"}
    assert not list(tmp_path.glob(".earlier.*"))


def test_the_same_files_give_the_same_archive(tmp_path):
    folder = tmp_path / "f"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "a.txt").write_text("a" * 1000)
    pack(folder, tmp_path / "1.zip")
    (folder / "below" / "a.txt").touch()
    pack(folder, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "1.zip").read("below/a.txt") == b"a" * 1000


def test_a_row_id_can_be_computed_from_the_line_alone(tmp_path):
    with json_lines(tmp_path / "x.jsonl") as lines:
        numbers = [lines.add({"text": "ü\n", "n": n}) for n in range(3)]
        record = lines.record("x.jsonl", "numbers")
    content = (tmp_path / "x.jsonl").read_bytes()
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert (record.bytes, record.rows) == (len(content), 3)
    for number, line in zip(numbers, content.splitlines(), strict=True):
        assert row_id(line) == hashlib.sha256(line).hexdigest()[:32]
        assert json.loads(line)["n"] == number - 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "＝1", "|calc", "%0A", "\ufeff=1"]
)
def test_what_a_spreadsheet_would_run_starts_with_an_apostrophe(text):
    assert spreadsheet_cell(text) == f"'{text}"
    assert spreadsheet_cell([text]) == json.dumps([text], ensure_ascii=False)


@pytest.mark.parametrize("cell", ["a=b", "x", "", "“=”", 3, -0.5])
def test_other_cells_stay_as_they_are(cell):
    assert spreadsheet_cell(cell) == cell


def peak_bytes(write, n_rows, path):
    columns = {"n": "whole", "word": "text"}
    table = Table("t", "words", columns, lambda: ({"n": n, "word": f"{n}" * 20} for n in range(n_rows)))
    tracemalloc.start()
    assert write(path, table) == n_rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def write_csv(path, table):
    return write_csv_and_jsonl(path, path.with_suffix(".jsonl"), table)


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_memory_does_not_grow_with_the_rows(write, tmp_path):
    write(tmp_path / "warm", Table("t", "warm", {"n": "whole"}, lambda: iter([{"n": 1}])))
    few, many = peak_bytes(write, 5_000, tmp_path / "few"), peak_bytes(write, 50_000, tmp_path / "many")
    assert many < 1.5 * few + 200_000


def test_csv_is_read_back_with_quotes_commas_and_line_breaks(tmp_path):
    words = ['say "so", please', "two\nlines", "💛", "=cmd"]
    table = Table("t", "words", {"n": "whole", "word": "text"}, lambda: iter([{"n": -1, "word": w} for w in words]))
    assert write_csv(tmp_path / "t.csv", table) == 4
    text = (tmp_path / "t.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [r["word"] for r in rows] == [*words[:3], "'=cmd"]
    assert {r["n"] for r in rows} == {"-1"}


def test_the_sidecar_tells_of_each_row_what_is_known_of_it_also_where_rows_share_it(tmp_path):
    shared, other = {"level": "value", "context": "ü, when"}, {"level": "value", "context": "else"}
    known = [shared, shared, other, shared, {}]
    with TrainingFiles(tmp_path, name=name_in_folder, sidecar="p.jsonl", canary='a "canary"', cards={}) as files:
        for n, provenance in enumerate(known):
            files.add(Example(ExportFormat.DPO, encoded({"n": n}), provenance), Side.TRAIN)
    told = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text("utf-8").splitlines()]
    rows = {
        f"{folder}dpo.train.jsonl": (tmp_path / folder / "dpo.train.jsonl").read_bytes().splitlines()
        for folder in ("values/", "")
    }
    about = {"use": "dpo", "side": "train", "consentScope": "training", "canary": 'a "canary"'}
    for provenance, line in zip(known, told, strict=True):
        row = rows[line["file"]][line["line"] - 1]
        place = {"row_id": hashlib.sha256(row).hexdigest()[:32], "file": line["file"], "line": line["line"]}
        assert line == {**place, **about, **provenance}
    assert [line["line"] for line in told] == [1, 2, 3, 4, 1]
