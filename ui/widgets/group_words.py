"""How figures of groups are said: hidden cells, shares in percentage points, and what is not there."""

HIDDEN = "hidden"
HIDDEN_LINE = (
    "Hidden: fewer than five people, or hidden beside such a group so that its answers do not follow from the total."
)
MISSING_LINE = (
    "A group that is missing has nothing to show, or is hidden: fewer than five people, or hidden beside such a group."
)
NONE = "–"


def points(share: float | None) -> str:
    """Return a difference of shares in percentage points, with its sign.

    >>> points(-0.0123)
    '−1.2'
    """
    return NONE if share is None else f"{100 * share:+.1f}".replace("-", "\u2212")


def percent(share: float) -> str:
    """Return a share as a percentage.

    >>> percent(0.4561)
    '46%'
    """
    return f"{share:.0%}"
