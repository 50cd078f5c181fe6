"""What scores say together: a situation's overall valence and contestedness, two actions compared, what is missing.

Sources: the overall valence is that of the Kaleido system (Sorensen et al., arXiv 2309.00779, section 4), which weighs
valences by relevance; its entropy as a sign of contested situations is theirs too. The split of entropy into the
entropy of the mean less the mean entropy is the mutual information used in ensembles (Depeweg et al. 2018; Houlsby et
al., arXiv 1112.5745), here over values instead of models.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.kaleido import Valence, ValueScore, Vrd, VrdKind
from domain.nouns import FloatArray
from domain.value_readings import ActionComparison, MissingValue, SituationReading, ValueDifference

LEAST_RELEVANCE = 0.5
MOST_SIMILAR = 0.6
"""A value of the graph at least so similar (cosine) is taken for the same one."""


class ScoredVrd(NamedTuple):
    """A value with its score for one situation."""

    vrd: Vrd
    score: ValueScore


def entropy_base_3(valence: Valence) -> float:
    """Return - sum p log3 p over the three shares: 0 is certain, 1 is even; 0 log 0 counts as 0.

    >>> round(entropy_base_3(Valence(supports=0.5, either=0, opposes=0.5)), 4)
    0.6309
    """
    shares = (valence.supports, valence.either, valence.opposes)
    return min(1.0, max(0.0, -sum(p * math.log(p, 3) for p in shares if p > 0)))


def overall_valence(scores: Sequence[ValueScore]) -> Valence | None:
    """Return sum r (s, e, o) / sum r over the scores with a valence; ``None`` where all relevances are 0.

    It is ``None`` too where they are so small that their products with the shares are no numbers above 0.
    """
    pairs = [(score.relevance, score.valence) for score in scores if score.valence is not None]
    total = sum(relevance for relevance, _ in pairs)
    if not total:
        return None
    sums = [
        sum(relevance * share for relevance, share in column) / total
        for column in (
            [(r, v.supports) for r, v in pairs],
            [(r, v.either) for r, v in pairs],
            [(r, v.opposes) for r, v in pairs],
        )
    ]
    whole = sum(sums)
    if not whole:
        return None
    return Valence(supports=sums[0] / whole, either=sums[1] / whole, opposes=sums[2] / whole)


def read_situation(scores: Sequence[ValueScore]) -> SituationReading | None:
    """Return what the scores of one situation say together; ``None`` where none has a valence and a relevance.

    With weights w = relevance / sum of relevances: entropy = H(sum w v), doubt = sum w H(v), and disagreement =
    entropy - doubt, which is never below 0 because entropy is concave.
    """
    overall = overall_valence(scores)
    if overall is None:
        return None
    used = [(s.relevance, s.valence) for s in scores if s.valence is not None and s.relevance > 0]
    total = sum(relevance for relevance, _ in used)
    entropy = entropy_base_3(overall)
    doubt = min(entropy, sum(r * entropy_base_3(v) for r, v in used) / total)
    return SituationReading(
        overall=overall,
        entropy=entropy,
        disagreement=entropy - doubt,
        doubt=doubt,
        mean_either=min(1.0, sum(v.either for _, v in used) / len(used)),
        n_values=len(used),
    )


def pull(score: ValueScore) -> float | None:
    """Return relevance x (supports - opposes), -1..1; above 0 the value speaks for it. ``None`` without a valence."""
    return None if score.valence is None else score.relevance * (score.valence.supports - score.valence.opposes)


def compare_actions(first: Mapping[Vrd, ValueScore], second: Mapping[Vrd, ValueScore]) -> ActionComparison:
    """Compare two actions by the values that both were scored on, the widest difference first, then by text."""
    differences = []
    shared = [vrd for vrd in first if vrd in second]
    for vrd in shared:
        one, other = pull(first[vrd]), pull(second[vrd])
        if one is not None and other is not None:
            differences.append(ValueDifference(vrd=vrd, first=one, second=other, difference=one - other))
    differences.sort(key=lambda d: (-abs(d.difference), d.vrd.kind, d.vrd.text))
    return ActionComparison(
        differences=tuple(differences),
        first=math.fsum(d.first for d in differences),
        second=math.fsum(d.second for d in differences),
        n_missing=len({*first, *second}) - len(differences),
    )


def missing_values(
    needed: Sequence[ScoredVrd],
    graph_titles: Sequence[str],
    similarities: FloatArray,
    *,
    least_relevance: float = LEAST_RELEVANCE,
    most_similar: float = MOST_SIMILAR,
) -> tuple[MissingValue, ...]:
    """Return what the situation needs and no value of the graph resembles, most relevant first.

    Args:
        needed: values proposed for the situation, with their scores.
        graph_titles: of the values of the graph.
        similarities: shape (len(needed), len(graph_titles)), cosine, -1..1.
        least_relevance: below it a value is not needed.
        most_similar: from it on the graph has the value.
    """
    found = []
    for (vrd, score), row in zip(needed, similarities, strict=True):
        nearest = int(np.argmax(row)) if len(row) else None
        similarity = float(row[nearest]) if nearest is not None else 0.0
        if score.relevance >= least_relevance and (nearest is None or similarity < most_similar):
            title = "" if nearest is None else graph_titles[nearest]
            found.append(MissingValue(vrd=vrd, relevance=score.relevance, nearest=title, similarity=similarity))
    return tuple(sorted(found, key=lambda one: (-one.relevance, list(VrdKind).index(one.vrd.kind), one.vrd.text)))
