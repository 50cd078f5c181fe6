"""How far each pair of values is settled, for pages: read once per data version and query, without resampling."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery, VoteRow
from domain.ids import StudyId
from graph.provisional import EdgeKey, EdgeState
from graph.settling import settled_states
from graph.vote_columns import sift_votes, vote_columns
from storage import Database, Store

MAX_HELD = 64
"""Answers kept in memory over all studies and filters; the least recently made goes first."""

__all__ = ["EdgeKey", "EdgeState", "PairStateMap", "PairStates", "states_from_store"]

PairStateMap = Mapping[EdgeKey, EdgeState]


class _Key(NamedTuple):
    query: GraphQuery
    data_version: int


class PairStates:
    """Use case: the state of every ordered pair that the votes of a query name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: OrderedDict[_Key, PairStateMap] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, query: GraphQuery, *, data_version: int | None = None) -> PairStateMap:
        """Return the states at the present data version, which a caller that just read it may pass."""
        version = self._database.version(query.study_id) if data_version is None else data_version
        key = _Key(query, version)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        with self._database.read() as store:
            found = MappingProxyType(states_from_store(store, query))
        with self._lock:
            self._held[key] = found
            while len(self._held) > MAX_HELD:
                self._held.popitem(last=False)
        return found

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held of a study; called when a person erases their words."""
        with self._lock:
            for key in [key for key in self._held if key.query.study_id == study_id]:
                del self._held[key]


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
