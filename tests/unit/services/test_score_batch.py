"""`moralgraph score` keeps every score in its store, and says before the work what would spoil its end."""

import errno
import json
import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from backends.fakes import HashEmbedder
from backends.made_t5 import TINY, write_random_t5
from domain.kaleido import (
    NoValence,
    Quality,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ScoreSource,
    ValueScore,
    Vrd,
    VrdKind,
)
from kaleido.likeness import LikenessScorer
from services.cli import main
from services.score_rows import Pair, read_pairs, score_row
from storage.score_store import FILE

ROOT = Path(__file__).resolve().parents[3]
SITUATION = "A friend asks what I think of her novel."
ROW = {"situation": SITUATION, "vrd": "Value", "text": "Honesty"}
OTHER = {"situation": "A neighbour lends money.", "vrd": "Duty", "text": "To pay back"}
WORDS = ("care", "promise", "money", "friend", "lending", "honest", "winter", "safety")
SECRET_NAME = "llm:openai:small@http://me:pass@10.0.0.5:8000/v1"


@pytest.fixture
def batch(tmp_path, monkeypatch, capsys):
    for name, value in {"DATA_DIR": tmp_path / "d", "EMBEDDER": "hash", "TESTING": "1"}.items():
        monkeypatch.setenv(f"MORALGRAPH_{name}", str(value))
    return Batch(tmp_path, capsys)


