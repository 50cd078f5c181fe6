"""Keeps vectors of texts, so that a text is embedded once. Vectors of a person's texts go when the person goes."""

from collections.abc import Collection, Mapping

import numpy as np
from sqlalchemy import select

from domain.ids import PersonId, StudyId
from domain.nouns import FloatArray
from storage.rows import Rows, chunks, one_of
from storage.tables import EMBEDDING

STORED = np.dtype("<f4")


class Embeddings:
    """Vectors by the name of what embedded them and the hash of the text (``domain.nouns.content_hash``)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get_many(self, embedder_name: str, *, text_hashes: Collection[str]) -> dict[str, FloatArray]:
        """Return the stored vectors, each of shape (dim,), float32, read-only; unknown hashes are absent."""
        vectors: dict[str, FloatArray] = {}
        for some in chunks(text_hashes):
            query = select(EMBEDDING.c.text_hash, EMBEDDING.c.vector).where(
                EMBEDDING.c.embedder == embedder_name, one_of(EMBEDDING.c.text_hash, some)
            )
            for row in self._rows.mappings(query):
                vectors[row["text_hash"]] = np.frombuffer(row["vector"], dtype=STORED).astype(np.float32, copy=False)
        return vectors

    def put_many(
        self,
        study_id: StudyId,
        *,
        embedder_name: str,
        vectors: Mapping[str, FloatArray],
        person_id: PersonId | None = None,
    ) -> None:
        """Store vectors by the hash of their text; those stored before are left as they are.

        ``person_id`` names whose text it is, so that erasing the person finds it.
        """
        known = self.get_many(embedder_name, text_hashes=vectors.keys())
        shared = {"embedder": embedder_name, "study_id": study_id, "person_id": person_id}
        self._rows.add(
            EMBEDDING,
            [
                {**shared, "text_hash": text_hash, "vector": np.ascontiguousarray(vector, dtype=STORED).tobytes()}
                for text_hash, vector in vectors.items()
                if text_hash not in known
            ],
        )

    def forget(self, text_hashes: Collection[str]) -> None:
        """Delete the vectors of these texts, whatever embedded them."""
        for some in chunks(text_hashes):
            self._rows.remove(EMBEDDING, one_of(EMBEDDING.c.text_hash, some))
