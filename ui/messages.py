"""What the app says, in the language of the session. English is the text itself; other languages are catalogues.

`python -m ui.messages extract` writes ui/locale/messages.pot, `compile` makes the catalogues fast to load, `check`
fails when the template is not fresh.
"""

import gettext
import io
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from domain.messages import N_

__all__ = ["N_", "language", "pseudo", "retell", "t", "translate"]

ROOT = Path(__file__).parents[1]
LOCALE = Path(__file__).with_name("locale")
TEMPLATE = LOCALE / "messages.pot"
SOURCES = ("ui", "pages", "elicitation", "services", "domain")
ERRORS = ("UserInputError", "StudyRuleError", "NotFoundError", "AccessError")
"""What these say is shown to people; ``ui.way`` translates it where it is shown."""
KEYWORDS: dict[str, None] = dict.fromkeys(("t", "N_", *ERRORS))
PSEUDO = "qps"
"""A made-up language: every translated sentence stands in brackets with accents, so a hard-coded one shows."""
ACCENTS = str.maketrans("aeiouAEIOUcnsy", "àéîöûÀÉÎÖÛçñšý")


def t(text: str) -> str:
    """Return ``text`` in the language of this session."""
    return translate(text, language())


def translate(text: str, code: str) -> str:
    """Return ``text`` in the language ``code``; as it is where that language has no words for it.

    >>> translate("Go on", "en")
    'Go on'
    """
    if code == "en" or not text:
        return text
    return pseudo(text) if code == PSEUDO else _catalogue(code).gettext(text)


def language() -> str:
    """Return the language of this session: ``?lang=`` where there is a catalogue, English otherwise."""
    code = known_language(st.query_params.get("lang") or st.session_state.get("language", "en"))
    if code != st.session_state.get("language", "en"):
        st.session_state["language"] = code
    return code


def retell(text: str, *, code: str | None = None) -> str:
    """Return a sentence of ours as it was stored, filled in and in English, in the language of this session.

    What was filled in, such as words of a person, stays as it is. A text that is none of ours stays too.

    >>> retell("Question 2 of at most 12", code="qps")
    '[Qûéštîöñ 2 öf àt möšt 12]'
    """
    code = language() if code is None else code
    if code == "en":
        return text
    for template in _filled_sentences():
        found = template.pattern.fullmatch(text)
        if found is not None:
            return translate(template.text, code).format(**found.groupdict())
    return translate(text, code) if text in _sentences() else text


class _Filled(NamedTuple):
    text: str
    pattern: re.Pattern[str]


@cache
def _sentences() -> frozenset[str]:
    with TEMPLATE.open("rb") as source:
        return frozenset(str(message.id) for message in read_po(source) if message.id)


@cache
def _filled_sentences() -> tuple[_Filled, ...]:
    """Sentences with something to fill in; those with most words of their own first, as they fit the least."""
    filled = sorted((text for text in _sentences() if "{" in text), key=lambda text: (-len(text), text))
    return tuple(_Filled(text, _pattern(text)) for text in filled)


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", text)
    seen: set[str] = set()
    pattern = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+)"
            seen.add(part)
    return re.compile(pattern, flags=re.DOTALL)


def known_language(asked: str | None) -> str:
    """Return ``asked`` where there is a catalogue for it, English otherwise.

    >>> known_language("../en"), known_language("qps")
    ('en', 'qps')
    """
    return asked if asked == PSEUDO or asked in _languages() else "en"


@cache
def _languages() -> frozenset[str]:
    return frozenset(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/messages.mo"))


def pseudo(text: str) -> str:
    """Return ``text`` in the pseudo-language; names in braces stay, since they are filled in later.

    >>> pseudo("Go on with {count}")
    '[Gö öñ wîth {count}]'
    """
    parts = text.replace("}", "{").split("{")
    return "[" + "".join(p.translate(ACCENTS) if i % 2 == 0 else f"{{{p}}}" for i, p in enumerate(parts)) + "]"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("messages", localedir=LOCALE, languages=[code], fallback=True)


def extract() -> str:
    """Return the template of all sentences, sorted, without dates: the same sources give the same text."""
    catalog = Catalog(project="Moral Graph Explorer", charset="utf-8")
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for _line, message, _comments, _context in extract_from_file("python", str(path), keywords=KEYWORDS):
                catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    out = io.BytesIO()
    write_po(out, catalog, omit_header=True, no_location=False, include_lineno=False, sort_output=True, width=110)
    return out.getvalue().decode()


def compile_all() -> int:
    """Compile every catalogue; return how many there are."""
    paths = sorted(LOCALE.glob("*/LC_MESSAGES/messages.po"))
    for path in paths:
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(source))
    return len(paths)


def main(arguments: list[str]) -> int:
    """Run one command; return 0, or 1 when the template is not fresh."""
    command = arguments[0] if arguments else "check"
    if command == "compile":
        sys.stdout.write(f"{compile_all()} catalogues compiled\n")
        return 0
    fresh = extract()
    if command == "extract":
        LOCALE.mkdir(exist_ok=True)
        TEMPLATE.write_text(fresh, encoding="utf-8")
        return 0
    if not TEMPLATE.exists() or TEMPLATE.read_text(encoding="utf-8") != fresh:
        sys.stdout.write("ui/locale/messages.pot is not fresh: run `make messages`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
