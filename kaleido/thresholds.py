"""The numbers by which a set of values is thinned out: those of the checkpoint, else this application's own."""

from collections.abc import Mapping

from domain.kaleido import CandidateRules, KindThresholds, NgramBounds, VrdKind

OWN_RULES = CandidateRules(
    min_relevance=KindThresholds(value=0.5, right=0.5, duty=0.5),
    ngram=NgramBounds(f1=0.5, precision=0.75, recall=0.75),
    embedding=KindThresholds(value=0.65, right=0.65, duty=0.65),
)
"""Chosen by eye; a person moves them with sliders."""
UNBOUND = 1.0

_Read = dict[str, float | None]
"""Numbers of one group by name; ``None`` where the checkpoint tells none that can be used."""


def read_rules(config: Mapping[str, object]) -> CandidateRules:
    """Return the numbers of ``config["system_params"]``; one that is missing or out of range is our own, and named.

    >>> read_rules({"system_params": {}}) == OWN_RULES
    True
    >>> rules = read_rules({"system_params": {"relevance_threshold": 0.6, "embed_threshold": {"Value": 0.7}}})
    >>> rules.min_relevance.duty, rules.embedding.value, len(rules.own)
    (0.6, 0.7, 5)
    """
    params = config.get("system_params")
    told = params if isinstance(params, Mapping) else {}
    groups = {
        "min_relevance": _by_kind(told.get("relevance_threshold")),
        "ngram": _ngram(told.get("ngram_threshold")),
        "embedding": _by_kind(told.get("embed_threshold")),
    }
    own = tuple(f"{group}.{name}" for group, read in groups.items() for name, one in read.items() if one is None)
    is_told = len(own) < sum(map(len, groups.values()))
    return CandidateRules(
        min_relevance=KindThresholds(**_filled(groups["min_relevance"], OWN_RULES.min_relevance)),
        ngram=NgramBounds(**_filled(groups["ngram"], OWN_RULES.ngram)),
        embedding=KindThresholds(**_filled(groups["embedding"], OWN_RULES.embedding)),
        across_kinds=told.get("dedup_across_vrd") is True,
        from_checkpoint=is_told,
        own=own if is_told else (),
    )


def _filled(read: _Read, own: KindThresholds | NgramBounds) -> dict[str, float]:
    return {name: float(getattr(own, name)) if one is None else one for name, one in read.items()}


def _by_kind(entry: object) -> _Read:
    """Return the number of each kind; one number means all three."""
    return {
        kind.value.lower(): _share(entry.get(kind.value) if isinstance(entry, Mapping) else entry) for kind in VrdKind
    }


def _ngram(entry: object) -> _Read:
    """Return the bounds; one number means all three, and of three that are told apart a missing one bounds nothing."""
    if not isinstance(entry, Mapping):
        return dict.fromkeys(("f1", "precision", "recall"), _share(entry))
    given = {"f1": entry.get("f1", entry.get("fmeasure"))} | {name: entry.get(name) for name in ("precision", "recall")}
    read = {name: _share(one) for name, one in given.items()}
    if all(one is None for one in read.values()):
        return read
    return {name: UNBOUND if given[name] is None else one for name, one in read.items()}


def _share(given: object) -> float | None:
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return float(given) if is_number and isinstance(given, (int, float)) and 0 <= given <= 1 else None
