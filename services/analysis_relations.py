"""How every value of an analysed order stands to one of them, for people who look from one value outwards."""

from domain.analysis import OrderSection
from domain.ids import ValueId
from graph.order import Link, relations_from


def relations_to(order: OrderSection, number: int) -> dict[int, str]:
    """Return for every other value how it stands to value ``number``: the words of ``graph.order.Relation``.

    Raises:
        KeyError: the order has no such value.
    """
    names = {member: ValueId(str(member)) for level in order.levels for members in level for member in members}
    found = relations_from(
        names[number],
        names.values(),
        wiser_than=[Link(names[src], names[wiser]) for src, wiser in order.edges],
        asked={frozenset((names[pair.first], names[pair.second])): pair.n_people for pair in order.open_pairs},
    )
    return {other: found[name].value for other, name in sorted(names.items()) if other != number}
