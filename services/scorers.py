"""Names of scorers to the scorers themselves. Naming one loads nothing; building it imports what it needs.

Scorers: ``kaleido:NAME_OR_PATH``. They are put together here because their questions and readings live in ``kaleido``
and what runs models lives in ``backends``.
"""

from collections.abc import Callable, Mapping

from domain.errors import SettingsError
from domain.protocols import ValueScorer
from services.settings import Settings

ScorerBuilder = Callable[[str, Settings], ValueScorer]


def build_scorer(name: str, settings: Settings) -> ValueScorer:
    """Return the scorer called ``name``, not loaded yet; SettingsError for an unknown one."""
    scheme, colon, rest = name.partition(":")
    builder = SCORERS.get(scheme + colon)
    if builder is None or (colon and not rest):
        known = ", ".join(f"{one}..." if one.endswith(":") else one for one in SCORERS)
        raise SettingsError(f"The scorer {name!r} is unknown. Known: {known}.")
    return builder(rest, settings)


def _kaleido(rest: str, _: Settings) -> ValueScorer:
    raise SettingsError(f"The scorer kaleido:{rest} cannot be built yet.")


SCORERS: Mapping[str, ScorerBuilder] = {"kaleido:": _kaleido}
