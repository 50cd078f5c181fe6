"""From one value outwards: every other value stands to it in exactly one way."""

import pytest

from domain.analysis import OpenPair, OrderSection
from services.analysis_relations import relations_to


def section():
    counts = dict.fromkeys(
        ("values", "pairs", "strictly_comparable", "in_cycle", "on_a_par", "never_compared", "classes", "width",
         "maximal_classes", "maximal_values_without_wiser", "longest_chain_classes", "weak_components", "n_votes",
         "n_people"), 0,
    )  # fmt: skip
    return OrderSection(
        **counts,
        comparable_share=None,
        levels=(((1,), (6,)), ((2, 3),), ((4,), (5,))),
        edges=((1, 2), (2, 3), (3, 2), (3, 4)),
        pairs_on_a_par=((1, 6), (4, 5)),
        open_pairs=(
            OpenPair(first=1, second=6, n_people=1, is_hardly_compared=True),
            OpenPair(first=4, second=5, n_people=5, is_hardly_compared=False),
        ),
        rankings=(),
        next_pairs=(),
        words="",
    )


def test_every_other_value_has_one_relation():
    assert relations_to(section(), 2) == {
        1: "less_wise",
        3: "in_a_cycle",
        4: "wiser",
        5: "never_compared",
        6: "never_compared",
    }
    assert relations_to(section(), 4)[5] == "on_a_par"
    assert relations_to(section(), 1)[6] == "hardly_compared"


def test_a_value_outside_the_order_has_none():
    with pytest.raises(KeyError):
        relations_to(section(), 99)
