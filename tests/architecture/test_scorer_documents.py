"""What documents and pages say of the quality of scorers is what was measured."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.quality.relevance import NAMES
from benchmarks.scorers_report import READER_QUALITY, quality, render, told
from kaleido.likeness import read_adapter, read_curve
from services.language_scorer import AT_CHANCE, CHANCE, MEASURED
from services.scorers import CURVE, READER, build_scorer
from services.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "relevance.json"
LEARNING = ROOT / "benchmarks" / "results" / "relevance-learning.json"
MOST_BYTES = 5_000_000
MOST_READER_BYTES = 6_000_000


def measured():
    """Return the figures of the default scorer on whole sets."""
    return json.loads(RESULTS.read_text("utf-8"))["scorers"]["default"]["all"]


def test_the_page_of_scorers_is_what_the_results_say():
    assert (ROOT / "docs" / "reference" / "scorers.md").read_text("utf-8") == render(RESULTS, LEARNING)


@pytest.mark.parametrize("name", list(NAMES))
def test_the_default_scorer_tells_the_quality_that_was_measured(name):
    told = {one.data: one.figure for one in build_scorer("default", Settings(embedder="minilm")).info().quality}
    assert told[NAMES[name]] == pytest.approx(measured()[name]["auc"], abs=0.002)


def test_every_figure_that_the_default_scorer_tells_was_measured():
    assert {one.data for one in read_curve(CURVE).quality} == set(NAMES.values())


def test_the_packaged_language_model_tells_that_it_scores_by_chance():
    found = json.loads(RESULTS.read_text("utf-8"))["scorers"]
    assert MEASURED.read_text("utf-8") == told(found)
    info = build_scorer("llm:packaged", Settings()).info()
    sample = found["llm:packaged"]["sample"]
    assert sorted(one.figure for one in info.quality) == sorted(one["auc"] for one in sample.values())
    assert (info.chance == AT_CHANCE) == all(one["interval_95"][0] <= CHANCE for one in sample.values())


def test_a_language_model_that_was_not_measured_tells_no_figure():
    info = build_scorer("llm:openai:other@http://127.0.0.1:9/v1", Settings()).info()
    assert info.quality == ()
    assert info.chance == ""


def test_the_reader_tells_the_quality_that_was_measured():
    found = json.loads(RESULTS.read_text("utf-8"))["scorers"]
    assert READER_QUALITY.read_text("utf-8") == quality(found)
    info = build_scorer("reader", Settings()).info()
    assert [one.figure for one in info.quality] == [one["auc"] for one in found["reader"]["all"].values()]


def test_the_changes_of_the_reader_are_a_few_megabytes():
    assert 0 < READER.stat().st_size < MOST_READER_BYTES


def test_every_interval_holds_its_figure():
    found = json.loads(RESULTS.read_text("utf-8"))["scorers"]
    figures = [one for scorer in found.values() for extent in scorer.values() for one in extent.values()]
    assert figures
    assert all(one["interval_95"][0] <= one["auc"] <= one["interval_95"][1] for one in figures)


def test_the_explanation_of_the_kaleidoscope_types_no_figure_of_quality():
    text = (ROOT / "docs" / "explanation" / "kaleido.md").read_text("utf-8")
    assert not re.findall(r"(?<![\d.])0?\.\d{2,3}\b", text)
    assert "../reference/scorers.md" in text


def test_the_weights_of_the_default_scorer_are_a_few_megabytes_and_fit_the_curve():
    curve = read_curve(CURVE)
    path = CURVE.parent / curve.adapter
    adapter = read_adapter(path)
    assert path.stat().st_size + CURVE.stat().st_size < MOST_BYTES
    assert adapter.down.shape == adapter.up.T.shape
    assert len(adapter.down) == len(curve.situation_mean) == len(curve.value_mean)
