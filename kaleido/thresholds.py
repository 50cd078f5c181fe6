"""The numbers by which a set of values is thinned out: those of the checkpoint, else this application's own."""

from collections.abc import Mapping

from domain.kaleido import CandidateRules, KindThresholds, NgramBounds, VrdKind

OWN_RULES = CandidateRules(
    min_relevance=KindThresholds(value=0.5, right=0.5, duty=0.5),
    ngram=NgramBounds(f1=0.5, precision=0.75, recall=0.75),
    embedding=KindThresholds(value=0.65, right=0.65, duty=0.65),
)
"""Chosen by eye; a person moves them with sliders."""


def read_rules(config: Mapping[str, object]) -> CandidateRules:
    """Return the numbers of ``config["system_params"]``; a number that is missing or out of range is our own."""
    params = config.get("system_params")
    if not isinstance(params, Mapping):
        return OWN_RULES
    return CandidateRules(
        min_relevance=_by_kind(params.get("relevance_threshold"), OWN_RULES.min_relevance),
        ngram=_ngram(params.get("ngram_threshold")),
        embedding=_by_kind(params.get("embed_threshold"), OWN_RULES.embedding),
        across_kinds=params.get("dedup_across_vrd") is True,
        from_checkpoint=True,
    )


def _by_kind(entry: object, own: KindThresholds) -> KindThresholds:
    def of(kind: VrdKind) -> float:
        given = entry.get(kind.value) if isinstance(entry, Mapping) else entry
        return _share(given, own.of(kind))

    return KindThresholds(value=of(VrdKind.VALUE), right=of(VrdKind.RIGHT), duty=of(VrdKind.DUTY))


def _ngram(entry: object) -> NgramBounds:
    """Return the bounds; one number means all three, and of three that are told apart a missing one bounds nothing."""
    if not isinstance(entry, Mapping):
        own = OWN_RULES.ngram
        return NgramBounds(
            f1=_share(entry, own.f1), precision=_share(entry, own.precision), recall=_share(entry, own.recall)
        )
    f1 = entry.get("f1", entry.get("fmeasure"))
    return NgramBounds(
        f1=_share(f1, 1.0), precision=_share(entry.get("precision"), 1.0), recall=_share(entry.get("recall"), 1.0)
    )


def _share(given: object, otherwise: float) -> float:
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return float(given) if is_number and isinstance(given, (int, float)) and 0 <= given <= 1 else otherwise
