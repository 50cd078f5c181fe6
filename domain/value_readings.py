"""What the scores of values beside a situation say together, and beside a graph."""

from typing import Annotated

from pydantic import Field

from domain.kaleido import Relevance, Share, Valence, Vrd
from domain.nouns import Noun


class SituationReading(Noun):
    """What the scores of one situation say together. Entropies are to base 3: 0 is certain, 1 is even."""

    overall: Valence
    """Valences weighted by relevance."""
    entropy: Share
    """Contestedness: the entropy of ``overall``. It is the sum of the next two."""
    disagreement: Share
    """What stays when each value is sure of itself: values that pull in different directions."""
    doubt: Share
    """The mean entropy of the single values, weighted by relevance: each value unsure."""
    mean_either: Share
    n_values: int
    """How many scores had a valence and a relevance above 0."""


class ValueDifference(Noun):
    """One value beside two actions."""

    vrd: Vrd
    first: Annotated[float, Field(ge=-1, le=1)]
    """Relevance times (supports - opposes) for the first action."""
    second: Annotated[float, Field(ge=-1, le=1)]
    difference: Annotated[float, Field(ge=-2, le=2)]
    """``first - second``: above 0 the value speaks for the first action."""


class ActionComparison(Noun):
    """Two actions, value by value, the widest difference first."""

    differences: tuple[ValueDifference, ...]
    first: float
    """Sum over the values for the first action."""
    second: float
    n_missing: int
    """Values without a valence for either action; they are in no sum."""


class MissingValue(Noun):
    """A value that the situation needs and the graph lacks."""

    vrd: Vrd
    relevance: Relevance
    nearest: str = ""
    """Title of the most similar value of the graph; empty where the graph has none."""
    similarity: float = 0.0
    """Its cosine similarity, -1..1."""
