"""Every key of the analysis of groups, and every measure of the audit, is described."""

from pathlib import Path

import pytest

import domain.plurality
from domain.nouns import Noun
from services.process_measures import TEXTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "groups-and-bridging.md").read_text("utf-8")
NOUNS = [one for one in vars(domain.plurality).values() if isinstance(one, type) and issubclass(one, Noun)]


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun is not Noun], ids=lambda noun: noun.__name__)
def test_every_key_of_the_analysis_is_described(noun):
    assert not [name for name in noun.model_fields if f"`{name}`" not in PAGE]


def test_every_measure_of_the_audit_is_described():
    assert not [name for name in TEXTS if f"`{name}`" not in PAGE]
