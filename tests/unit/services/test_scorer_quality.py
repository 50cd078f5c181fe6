"""The table of measured scorers on the page is that of the documents: same sets, same figures, chance beside them."""

import json

import pytest

from benchmarks.scorers_report import NOT_MEASURED, OWN, RESULTS, SETS, WORDS, _may
from services import scorer_quality
from services.scorer_quality import read_quality_tables
from ui.widgets.kaleidoscope_quality import quality_html


def test_the_page_and_the_documents_name_the_same_sets_and_scorers():
    assert {key: (words, task) for key, (task, words) in scorer_quality.SETS.items()} == SETS
    assert set(scorer_quality.SCORERS) == set(WORDS)
    assert frozenset(OWN) == scorer_quality.OWN


def test_every_figure_stands_in_its_table_with_interval_and_number_of_pairs():
    tables = {(table.task, table.data): table for table in read_quality_tables("")}
    for scorer in json.loads(RESULTS.read_text("utf-8"))["scorers"].values():
        for extent, found in scorer.items():
            for key, one in found.items():
                table = tables[scorer_quality.SETS[key]]
                said = quality_html(table)
                low, high = one["interval_95"]
                assert f'{one["auc"]:.3f} <small class="mg-interval">{low:.3f}–{high:.3f}<' in said
                n_pairs = table.n_all if extent == "all" else table.n_sample
                assert one["pairs"] == n_pairs or f"n = {one['pairs']:,}" in said
                assert "chance: the same score for every pair</th><td>0.500</td>" in said


@pytest.mark.parametrize(
    ("in_use", "name"),
    [
        ("llm:openai:packaged@http://127.0.0.1:1/v1", None),
        ("default", "the default scorer"),
        ("llm:packaged", "SmolLM2-135M-Instruct, packaged"),
        ("llm:llamacpp:/srv/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"),
        ("kaleido:/srv/models/kaleido-xl", None),
        ("", None),
    ],
)
def test_the_row_of_the_scorer_in_use_is_marked(in_use, name):
    for table in read_quality_tables(in_use):
        assert [row.name for row in table.rows if row.is_in_use] == ([name] if name else [])
        assert quality_html(table).count("in use</span>") == bool(name)


@pytest.mark.parametrize("key", list(SETS))
def test_where_there_is_no_figure_the_reason_is_that_of_the_documents(key):
    scorers = json.loads(RESULTS.read_text("utf-8"))["scorers"]
    table = next(one for one in read_quality_tables("") if (one.task, one.data) == scorer_quality.SETS[key])
    names = {words: name for name, words in scorer_quality.SCORERS.items()}
    for row in table.rows:
        name = names[row.name]
        if row.in_all or row.in_sample or name not in scorers or name.startswith("a large"):
            continue
        told = (
            "taught on them" if name == "reader" and key in OWN else NOT_MEASURED if _may(name, key) else "tells none"
        )
        assert row.why_not == told


def test_without_the_results_there_is_no_table(tmp_path):
    assert read_quality_tables("", file=tmp_path / "none.json") == ()
