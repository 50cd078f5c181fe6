"""Reads dilemmas and statements of one's own from a JSON file: the form of the sets that ship with the app."""

from collections import Counter
from pathlib import Path

from pydantic import Field, ValidationError

from domain.errors import DataError, UserInputError
from domain.nouns import Noun
from domain.stances import NOT_TO_DO, TO_DO, ProbeItem, ProbeOption
from stances.labels import OPINIONS


class DilemmaRow(Noun):
    """A dilemma: what is the case, the two actions, and the values that each speaks for."""

    id: str
    topic: str = Field(min_length=1)
    situation: str = Field(min_length=1)
    to_do: str = Field(min_length=1)
    not_to_do: str = Field(min_length=1)
    to_do_values: tuple[str, ...] = Field(min_length=1)
    not_to_do_values: tuple[str, ...] = Field(min_length=1)
    language: str = "en"


class StatementRow(Noun):
    """A statement that one can agree or disagree with."""

    id: str
    topic: str = Field(min_length=1)
    language: str = "en"
    statement: str = Field(min_length=1)
    translation: str = ""
    publisher: str = ""


class ItemFile(Noun):
    """A file of items: a name, and dilemmas or statements."""

    dataset: str = Field(min_length=1)
    licence: str = ""
    about: str = ""
    dilemmas: tuple[DilemmaRow, ...] = ()
    statements: tuple[StatementRow, ...] = ()


def read_items(file: Path) -> tuple[ProbeItem, ...]:
    """Return the items of a file.

    Raises:
        UserInputError: there is no such file.
        DataError: it has another form, holds both kinds or neither, or names an id twice.
    """
    try:
        read = ItemFile.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserInputError(
            f"{str(file)!r} is neither dailydilemmas nor civics nor a file of items that can be read."
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise DataError("is not a file of dilemmas or statements", file=file.name) from error
    if bool(read.dilemmas) == bool(read.statements):
        raise DataError("holds dilemmas or statements, one of the two", file=file.name)
    ids = [row.id for row in read.dilemmas] + [row.id for row in read.statements]
    twice = [name for name, n in Counter(ids).items() if n > 1]
    if twice:
        raise DataError("names an id twice", file=file.name, value=twice[0])
    if read.dilemmas:
        return tuple(_dilemma(row, read.dataset) for row in read.dilemmas)
    return tuple(_statement(row, read.dataset) for row in read.statements)


def _dilemma(row: DilemmaRow, dataset: str) -> ProbeItem:
    sides = ((TO_DO, row.to_do, row.to_do_values), (NOT_TO_DO, row.not_to_do, row.not_to_do_values))
    return ProbeItem(
        id=row.id,
        dataset=dataset,
        text=row.situation,
        options=tuple(ProbeOption(key=key, text=text, values=values) for key, text, values in sides),
        language=row.language,
        groups={"topic": row.topic, "topic_group": row.topic},
    )


def _statement(row: StatementRow, dataset: str) -> ProbeItem:
    groups = {"topic": row.topic, "language": row.language, "locale": row.language, "publisher": row.publisher}
    return ProbeItem(
        id=row.id,
        dataset=dataset,
        text=row.statement,
        translation=row.translation,
        options=tuple(ProbeOption(key=key, text=key) for key in OPINIONS),
        language=row.language,
        groups={key: value for key, value in groups.items() if value},
    )
