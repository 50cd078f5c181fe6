"""The naive embedder: a text is the lengths of its words. What every real embedder must beat; nothing else uses it."""

import re
from collections.abc import Sequence

import numpy as np

from domain.nouns import FloatArray

LONGEST = 16
"""Words of this length and longer share the last column."""


class WordLengthEmbedder:
    """Counts words by length: texts of like rhythm are near, whatever they mean."""

    name = "word-lengths@1"
    dim = LONGEST + 1

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors, shape (len(texts), dim); column n counts words of n letters, column 0 marks none."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for place, text in enumerate(texts):
            for word in re.findall(r"\w+", text) or [""]:
                vectors[place, min(len(word), LONGEST)] += 1
            vectors[place] /= np.linalg.norm(vectors[place])
        return vectors
