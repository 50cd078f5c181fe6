"""Made-up votes for measuring: a random graph with the published study's density and shares of answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sqlalchemy

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.people import Source
from domain.vote_columns import VoteColumns, VoteKeys
from domain.votes import EdgeAnswer
from storage import Database
from storage.tables import CONTEXT, PARTICIPANT, STUDY, VALUE, VOTE

VOTES_PER_PERSON, N_CONTEXTS = 3, 21
PAIRS_PER_VALUE = 1.2
"""As in the published study: 128 pairs voted on among 115 values."""
SHARES = (0.68, 0.11, 0.21)
"""Wiser, not wiser, not sure, as in the published study."""
START = datetime(2026, 1, 1, tzinfo=UTC)
STUDY_ID = StudyId("made")
ROWS_AT_ONCE = 20_000


class Pair(NamedTuple):
    """An ordered pair of values."""

    src_id: ValueId
    wiser_id: ValueId


def make_columns(n_votes: int, *, n_values: int, rng: np.random.Generator) -> VoteColumns:
    """Return votes as columns, in order of time."""
    ends = rng.integers(n_values, size=(round(n_values * PAIRS_PER_VALUE), 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    chosen = rng.integers(len(ends), size=n_votes)
    n_people = -(-n_votes // VOTES_PER_PERSON)
    return VoteColumns(
        keys=VoteKeys(
            tuple(ValueId(f"v{n:05}") for n in range(n_values)),
            tuple(f"When {n:02}" for n in range(N_CONTEXTS)),
            tuple(PersonId(f"p{n:07}") for n in range(n_people)),
        ),
        person=np.arange(n_votes) // VOTES_PER_PERSON,
        src=ends[chosen, 0],
        wiser=ends[chosen, 1],
        context=rng.integers(N_CONTEXTS, size=n_votes),
        answer=rng.choice(len(SHARES), p=SHARES, size=n_votes),
    )


def rows_of(votes: VoteColumns) -> list[VoteRow]:
    """Return columns as rows."""
    keys, answers = votes.keys, list(EdgeAnswer)
    numbers = zip(votes.person, votes.src, votes.wiser, votes.context, votes.answer, strict=True)
    return [
        VoteRow(keys.people[p], keys.values[s], keys.values[w], keys.contexts[c], answers[a])
        for p, s, w, c, a in numbers
    ]


def make_values(names: tuple[ValueId, ...]) -> list[CanonicalValue]:
    """Return values with numbers from 1."""
    return [
        CanonicalValue(
            id=name, study_id=STUDY_ID, number=n + 1, title=f"Value {n}", policies=("THINGS",),
            source=Source.IMPORTED, created_at=START, updated_at=START,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip


def save_votes(votes: VoteColumns, url: str) -> Database:
    """Return a database that holds a study with these votes; written past the repositories, which would take long."""
    database = Database.open(url)
    keys, answers = votes.keys, list(EdgeAnswer)
    study = {
        "id": STUDY_ID, "slug": "made", "title": "Made", "introduction": "", "consent_text": "",
        "moderation_policy": "", "state": "open", "n_comparisons": 5, "is_graph_public": False, "is_listed": False,
        "language": "en", "chat_backend": "", "created_at": START,
    }  # fmt: skip
    people = (
        {"id": name, "study_id": STUDY_ID, "alias": name, "source": "imported", "attributes": {}, "step": "done",
         "created_at": START, "moderation_note": "", "receipt_hash": None, "salt": ""}
        for name in keys.people
    )  # fmt: skip
    values = (
        {**value.model_dump(mode="python"), "policies": ["THINGS"], "gist": "", "source": "imported"}
        for value in make_values(keys.values)
    )
    contexts = ({"id": name, "study_id": STUDY_ID, "text": name, "position": n} for n, name in enumerate(keys.contexts))
    columns = zip(votes.person, votes.src, votes.wiser, votes.context, votes.answer, strict=True)
    cast = (
        {"id": f"{n:08}", "study_id": STUDY_ID, "person_id": keys.people[p], "src_id": keys.values[s],
         "wiser_id": keys.values[w], "context_id": keys.contexts[c], "hypothesis_id": None, "answer": answers[a].value,
         "reason": "", "unsure_reason": None, "was_flipped": False, "created_at": at, "updated_at": at}
        for n, (p, s, w, c, a) in enumerate(columns)
        for at in [START + timedelta(seconds=n)]
    )  # fmt: skip
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        for table, rows in ((STUDY, iter([study])), (PARTICIPANT, people), (VALUE, values), (CONTEXT, contexts)):
            _insert(connection, table, rows)
        _insert(connection, VOTE, cast)
    engine.dispose()
    return database


def _insert(connection: sqlalchemy.Connection, table: sqlalchemy.Table, rows) -> None:  # type: ignore[no-untyped-def]
    from itertools import islice

    known = {column.name for column in table.columns}
    while batch := [{k: v for k, v in row.items() if k in known} for row in islice(rows, ROWS_AT_ONCE)]:
        connection.execute(sqlalchemy.insert(table), batch)


def made_query() -> GraphQuery:
    """Return the query for the whole made study."""
    return GraphQuery(study_id=STUDY_ID)


def url_in(folder: Path) -> str:
    """Return the address of a database in ``folder``."""
    return f"sqlite:///{folder / 'made.db'}"
