"""From the log-probabilities of a first token to probabilities of options: spellings summed, a prior taken out."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

SMALLEST = 1e-9
"""Probabilities are held above this before a division."""


class Mass(NamedTuple):
    """Where the probability of the first token lies."""

    shares: dict[str, float]
    """Option key -> share of what fell on options; sums to 1, empty when nothing did."""
    covered: float
    """Probability that fell on any option, 0..1."""


def sum_spellings(log_probabilities: Mapping[str, float], spellings: Mapping[str, Sequence[str]]) -> Mass:
    """Add up all tokens that begin one option's spelling and no other's.

    A tokeniser may split a word ("Ev", "et"), put a space before it, or write it in capitals; each such token is
    evidence for the option. A token that begins spellings of two options is evidence for neither. Spaces around a
    token are left out, an empty token never counts.

    Args:
        log_probabilities: token -> natural logarithm of its probability.
        spellings: option key -> ways to write it.
    """
    sums = dict.fromkeys(spellings, 0.0)
    for token, log_probability in log_probabilities.items():
        word = token.strip()
        owners = [key for key, forms in spellings.items() if word and any(form.startswith(word) for form in forms)]
        if len(owners) == 1:
            sums[owners[0]] += math.exp(log_probability)
    covered = sum(sums.values())
    if covered <= 0:
        return Mass({}, 0.0)
    return Mass({key: value / covered for key, value in sums.items()}, min(covered, 1.0))


def mean_shares(shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of distributions over the same keys; empty for none."""
    if not shares:
        return {}
    return {key: sum(one.get(key, 0.0) for one in shares) / len(shares) for key in shares[0]}


def take_out_prior(shares: Mapping[str, float], prior: Mapping[str, float]) -> dict[str, float]:
    """Divide by what the model answers to a question without content, and scale to a sum of 1.

    Contextual calibration, Zhao et al. 2021 (arXiv 2102.09690), diagonal form. A flat prior changes nothing; an
    empty one, or one that lacks an option, gives an empty result, not a guess.
    """
    if not shares or any(key not in prior for key in shares):
        return {}
    weighed = {key: max(value, SMALLEST) / max(prior[key], SMALLEST) for key, value in shares.items()}
    total = sum(weighed.values())
    return {key: value / total for key, value in weighed.items()}
