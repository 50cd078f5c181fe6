"""Meaning space: which values are near a text. Vectors are stored once per text; indexes are kept per study."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue, CardText, embedding_text
from domain.ids import ClientId, StudyId, ValueId
from domain.nouns import FloatArray, content_hash
from domain.people import Source
from domain.protocols import Embedder, VectorIndex
from services.acts import Desk
from storage import Act

MAX_STUDIES_KEPT = 8
"""Indexes kept in memory; the least recently used goes first."""


class Neighbour(NamedTuple):
    """A value near a text."""

    value: CanonicalValue
    similarity: float
    """Cosine similarity, -1..1, higher is nearer."""


class _StudySpace(NamedTuple):
    fingerprint: str
    searcher: VectorIndex
    values: dict[ValueId, CanonicalValue]
    vectors: dict[ValueId, FloatArray]


class MeaningSpace:
    """Nearest values of a study, by cosine similarity of their embedded texts."""

    def __init__(self, desk: Desk, embedder: Embedder, new_index: Callable[[int], VectorIndex]) -> None:
        self._desk = desk
        self._database = desk.database
        self._embedder = embedder
        self._new_index = new_index
        self._spaces: OrderedDict[StudyId, tuple[int, _StudySpace]] = OrderedDict()
        self._lock = threading.Lock()

    def nearest(
        self,
        study_id: StudyId,
        texts: Sequence[str],
        *,
        k: int,
        leave_out: frozenset[ValueId] = frozenset(),
        seen_by: Source = Source.PERSON,
    ) -> list[Neighbour]:
        """Return up to ``k`` values nearest to the mean direction of ``texts``, nearest first.

        Simulated values are only ever shown to simulated people (``seen_by``).
        """
        space = self._space(study_id)
        if not texts or not space.values:
            return []
        leave_out = leave_out | {v.id for v in space.values.values() if not is_shown_to(v, seen_by)}
        vector = self.mean_direction(texts)
        hits = space.searcher.search(vector[None, :], k=min(k + len(leave_out), len(space.values)))[0]
        near = [
            Neighbour(value=space.values[ValueId(hit.key)], similarity=hit.similarity)
            for hit in hits
            if hit.key not in leave_out
        ]
        return near[:k]

    def mean_direction(self, texts: Sequence[str]) -> FloatArray:
        """Return the unit vector, shape (dim,), of the mean of the texts' vectors."""
        mean = self._embedder.embed(list(texts)).mean(axis=0)
        norm = float(np.linalg.norm(mean))
        unit: FloatArray = (mean / norm if norm else mean).astype(np.float32)
        return unit

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine similarity of two texts, -1..1."""
        vectors = self._embedder.embed([one, other])
        return float(vectors[0] @ vectors[1])

    def similarities(self, study_id: StudyId, texts: Sequence[str]) -> dict[ValueId, float]:
        """Return the cosine similarity of every value of the study to the mean direction of ``texts``."""
        space = self._space(study_id)
        if not texts:
            return dict.fromkeys(space.values, 0.0)
        vector = self.mean_direction(texts)
        return {value_id: float(v @ vector) for value_id, v in space.vectors.items()}

    def similarities_to_each(self, study_id: StudyId, texts: Sequence[str]) -> list[dict[ValueId, float]]:
        """Return for each text the cosine similarity of every value of the study to it, -1..1."""
        space = self._space(study_id)
        rows = self._embedder.embed(list(texts))
        return [{value_id: float(v @ row) for value_id, v in space.vectors.items()} for row in rows]

    def vectors(self, study_id: StudyId, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors of texts of values, shape (len(texts), dim); each is made once and stored."""
        return self._vectors(study_id, list(texts))

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held in memory of a study; called when a person erases their words."""
        with self._lock:
            self._spaces.pop(study_id, None)

    def _space(self, study_id: StudyId) -> _StudySpace:
        version = self._database.version(study_id)
        with self._lock:
            kept = self._spaces.get(study_id)
            if kept is not None and kept[0] == version:
                self._spaces.move_to_end(study_id)
                return kept[1]
        with self._database.read() as store:
            roots = store.values.roots(study_id)
            values = [v for v in store.values.list(study_id) if roots.get(v.id, v.id) == v.id]
        fingerprint = content_hash([(v.id, v.updated_at.isoformat()) for v in values])
        space = kept[1] if kept is not None and kept[1].fingerprint == fingerprint else None
        if space is None:
            space = self._build(study_id, values, fingerprint)
        with self._lock:
            self._spaces[study_id] = (version, space)
            self._spaces.move_to_end(study_id)
            while len(self._spaces) > MAX_STUDIES_KEPT:
                self._spaces.popitem(last=False)
        return space

    def _build(self, study_id: StudyId, values: list[CanonicalValue], fingerprint: str) -> _StudySpace:
        vectors = self._vectors(study_id, [v.embedding_text() for v in values])
        index = self._new_index(self._embedder.dim)
        if values:
            index.add([v.id for v in values], vectors)
        return _StudySpace(
            fingerprint=fingerprint,
            searcher=index,
            values={v.id: v for v in values},
            vectors={v.id: vectors[i] for i, v in enumerate(values)},
        )

    def _vectors(self, study_id: StudyId, texts: list[str]) -> FloatArray:
        """Return vectors, shape (len(texts), dim); stored ones are read, new ones made and stored."""
        hashes = [content_hash(text) for text in texts]
        with self._database.read() as store:
            known = store.embeddings.get_many(self._embedder.name, text_hashes=hashes)
        new = {h: t for h, t in zip(hashes, texts, strict=True) if h not in known}
        if new:
            made = self._embedder.embed(list(new.values()))
            fresh = {h: made[i] for i, h in enumerate(new)}
            self._keep(study_id, fresh)
            known = {**known, **fresh}
        if not texts:
            return np.zeros((0, self._embedder.dim), dtype=np.float32)
        return np.stack([known[h] for h in hashes]).astype(np.float32)

    def _keep(self, study_id: StudyId, vectors: dict[str, FloatArray]) -> None:
        """Store new vectors; the act is named by its texts, so that two processes store them once."""
        act = Act(
            client_id=ClientId("vectors:" + content_hash([self._embedder.name, sorted(vectors)])),
            study_id=study_id,
            actor="system",
            kind="vectors.kept",
            at=self._desk.clock(),
            refs={"embedder": self._embedder.name},
        )
        name = self._embedder.name
        self._database.write(
            act, lambda store: store.embeddings.put_many(study_id, embedder_name=name, vectors=vectors)
        )


def is_shown_to(value: CanonicalValue, source: Source) -> bool:
    """Tell whether people of ``source`` may meet the value: simulated values stay among simulated people."""
    return source is Source.SIMULATED or value.source is not Source.SIMULATED


def card_meaning(text: CardText) -> str:
    """Return the text that stands for a card in meaning space."""
    return embedding_text(text.title, text.policy_texts())
