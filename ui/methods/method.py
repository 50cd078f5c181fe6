"""What is told of one measure."""

from typing import NamedTuple


class Method(NamedTuple):
    """One measure. Sentences are marked by ``N_`` and may name constants of the code, such as ``{n_resamples}``."""

    name: str
    says: str
    """What the number says, in one plain sentence."""
    formula: str
    """LaTeX; empty where words say it better."""
    reads: str
    """What the letters of the formula are, bounds that are used, and exceptions."""
    source: str
    """Where the formula comes from, or that it is our own."""
    modules: tuple[str, ...]
    """Where it is computed."""
    silent: str
    """What the number does not say."""


class Chapter(NamedTuple):
    """Measures that belong together."""

    key: str
    """Anchor in the page."""
    title: str
    methods: tuple[Method, ...]
