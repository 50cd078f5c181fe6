"""Cards: no text of people becomes markup, and whose words these are is always said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import CanonicalValue, CardText, Origin, Policy
from domain.ids import StudyId, ValueId
from domain.people import Source
from ui.widgets.cards import Line, card_html, person_card_html, source_words, split_capitals, value_html

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def card(*lines: Line, title: str = "Staying near", gist: str = "", model: str = "", byline: str = "") -> str:
    return card_html(title=title, gist=gist, lines=lines, size="small", byline=byline, model=model)


def value(source: Source) -> CanonicalValue:
    return CanonicalValue(
        id=ValueId("v"),
        study_id=StudyId("s"),
        number=1,
        title="Staying near",
        policies=("SIGNS of ease",),
        source=source,
        created_at=NOW,
        updated_at=NOW,
    )


def test_text_of_people_is_escaped_everywhere() -> None:
    bad = "<img src=x onerror=alert(1)>\"'"
    html = card(Line(bad, Origin.MACHINE), title=bad, gist=bad, model=bad, byline=bad)
    assert "<img" not in html
    assert html.count("&lt;img") == 5


def test_leading_words_in_capitals_are_set_apart_and_the_text_stays_whole() -> None:
    html = card(Line("SMALL SIGNS of care", Origin.OWN))
    assert '<span class="mg-caps">SMALL SIGNS</span> of care' in html


@given(st.text())
def test_setting_capitals_apart_loses_no_letter(text: str) -> None:
    assert "".join(split_capitals(text)) == text


def test_machine_and_borrowed_lines_are_marked_and_own_lines_stand_in_the_serif() -> None:
    own, machine, borrowed = (card(Line("SIGNS", o)) for o in (Origin.OWN, Origin.MACHINE, Origin.BORROWED))
    assert "mg-own" in own
    assert "mg-mark" not in own
    assert "machine draft" in machine
    assert 'class="mg-line"' in machine
    assert "taken from another card" in borrowed
    assert 'title="a model"' in card(Line("SIGNS", Origin.MACHINE), model="a model")


@pytest.mark.parametrize("source", list(Source))
def test_every_value_says_where_its_words_come_from(source: Source) -> None:
    html = value_html(value(source), size="small")
    assert source_words(source).replace("'", "&#x27;") in html
    assert ("mg-own" in html) is (source in {Source.PERSON, Source.IMPORTED})
    assert (f"mg-mark-{source.value}" in html) is (source is not Source.PERSON)


def test_direction_follows_the_text() -> None:
    html = card(Line("סימנים", Origin.OWN), title="קרבה", gist="רמז")
    assert html.count('dir="auto"') == 3


def test_a_simulated_card_quotes_no_one_and_has_nothing_in_the_serif() -> None:
    text = CardText(title="Staying near", gist="To stay.", policies=(Policy(text="SIGNS of it"),))
    html = person_card_html(text, byline="Sand Godwit 23", size="small", source=Source.SIMULATED)
    assert "mg-own" not in html
    assert "in the words of" not in html
    assert "Sand Godwit 23" in html
    assert "in the words of Sand Godwit 23" in person_card_html(text, byline="Sand Godwit 23", size="small")
