"""Which inputs go through a model together: like lengths, and no more tokens than the machine takes at once."""

from collections.abc import Sequence


def plan_batches(lengths: Sequence[int], *, most_tokens: int) -> list[list[int]]:
    """Return places of inputs in batches: each place once, lengths ascending, equal lengths in order of place.

    A batch holds at most ``most_tokens`` tokens counted with padding to its longest input, and always one input.

    >>> plan_batches([3, 9, 3, 4], most_tokens=8)
    [[0, 2], [3], [1]]
    """
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda one: lengths[one]):
        if batches and (len(batches[-1]) + 1) * lengths[place] <= most_tokens:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches
