"""The values card: one component everywhere, in three sizes. Whose words these are is always visible."""

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

import streamlit as st

from domain.cards import CanonicalValue, CardText, Origin
from domain.people import REAL_SOURCES, Source
from ui.messages import t

Size = Literal["small", "medium", "large"]


class Line(NamedTuple):
    """One line of a card with whose words it is."""

    text: str
    origin: Origin


def show_card(
    text: CardText, *, byline: str, size: Size, key: str, model: str = "", source: Source = Source.PERSON
) -> None:
    """Draw a person's card; ``byline`` is their alias, ``model`` names what drafted machine lines."""
    with st.container(key=key.replace(".", "-")):
        st.html(person_card_html(text, byline=byline, size=size, model=model, source=source))


def person_card_html(
    text: CardText, *, byline: str, size: Size, model: str = "", source: Source = Source.PERSON
) -> str:
    """Return a card as HTML; a card that no person wrote has nothing in a person's serif and quotes no one."""
    by = byline
    if byline and source in REAL_SOURCES:
        by = t("in the words of {alias}").format(alias=byline)
    return card_html(
        title=text.title,
        gist=text.gist,
        lines=[Line(policy.text, _seen_origin(policy.origin, source)) for policy in text.policies],
        size=size,
        byline=by,
        title_origin=_seen_origin(text.title_origin, source),
        gist_origin=_seen_origin(text.gist_origin, source),
        model=model,
        source=source,
    )


def show_value(value: CanonicalValue, *, size: Size, key: str) -> None:
    """Draw a canonical value with where its words come from."""
    with st.container(key=key.replace(".", "-")):
        st.html(value_html(value, size=size))


def value_html(value: CanonicalValue, *, size: Size) -> str:
    """Return a canonical value as HTML."""
    origin = Origin.OWN if value.source in REAL_SOURCES else Origin.STARTER
    return card_html(
        title=value.title,
        gist=value.gist,
        lines=[Line(line, origin) for line in value.policies],
        size=size,
        byline=t("a participant's words") if value.source is Source.PERSON else "",
        title_origin=origin,
        gist_origin=origin,
        source=value.source,
    )


def card_html(
    *,
    title: str,
    gist: str,
    lines: Sequence[Line],
    size: Size,
    byline: str,
    title_origin: Origin = Origin.OWN,
    gist_origin: Origin = Origin.OWN,
    model: str = "",
    source: Source = Source.PERSON,
) -> str:
    """Return a card as HTML; every text is escaped, direction follows the text."""
    gist_html = ""
    if gist:
        gist_html = (
            f'<p class="mg-card-gist{_own(gist_origin)}" dir="auto">{escape(gist)}{_mark(gist_origin, model)}</p>'
        )
    items = "".join(_line_html(line, model) for line in lines)
    return (
        f'<article class="mg-card mg-{size} mg-from-{source.value}"><h3 class="mg-card-title" dir="auto">'
        f"{escape(title)}{_mark(title_origin, model)}</h3>{gist_html}<ul>{items}</ul>"
        f"{_byline_html(byline, source)}</article>"
    )


def split_capitals(text: str) -> tuple[str, str]:
    """Return the leading words in capitals and the rest.

    >>> split_capitals("SMALL SIGNS of care")
    ('SMALL SIGNS', ' of care')
    >>> split_capitals("I notice")
    ('', 'I notice')
    """
    words = text.split(" ")
    n = 0
    while n < len(words) and len(words[n].strip(",.;:'’-")) > 1 and words[n].isupper():
        n += 1
    capitals = " ".join(words[:n])
    return capitals, text[len(capitals) :]


def source_words(source: Source) -> str:
    """Return where a value's words come from, in words."""
    return {
        Source.PERSON: t("a participant's words"),
        Source.SEED: t("starter card"),
        Source.SIMULATED: t("simulated, no person's words"),
        Source.IMPORTED: t("from an imported study"),
    }[source]


def _byline_html(byline: str, source: Source) -> str:
    """A person's words bear a quotation mark in the serif; anything else says in a box of its own what it is."""
    mark = ""
    if source is not Source.PERSON:
        mark = f'<span class="mg-mark mg-mark-{source.value}">{escape(source_words(source))}</span>'
    kind = "mg-by-name" if source in REAL_SOURCES else "mg-by-alias"
    quoted = f'<span class="{kind}" dir="auto">{escape(byline)}</span>' if byline else ""
    return f'<p class="mg-by">{mark}{quoted}</p>' if mark or quoted else ""


def _seen_origin(origin: Origin, source: Source) -> Origin:
    return Origin.STARTER if origin is Origin.OWN and source not in REAL_SOURCES else origin


def _own(origin: Origin) -> str:
    return " mg-own" if origin in {Origin.OWN, Origin.BORROWED} else ""


def _line_html(line: Line, model: str) -> str:
    capitals, rest = split_capitals(line.text)
    head = f'<span class="mg-caps">{escape(capitals)}</span>' if capitals else ""
    return f'<li class="mg-line{_own(line.origin)}" dir="auto">{head}{escape(rest)}{_mark(line.origin, model)}</li>'


def _mark(origin: Origin, model: str) -> str:
    if origin is Origin.MACHINE:
        title = f' title="{escape(model)}"' if model else ""
        return f'<span class="mg-mark mg-mark-machine"{title}>{escape(t("machine draft"))}</span>'
    if origin is Origin.BORROWED:
        return f'<span class="mg-mark">{escape(t("taken from another card"))}</span>'
    return ""
