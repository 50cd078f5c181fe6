"""The page on methods tells of every measure that pages show: a new module of measures cannot be forgotten."""

import importlib
import re
from pathlib import Path

import pytest

from services.method_numbers import NUMBERS
from ui.methods import CHAPTERS

ROOT = Path(__file__).resolve().parents[3]
METHODS = [method for chapter in CHAPTERS for method in chapter.methods]
NO_MEASURES = {
    "graph.filing": "which cards a model may file: told in docs/explanation/gathering.md, shown in its report alone",
    "graph.filing_question": "the words that a model is asked",
    "graph.pair_judging": "the words that a model is asked",
    "graph.simulated_voters": "made-up voters for tests",
    "graph.vote_columns": "votes as columns of numbers",
}
"""Modules without a number of their own on any page, and why."""


def modules():
    files = [*(ROOT / "graph").glob("*.py"), *(ROOT / "domain" / "measures").glob("*.py")]
    return sorted(".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files if file.stem != "__init__")


@pytest.mark.parametrize("module", modules())
def test_every_module_of_measures_has_a_method_or_a_reason_why_not(module):
    told = {name for method in METHODS for name in method.modules}
    assert module in told or module in NO_MEASURES, f"{module}: tell of it in ui/methods, or say here why not"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_says_all_that_a_reader_needs(method):
    for sentence in (method.name, method.says, method.reads, method.source, method.silent):
        assert sentence.strip()
        assert sentence.format(**NUMBERS)
    assert method.says.endswith("."), "a sentence"
    for name in method.modules:
        assert importlib.import_module(name).__doc__


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_formulas_have_as_many_braces_opened_as_closed(method):
    assert method.formula.count("{") == method.formula.count("}")
    assert len(re.findall(r"\\left[^a-z]", method.formula)) == len(re.findall(r"\\right[^a-z]", method.formula))


def test_names_and_anchors_stand_once():
    names = [method.name for method in METHODS]
    assert len(set(names)) == len(names)
    assert len({chapter.key for chapter in CHAPTERS}) == len(CHAPTERS)


def test_no_constant_is_read_that_no_method_names():
    everything = " ".join(sentence for method in METHODS for sentence in (method.says, method.reads, method.source))
    page = (ROOT / "ui" / "widgets" / "run_card.py").read_text("utf-8")
    assert not [name for name in NUMBERS if f"{{{name}}}" not in everything and f'"{name}"' not in page]
