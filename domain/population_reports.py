"""A run beside people who answered the same items: nouns behind the page *Model and graph*."""

from domain.nouns import Noun
from domain.plurality import Range


class PopulationGroup(Noun):
    """A run beside one group of people, over the items that both answered."""

    group: str
    """Empty for all people."""
    n_items: int
    n_people: int
    """Most people on one item."""
    js_distance: float
    """Jensen-Shannon, mean over items, 0..1."""
    ordinal: float
    """Way along the ordered options, mean over items, 0..1."""
    entropy_gap: float
    """Below 0: the model is surer than the people, -1..1."""
    chance: float
    ceiling: float
    reached: float | None
    """0: no nearer than taking every option alike; 1: as near as another such group of people."""
    reached_interval: Range | None


class PopulationItem(Noun):
    """One item: shares of the model and of all people, by option."""

    item_id: str
    text: str
    model: dict[str, float]
    people: dict[str, float]
    n_people: int
    js_distance: float


class PopulationComparison(Noun):
    """A run beside people who answered the same items."""

    source: str
    """What the people are: the name of a file, or of a study."""
    groups: tuple[PopulationGroup, ...]
    """All people first."""
    items: tuple[PopulationItem, ...]
    """Furthest apart first."""
    words: str
