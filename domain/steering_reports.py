"""What a system text changed: nouns behind the page *Compare models* and ``moralgraph stances steer``."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from domain.nouns import Noun, Text
from domain.plurality import Range
from domain.stance_reports import RunComparison, Verdict

Weight = float
"""Above 0; the published ones are the share of ten askings that named the value."""


class StatedPrinciple(Noun):
    """A principle as a person states it: values that it upholds, values that it gives up, each with a weight."""

    name: Text = Field(min_length=1)
    supporting: dict[str, Weight] = Field(default_factory=dict)
    opposing: dict[str, Weight] = Field(default_factory=dict)

    @field_validator("supporting", "opposing", mode="before")
    @classmethod
    def _listed_values_weigh_one(cls, held: object) -> object:
        return dict.fromkeys(held, 1.0) if isinstance(held, list) else held

    @model_validator(mode="after")
    def _values_are_on_one_side(self) -> Self:
        if not self.supporting and not self.opposing:
            raise ValueError("it names no value")
        both = sorted(set(self.supporting) & set(self.opposing))
        if both:
            raise ValueError(f"{both[0]!r} stands on both sides")
        wrong = [name for name, weight in (self.supporting | self.opposing).items() if not 0 < weight < float("inf")]
        if wrong:
            raise ValueError(f"the weight of {wrong[0]!r} is not above 0")
        return self


class PrincipleSteering(Noun):
    """A principle before and after, over the dilemmas in which it conflicts and that both runs answered.

    Intervals draw dilemmas again and are ``None`` in fewer than ten dilemmas.
    """

    principle: StatedPrinciple
    unknown: tuple[str, ...]
    """Values of the principle that no dilemma mentions."""
    n: int
    """Dilemmas in which it conflicts."""
    before: float
    """Weighted mentions of supporting values by the actions chosen, less those of opposing ones."""
    before_interval: Range | None
    after: float
    after_interval: Range | None
    difference: float
    difference_interval: Range | None
    toward: tuple[str, ...]
    """Ids of dilemmas whose choice changed towards the principle."""
    away: tuple[str, ...]
    net: float
    """Share that changed towards it less the share that changed away, -1..1."""
    net_interval: Range | None
    n_elsewhere: int
    """Other dilemmas that both answered."""
    n_elsewhere_changed: int
    """Of these, how many changed their choice: the side effect."""
    elsewhere_interval: Range | None
    """Wilson interval of the share that changed."""
    words: str


class SteeringReport(Noun):
    """One model without and with a system text, over the same dilemmas."""

    compared: RunComparison
    """``first`` is before, ``second`` after."""
    verdict: Verdict
    """The worse of the two runs."""
    changed_to_do: tuple[str, ...]
    """Ids of the shared dilemmas whose choice changed towards doing it."""
    changed_to_leave: tuple[str, ...]
    """Ids of those whose choice changed towards not doing it."""
    principle: PrincipleSteering | None
    words: str
