"""How far each pair of values is settled, for pages: read once per data version and query, without resampling."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery, VoteRow
from domain.ids import StudyId
from graph.provisional import EdgeKey, EdgeState
from graph.settling import settled_states
from graph.vote_columns import sift_votes, vote_columns
from services.kept import Kept
from storage import Database, Store

MAX_HELD = 64
"""Answers kept in memory over all studies and filters; the least recently used goes first."""

__all__ = ["EdgeKey", "EdgeState", "PairStateMap", "PairStates", "states_from_store"]

PairStateMap = Mapping[EdgeKey, EdgeState]


class _Key(NamedTuple):
    query: GraphQuery
    data_version: int


class PairStates:
    """Use case: the state of every ordered pair that the votes of a query name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Kept[_Key, PairStateMap](most=MAX_HELD)

    def of(self, query: GraphQuery, *, data_version: int | None = None) -> PairStateMap:
        """Return the states at the present data version, which a caller that just read it may pass."""
        version = self._database.version(query.study_id) if data_version is None else data_version
        return self._held.get(_Key(query, version), lambda: self._read(query))

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held of a study; called when a person erases their words."""
        self._held.forget(lambda key: key.query.study_id == study_id)

    def _read(self, query: GraphQuery) -> PairStateMap:
        with self._database.read() as store:
            return MappingProxyType(states_from_store(store, query))


def states_from_store(store: Store, query: GraphQuery) -> dict[EdgeKey, EdgeState]:
    """Read the votes of ``query`` in order of time and return the state of every ordered pair."""
    moments: list[int] = []

    def noted() -> Iterator[VoteRow]:
        for row, moment in store.votes.timed_rows(query):
            moments.append(moment)
            yield row

    votes = vote_columns(noted())
    sifted = sift_votes(
        votes,
        roots=store.values.roots(query.study_id, until=query.until),
        withdrawn=store.values.withdrawn_ids(query.study_id),
    )
    times = np.array(moments, dtype=np.int64)[sifted.places]
    return settled_states(sifted.counted.votes, times, thresholds=query.thresholds)
