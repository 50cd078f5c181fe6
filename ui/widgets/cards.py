"""The values card: one component everywhere, in three sizes. Whose words these are is always visible."""

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

import streamlit as st

from domain.cards import CanonicalValue, CardText, Origin
from domain.people import Source
from ui.messages import t

Size = Literal["small", "medium", "large"]


class Line(NamedTuple):
    """One line of a card with whose words it is."""

    text: str
    origin: Origin


def show_card(text: CardText, *, byline: str, size: Size, key: str, model: str = "") -> None:
    """Draw a person's card; ``byline`` is their alias, ``model`` names what drafted machine lines."""
    lines = [Line(policy.text, policy.origin) for policy in text.policies]
    by = t("in the words of {alias}").format(alias=byline) if byline else ""
    html = card_html(
        title=text.title, gist=text.gist, lines=lines, size=size, byline=by, title_origin=text.title_origin, model=model
    )
    with st.container(key=key.replace(".", "-")):
        st.html(html)


def show_value(value: CanonicalValue, *, size: Size, key: str) -> None:
    """Draw a canonical value with where its words come from."""
    with st.container(key=key.replace(".", "-")):
        st.html(value_html(value, size=size))


def value_html(value: CanonicalValue, *, size: Size) -> str:
    """Return a canonical value as HTML."""
    origin = Origin.STARTER if value.source is Source.SEED else Origin.OWN
    return card_html(
        title=value.title,
        gist=value.gist,
        lines=[Line(line, origin) for line in value.policies],
        size=size,
        byline=source_words(value.source),
        title_origin=origin,
    )


def card_html(
    *,
    title: str,
    gist: str,
    lines: Sequence[Line],
    size: Size,
    byline: str,
    title_origin: Origin = Origin.OWN,
    model: str = "",
) -> str:
    """Return a card as HTML; every text is escaped, direction follows the text."""
    own = " mg-own" if title_origin is Origin.OWN else ""
    gist_html = f'<p class="mg-card-gist{own}" dir="auto">{escape(gist)}</p>' if gist else ""
    by = f'<p class="mg-by">{escape(byline)}</p>' if byline else ""
    items = "".join(_line_html(line, model) for line in lines)
    return (
        f'<article class="mg-card mg-{size}"><h3 class="mg-card-title" dir="auto">{escape(title)}'
        f"{_mark(title_origin, model)}</h3>{gist_html}<ul>{items}</ul>{by}</article>"
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
        Source.SIMULATED: t("simulated"),
        Source.IMPORTED: t("from an imported study"),
    }[source]


def _line_html(line: Line, model: str) -> str:
    own = " mg-own" if line.origin in {Origin.OWN, Origin.BORROWED} else ""
    capitals, rest = split_capitals(line.text)
    head = f'<span class="mg-caps">{escape(capitals)}</span>' if capitals else ""
    return f'<li class="mg-line{own}" dir="auto">{head}{escape(rest)}{_mark(line.origin, model)}</li>'


def _mark(origin: Origin, model: str) -> str:
    if origin is Origin.MACHINE:
        return f'<span class="mg-mark mg-mark-machine" title="{escape(model)}">{escape(t("machine draft"))}</span>'
    if origin is Origin.BORROWED:
        return f'<span class="mg-mark">{escape(t("taken from another card"))}</span>'
    return ""
