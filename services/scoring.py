"""Values beside a situation: scored by the scorer in use, one job at a time in the background, kept per text."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.kaleido import KindThresholds, ScoreFailure, ScoreRequest, ValueScore, Vrd, VrdKind
from domain.people import REAL_SOURCES, Source
from domain.protocols import ValueScorer
from domain.value_readings import ActionComparison, SituationReading
from kaleido.readings import ScoredVrd, compare_actions, read_situation
from storage import Database

MAX_KEPT = 64
"""Situations kept in memory; the least recently asked goes first."""
MAX_CHARS = 2_000


class Scored(NamedTuple):
    """What is known of one situation so far."""

    scored: tuple[ScoredVrd, ...]
    """Most relevant first."""
    failed: tuple[ScoreFailure, ...]
    n_done: int
    n_all: int
    is_done: bool
    failure: str = ""
    """One sentence where the scorer could not be used at all."""


def read_together(found: Scored) -> SituationReading | None:
    """Return what the scores say together; see ``kaleido.readings.read_situation``."""
    return read_situation([one.score for one in found.scored])


def compare(first: Scored, second: Scored) -> ActionComparison:
    """Compare two actions value by value; see ``kaleido.readings.compare_actions``."""
    return compare_actions({o.vrd: o.score for o in first.scored}, {o.vrd: o.score for o in second.scored})


class _Key(NamedTuple):
    scorer: str
    situation: str
    vrds: tuple[Vrd, ...]
    min_relevance: KindThresholds | None


class Scoring:
    """Use case of the page Kaleidoscope."""

    def __init__(self, database: Database, scorer: Callable[[], ValueScorer]) -> None:
        self._database = database
        self._scorer = scorer
        self._kept: OrderedDict[_Key, Scored] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._is_closed = threading.Event()

    def values_of(self, study_id: StudyId) -> tuple[Vrd, ...]:
        """Return the titles of the values that stand in a study and that real people, seeds or imports gave."""
        with self._database.read() as store:
            values = store.values.list(study_id)
        shown = [value.title for value in values if value.source in REAL_SOURCES | {Source.SEED}]
        return tuple(Vrd(kind=VrdKind.VALUE, text=title) for title in dict.fromkeys(shown) if title.strip())

    def ask(self, situation: str, vrds: Sequence[Vrd], *, min_relevance: KindThresholds | None = None) -> Scored:
        """Return what is known of a situation; the first call starts the scoring, later ones look at how far it is.

        Values below the ``min_relevance`` of their kind may have no valence.
        """
        scorer = self._scorer()
        key = _Key(scorer.name, situation.strip()[:MAX_CHARS], tuple(vrds), min_relevance)
        with self._lock:
            held = self._kept.get(key)
            if held is None:
                held = self._kept[key] = Scored((), (), 0, len(key.vrds), is_done=not key.vrds)
                while len(self._kept) > MAX_KEPT:
                    self._kept.popitem(last=False)
                if key.vrds:
                    threading.Thread(target=self._run, args=(scorer, key), name="scoring", daemon=True).start()
            self._kept.move_to_end(key)
        return held

    def ask_again(self, situation: str, vrds: Sequence[Vrd], *, min_relevance: KindThresholds | None = None) -> None:
        """Drop what failed for a situation, as when a server was down: the next ``ask`` starts anew."""
        key = _Key(self._scorer().name, situation.strip()[:MAX_CHARS], tuple(vrds), min_relevance)
        with self._lock:
            held = self._kept.get(key)
            if held is not None and held.is_done and (held.failure or held.failed):
                del self._kept[key]

    def score_pairs(
        self, pairs: Sequence[ScoreRequest], *, cancel: Callable[[], bool]
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, scored in the caller's thread once nobody else is scoring; nothing is kept.

        Raises:
            MoralGraphError: the scorer cannot be used.
        """
        with self._turn:
            return self._scorer().score(pairs, cancel=lambda: self._is_closed.is_set() or cancel())

    def forget(self, study_id: StudyId) -> None:  # what is kept bears no study, so all of it goes
        """Drop everything kept in memory; called when a person erases their words."""
        del study_id
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        """Let what is under way stop at the next pair."""
        self._is_closed.set()

    def _run(self, scorer: ValueScorer, key: _Key) -> None:
        def told(done: int, every: int) -> None:
            self._put(key, Scored((), (), done, every, is_done=False))

        requests = [ScoreRequest(situation=key.situation, vrd=vrd) for vrd in key.vrds]
        with self._turn:
            try:
                results = scorer.score(
                    requests, progress=told, cancel=self._is_closed.is_set, min_relevance=key.min_relevance
                )
            except MoralGraphError as error:
                self._put(key, Scored((), (), 0, len(requests), is_done=True, failure=str(error)))
                return
            except Exception as error:  # a library's own fault must end in a sentence, not in a page that waits
                sentence = f"The scorer stopped: {type(error).__name__}. The log of the server has the rest."
                self._put(key, Scored((), (), 0, len(requests), is_done=True, failure=sentence))
                raise
        pairs = list(zip(key.vrds, results, strict=True))
        scored = [ScoredVrd(vrd, one) for vrd, one in pairs if isinstance(one, ValueScore)]
        failed = tuple(one for _, one in pairs if isinstance(one, ScoreFailure))
        scored.sort(key=lambda one: (-one.score.relevance, one.vrd.text))
        self._put(key, Scored(tuple(scored), failed, len(pairs), len(pairs), is_done=True))

    def _put(self, key: _Key, found: Scored) -> None:
        with self._lock:
            if key in self._kept:
                self._kept[key] = found