class Batch:
    """Runs the command on rows, and reads what it wrote."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.source, self.out, self.store = folder / "pairs.jsonl", folder / "scores.parquet", folder / "d" / FILE
        self.said = ""

    def run(self, *lines: dict | str | bytes, options: tuple[str, ...] = ()) -> int:
        """Run the command."""
        texts = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
        self.source.write_bytes(b"\n".join(text.encode() if isinstance(text, str) else text for text in texts))
        self._capsys.readouterr()
        code = main(["score", "--in", str(self.source), "--out", str(self.out), "--json", *options])
        printed = self._capsys.readouterr()
        self.counts, self.said = json.loads(printed.out or "{}"), printed.err
        return code

    def scored(self, *lines: dict | str, options: tuple[str, ...] = ()) -> int:
        """Run the command and return how many pairs were asked of the scorer."""
        assert self.run(*lines, options=options) == 0, self.said
        return self.counts["scored_now"]

    def rows(self) -> list[dict]:
        """Return the rows of the output."""
        return pq.read_table(self.out).to_pylist()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secret-place") / "tiny"
    folder.mkdir()
    return write_random_t5(folder, TINY, texts=[SITUATION, " ".join(WORDS)], seed=1)


def test_files_and_scorers_that_share_an_output_never_cost_each_other_a_score(batch, checkpoint):
    kaleido = ("--scorer", f"kaleido:{checkpoint}")
    assert batch.scored(ROW, OTHER) == 2
    first = batch.rows()
    assert batch.scored(OTHER, ROW | {"text": "Care"}) == 1
    assert [row["text"] for row in batch.rows()] == ["To pay back", "Care"]
    assert batch.scored(ROW, OTHER, options=kaleido) == 2
    assert {row["scorer"] for row in batch.rows()} == {"kaleido:tiny"}
    assert batch.scored(OTHER, ROW, ROW) == 0
    assert batch.rows() == [first[1], first[0], first[0]]
    assert batch.scored(ROW, options=kaleido) == 0


def test_the_store_holds_no_word_of_a_pair(batch):
    assert batch.scored(ROW) == 1
    assert b"Honesty" not in batch.store.read_bytes()
    assert b"novel" not in batch.store.read_bytes()


def test_an_output_from_another_machine_is_gone_on_with_and_kept_when_it_is_replaced(batch, monkeypatch):
    assert batch.scored(ROW, OTHER) == 2
    before = batch.rows()
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(batch.folder / "elsewhere"))
    assert batch.scored(ROW | {"text": "Care"}) == 1
    assert batch.scored(ROW, OTHER) == 0
    assert batch.rows() == before


def test_valences_of_an_output_from_another_machine_outlive_what_the_store_knew_without_them(
    batch, monkeypatch, checkpoint
):
    kaleido, cut = ("--scorer", f"kaleido:{checkpoint}"), ("--min-relevance", "1")
    monkeypatch.setattr("kaleido.scorer.LONG_LIST", 1)
    assert batch.scored(ROW, OTHER, options=kaleido) == 2
    whole = batch.out.read_bytes()
    before = batch.rows()
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(batch.folder / "elsewhere"))
    batch.out.unlink()
    assert batch.scored(ROW, OTHER, options=(*kaleido, *cut)) == 2
    cut_rows = batch.out.read_bytes()
    assert {row["no_valence"] for row in batch.rows()} == {"below_cut"}
    batch.out.write_bytes(whole)
    assert batch.scored(ROW, options=(*kaleido, *cut)) == 0
    batch.out.write_bytes(cut_rows)  # and what has none takes none away
    assert batch.scored(ROW, OTHER, options=kaleido) == 0
    assert batch.rows() == before


def test_an_output_of_an_older_release_is_gone_on_with_and_spoiled_rows_are_scored_anew(batch, monkeypatch):
    assert batch.scored(ROW, OTHER, OTHER | {"text": "Care"}) == 3
    table = pq.read_table(batch.out).drop_columns(["order_gap", "method"])
    spoiled = table.column("relevance").to_pylist()
    spoiled[1] = 17.0
    place = table.column_names.index("relevance")
    pq.write_table(table.set_column(place, "relevance", [spoiled]), batch.out)
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(batch.folder / "elsewhere"))
    assert batch.scored(ROW, OTHER, OTHER | {"text": "Care"}) == 1


def test_a_stop_before_any_score_leaves_the_output_as_it_was(batch, monkeypatch):
    assert batch.scored(ROW) == 1
    before, embed = batch.out.read_bytes(), LikenessScorer.score

    def interrupted(self, pairs, **options):
        signal.raise_signal(signal.SIGINT)
        return embed(self, pairs, **options)

    monkeypatch.setattr(LikenessScorer, "score", interrupted)
    assert batch.run(OTHER) == 130
    assert batch.out.read_bytes() == before


@pytest.mark.parametrize("seam", ["services.cli_score.read_pairs", "services.cli_score.run_batch"])
def test_an_interrupt_outside_the_scoring_and_a_second_one_end_in_a_sentence_too(batch, monkeypatch, seam):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(seam, interrupted)
    assert batch.run(ROW) == 130
    assert "the same command goes on there" in batch.said


def test_an_input_without_a_row_is_said_and_leaves_the_output_as_it_was(batch):
    assert batch.scored(ROW) == 1
    before = batch.out.read_bytes()
    assert batch.run("", "") == 1
    assert "holds no row to score" in batch.said
    assert batch.run("no json", options=("--skip-bad",)) == 1
    assert "line 1: this is no JSON object" in batch.said
    assert batch.out.read_bytes() == before


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_with_what_the_store_holds(batch, monkeypatch):
    monkeypatch.setenv("MORALGRAPH_EMBEDDER", "hash:0.3")
    rows = [ROW | {"text": f"Care {n}"} for n in range(2000)]
    batch.source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    words = [sys.executable, "-m", "services.cli", "score", "--in", str(batch.source), "--out", str(batch.out)]
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True)
    news = (line for line in process.stderr if " pairs" in line)
    assert int(next(news).split()[0].replace(",", "")) < int(next(news).split()[0].replace(",", "")) < len(rows)
    process.kill()
    process.communicate()
    assert not batch.out.exists()
    assert 0 < batch.scored(*rows) < len(rows)
    assert [row["text"] for row in batch.rows()] == [row["text"] for row in rows]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b'{"situation": "caf\xe9", "vrd": "Value", "text": "Care"}', "line 2: this is no UTF-8 text, from byte 19"),
        (b"\xff\xfe\x00", "line 2: this is no UTF-8 text"),
        (b"[" * 100_000, "line 2: this is nested too deeply"),
        (b'{"a":' * 100_000, "line 2: this is nested too deeply"),
        (b"[]", "line 2: this is no JSON object"),
        (b"7" * 5000, "line 2: "),
    ],
    ids=["latin-1", "utf-16", "lists", "objects", "a list", "a long number"],
)
def test_a_line_that_no_reader_can_take_is_one_bad_row(batch, bad, says):
    assert batch.run(ROW, bad, OTHER) == 1
    assert says in batch.said
    assert not batch.out.exists()
    assert batch.scored(ROW, bad, OTHER, options=("--skip-bad",)) == 2
    assert batch.counts["bad_rows"] == 1
    assert says in batch.said


def test_a_mark_of_byte_order_and_line_ends_of_windows_are_no_bad_rows(batch):
    assert batch.scored("\ufeff" + json.dumps(ROW) + "\r", json.dumps(OTHER) + "\r", " \r") == 2


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing/scores.parquet", "There is no folder"),
        ("folder", "is a folder. Name a file"),
        ("file/scores.parquet", "No file can be made in"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_the_first_pair(batch, monkeypatch, name, says):
    (batch.folder / "folder").mkdir()
    (batch.folder / "file").write_text("my thesis", "utf-8")
    monkeypatch.setattr(HashEmbedder, "embed", lambda *_: pytest.fail("a pair was scored"))
    batch.out = batch.folder / name
    assert batch.run(ROW) == 1
    assert says in batch.said
    assert {one.name for one in batch.folder.iterdir()} == {"d", "file", "folder", "pairs.jsonl"}
    assert not batch.store.exists()


def test_a_disk_that_is_full_at_the_end_costs_no_score(batch, monkeypatch):
    assert batch.scored(ROW) == 1
    before = batch.out.read_bytes()

    def full(table, part):
        Path(part).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.score_output.pq.write_table", full)
        assert batch.run(ROW, OTHER) == 1
    assert "No space left on device. All scores are kept" in batch.said
    assert batch.out.read_bytes() == before
    assert not list(batch.folder.glob("*.part"))
    assert batch.scored(ROW, OTHER) == 0


def cut_between(rows: list[dict], first: int, last: int) -> tuple[float, int]:
    """Return a cut in the widest gap between the rows of these places, by relevance, and how many rows lie below it."""
    found = sorted(row["relevance"] for row in rows)
    place = max(range(first, last), key=lambda place: found[place + 1] - found[place])
    return statistics.mean(found[place : place + 2]), place + 1


def test_a_cut_leaves_valences_out_and_a_run_without_it_brings_them(batch, checkpoint):
    rows = [ROW | {"text": f"{first} {second}"} for first in WORDS for second in WORDS]
    kaleido = ("--scorer", f"kaleido:{checkpoint}")
    assert batch.scored(*rows, options=kaleido) == len(rows) == 64
    whole = batch.rows()
    low, n_low = cut_between(whole, 5, 15)
    cut, n_below = cut_between(whole, 25, 31)
    batch.store.unlink()
    batch.out.unlink()

    assert batch.scored(*rows, options=(*kaleido, "--min-relevance", str(cut))) == 64
    below = [row["no_valence"] for row in batch.rows() if row["relevance"] < cut]
    assert below == [NoValence.BELOW_CUT.value] * n_below
    assert sum(row["supports"] is not None for row in batch.rows()) == 64 - n_below
    # The same cut and a higher one take them as they are; a lower one asks for those that pass it now.
    assert batch.scored(*rows, options=(*kaleido, "--min-relevance", str(cut))) == 0
    assert batch.scored(*rows, options=(*kaleido, "--min-relevance", "1")) == 0
    assert batch.scored(*rows, options=(*kaleido, "--min-relevance", str(low))) == n_below - n_low
    # From another machine comes the output alone: which valences were left out stands in it.
    batch.store.unlink()
    assert batch.scored(*rows, options=kaleido) == n_low
    assert [row["supports"] for row in batch.rows()] == pytest.approx([row["supports"] for row in whole], abs=1e-5)
    assert batch.scored(*rows, options=(*kaleido, "--min-relevance", str(cut))) == 0
    assert all(row["no_valence"] is None for row in batch.rows())


@pytest.mark.parametrize("cut", ["1.5", "-0.1", "nan", "half"])
def test_a_cut_is_a_number_from_0_to_1(batch, cut):
    with pytest.raises(SystemExit) as end:
        batch.run(ROW, options=("--min-relevance", cut))
    assert end.value.code == 2


def test_a_valence_that_failed_is_asked_again_and_a_whole_score_is_not(batch, monkeypatch):
    score = LikenessScorer.score

    def failing(self, pairs, **options):
        found = score(self, pairs, **options)
        return [found[0].model_copy(update={"no_valence": NoValence.FAILED}), *found[1:]]

    with monkeypatch.context() as patch:
        patch.setattr(LikenessScorer, "score", failing)
        assert batch.scored(ROW, OTHER) == 2
    assert batch.scored(ROW, OTHER) == 1
    assert batch.scored(ROW, OTHER) == 0


def test_failures_are_told_and_asked_again(batch, monkeypatch):
    failure = ScoreFailure(reason=ScoreFailureReason.TIMEOUT, detail="No answer from http://me:pass@10.0.0.5/v1.")
    with monkeypatch.context() as patch:
        patch.setattr(LikenessScorer, "score", lambda _self, pairs, **_: [failure] * len(pairs))
        assert batch.run(ROW) == 1
    assert batch.counts["failed"] == 1
    assert [(row["failure"], row["relevance"]) for row in batch.rows()] == [("timeout", None)]
    assert "pass" not in batch.rows()[0]["detail"]
    assert batch.scored(ROW) == 1


def test_a_scorer_at_chance_is_refused_with_its_figure_before_it_is_loaded(batch):
    assert batch.run(ROW, options=("--scorer", "llm:packaged")) == 1
    assert "no better than chance" in batch.said
    assert "relevance AUC 0.41" in batch.said
    assert "--even-at-chance" in batch.said
    assert not batch.out.exists()


def test_a_scorer_at_chance_is_taken_by_choice_with_a_word_of_warning(batch, monkeypatch):
    info = LikenessScorer.info
    measured = (Quality(measure="relevance AUC", figure=0.51, data="made"),)
    told = {"chance": "It is no better than chance.", "quality": measured}
    monkeypatch.setattr(LikenessScorer, "info", lambda self: info(self).model_copy(update=told))
    assert batch.run(ROW) == 1
    assert "relevance AUC 0.51" in batch.said
    assert batch.scored(ROW, options=("--even-at-chance",)) == 1
    assert "Take care: It is no better than chance. Where 0.50 is chance, it has relevance AUC 0.51." in batch.said
    assert len(batch.rows()) == 1


def test_files_name_models_and_neither_their_folder_nor_their_address(batch, checkpoint):
    assert batch.scored(ROW, options=("--scorer", f"kaleido:{checkpoint}?dtype=fp32")) == 1
    (row,) = batch.rows()
    assert (row["scorer"], row["checkpoint"]) == ("kaleido:tiny?dtype=fp32", "tiny")
    assert b"secret-place" not in batch.out.read_bytes() + batch.store.read_bytes()


def test_a_password_is_in_no_row_and_changes_no_key(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(ROW), "utf-8")
    named = ScoreSource(checkpoint=SECRET_NAME.removeprefix("llm:"), template_hash="abc")
    other, bare = (
        named.model_copy(update={"checkpoint": f"openai:small@http://{machine}:8000/v1"})
        for machine in ("10.0.0.6", "10.0.0.5")
    )
    keys = [read_pairs(file, source).pairs[0].key for source in (named, bare, other)]
    assert keys[0] == keys[1] != keys[2]
    pair = Pair(keys[0], ScoreRequest(situation=SITUATION, vrd=Vrd(kind=VrdKind.VALUE, text="Honesty")))
    score = ValueScore(relevance=0.5, no_valence=NoValence.UNAVAILABLE, scorer=SECRET_NAME, source=named)
    row = score_row(pair, score, scorer=SECRET_NAME, source=named)
    assert (row["scorer"], row["checkpoint"]) == ("llm:small", "small")
    assert "pass" not in str(row)
    assert "10.0.0.5" not in str(row)
