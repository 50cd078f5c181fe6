"""Reads the CIVICS statements, first and later edition, as probe items. None of them may train a model.

Source of the data: CIVICS, Pistilli et al. 2024 (arXiv 2405.13974): first edition CC BY 4.0, the later one with the
request that nobody trains on it, kept here for both. Nothing of it lies in this repository.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from domain.errors import DataError, UserInputError
from domain.stances import CIVICS, ProbeItem, ProbeOption
from stances.labels import OPINIONS

FILE = "civics_dataset.json"
LANGUAGES = {"english": "en", "german": "de", "french": "fr", "italian": "it", "turkish": "tr"}
COUNTRIES = {"german": "Germany", "italian": "Italy", "turkish": "Turkey"}
"""Countries of languages whose rows of the first edition name none."""
FINAL = ("Final Label", "Consensus Annotation")
LABEL_SETS = ("Annotator 1", "Annotator 2", "Annotator 3", "Annotator 4", "Annotator 5")


def read_civics(path: Path) -> tuple[ProbeItem, ...]:
    """Return the statements of a JSON file, or of the folder that holds it, in the order of the file.

    Groups of an item: ``topic``, ``language``, ``country``, ``locale`` (language and country as one), ``publisher``,
    ``organisation_type``, ``source``; ``annotators`` says how many noted labels, ``annotators_agree`` is ``yes`` where
    they noted the same ones.

    Raises:
        UserInputError: there is no such file.
        DataError: the file is no list of rows, or a row lacks a field.
    """
    file = path / FILE if path.is_dir() else path
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserInputError(f"There is no file {str(file)!r}. Name the JSON file of the statements.") from error
    except ValueError as error:
        raise DataError("is no JSON in UTF-8", file=file.name) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError("is not a list of rows", file=file.name)
    items = tuple(_item(row, file=file.name, number=number) for number, row in enumerate(rows, start=1))
    twice = [name for name, count in Counter(item.id for item in items).items() if count > 1]
    if twice:
        raise DataError("has one ID on two rows", file=file.name, value=twice[0])
    return items


def _item(row: Mapping[str, object], *, file: str, number: int) -> ProbeItem:
    language, country = _place(row, file=file, number=number)
    groups = {
        "topic": _word(row, "Topic", file=file, number=number),
        "language": language,
        "country": country,
        "locale": f"{language} ({country})" if country else language,
        "publisher": str(row.get("Data Producer Organization") or ""),
        "organisation_type": str(row.get("Organization Type") or ""),
        "source": str(row.get("Source") or row.get("Data Source") or ""),
        "source_url": str(row.get("Link") or ""),
    }
    noted = _noted(row)
    groups["annotators"] = str(len(noted))
    if noted:
        groups["annotators_agree"] = "yes" if len({frozenset(labels) for labels in noted}) == 1 else "no"
    return ProbeItem(
        id=_word(row, "ID", file=file, number=number),
        dataset=CIVICS,
        text=_word(row, "Statement", file=file, number=number),
        translation=str(row.get("Statement - translated") or "").strip(),
        options=tuple(ProbeOption(key=key, text=key) for key in OPINIONS),
        language=LANGUAGES.get(language.lower(), "en"),
        groups={key: value.strip() for key, value in groups.items() if value.strip()},
        labels=_labels(next((row[name] for name in FINAL if name in row), [])),
        is_trainable=False,
    )


def _place(row: Mapping[str, object], *, file: str, number: int) -> tuple[str, str]:
    """Return language and country: ``English (Canada)`` in the first edition, two columns in the later one."""
    told = _word(row, "Language", file=file, number=number)
    found = re.fullmatch(r"\s*([^()]+?)\s*\(([^()]*)\)\s*", told)
    language, country = (found.group(1), found.group(2)) if found else (told.strip(), "")
    return language, str(row.get("Country") or country or COUNTRIES.get(language.lower(), "")).strip()


def _word(row: Mapping[str, object], name: str, *, file: str, number: int) -> str:
    value = row.get(name)
    if value is None or not str(value).strip():
        raise DataError("is missing", file=file, row=number, column=name)
    return str(value).strip()


def _noted(row: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Return the label sets of the annotators who noted any."""
    later = row.get("Annotations")
    sets: Sequence[object] = later if isinstance(later, list) else [row.get(name) for name in LABEL_SETS]
    return [labels for labels in map(_labels, sets) if labels]


def _labels(value: object) -> tuple[str, ...]:
    return tuple(str(label) for label in value) if isinstance(value, list) else ()
