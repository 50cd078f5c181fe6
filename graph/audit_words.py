"""The words of the audit, chosen by rule from numbers alone, so that no one is tempted to say more than they show."""

FALSE_DISCOVERY = 0.05
"""Corrected p below which a difference is spoken of."""

NOT_RECORDED = "not recorded in this study"
TOO_FEW = "nothing to compare: fewer than two groups have figures that may be shown"
NO_DIFFERENCE = "no difference shown at this size"
DIFFERENCE = "a difference is shown"


def chosen_words(*, n_people: int, q: float | None, lowest: str, highest: str, unseen: float | None) -> str:
    """Return the sentence for one measure.

    Args:
        n_people: people of whom the measure is recorded.
        q: corrected p over the groups shown; ``None`` where fewer than two are.
        lowest: group with the lowest value.
        highest: group with the highest value.
        unseen: difference of shares that would go unseen one time in five, 0..1; ``None`` where not a share.

    >>> chosen_words(n_people=177, q=0.59, lowest="A", highest="B", unseen=0.16)
    'no difference shown at this size (a difference under 16 points would often go unseen)'
    """
    if not n_people:
        return NOT_RECORDED
    if q is None:
        return TOO_FEW
    if q < FALSE_DISCOVERY:
        return f"{DIFFERENCE}: lowest {lowest}, highest {highest}"
    if unseen is None:
        return NO_DIFFERENCE
    return f"{NO_DIFFERENCE} (a difference under {unseen:.0%} would often go unseen)".replace("%", " points")
