"""What the app says, in the language of the session. English is the text itself; other languages are catalogues.

`python -m ui.messages extract` writes ui/locale/messages.pot, `compile` makes the catalogues fast to load, `check`
fails when the template is not fresh.
"""

import gettext
import io
import sys
from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from domain.messages import N_

__all__ = ["N_", "language", "pseudo", "t"]

ROOT = Path(__file__).parents[1]
LOCALE = Path(__file__).with_name("locale")
TEMPLATE = LOCALE / "messages.pot"
SOURCES = ("ui", "pages", "elicitation", "services", "domain")
KEYWORDS: dict[str, None] = {"t": None, "N_": None}
PSEUDO = "qps"
"""A made-up language: every translated sentence stands in brackets with accents, so a hard-coded one shows."""
ACCENTS = str.maketrans("aeiouAEIOUcnsy", "àéîöûÀÉÎÖÛçñšý")


def t(text: str) -> str:
    """Return ``text`` in the language of this session."""
    code = language()
    if code == "en":
        return text
    return pseudo(text) if code == PSEUDO else _catalogue(code).gettext(text)


def language() -> str:
    """Return the language of this session: ``?lang=`` where there is a catalogue, English otherwise."""
    asked = st.query_params.get("lang") or st.session_state.get("language", "en")
    code = asked if asked == PSEUDO or (LOCALE / str(asked)).is_dir() else "en"
    if code != st.session_state.get("language", "en"):
        st.session_state["language"] = code
    return str(code)


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
