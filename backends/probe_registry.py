"""Names to models that answer probes. Naming one loads nothing; building it imports what it needs.

``packaged`` (the small model that comes with the app), ``llamacpp:PATH``, ``openai:MODEL@URL``, ``baseline:first``,
``baseline:last``, ``baseline:random``.
"""

from pathlib import Path

from backends.registry import find_stance_model
from domain.errors import BackendUnavailableError, SettingsError
from domain.probes import StanceModel

PACKAGED = "packaged"
KNOWN = "packaged, llamacpp:PATH, openai:MODEL@URL, recorded:FOLDER, baseline:first, baseline:last, baseline:random"


def build_stance_model(name: str, *, api_key: str | None = None, timeout_s: float = 60.0) -> StanceModel:
    """Return the model called ``name``.

    Raises:
        SettingsError: the name is unknown or cannot be read.
        MissingExtraError: a library is not installed.
        BackendUnavailableError: a model file is not there.
    """
    scheme, _, rest = name.partition(":")
    match scheme:
        case "packaged" if not rest:
            return _packaged()
        case "llamacpp" if rest:
            from backends.probe_llamacpp import LlamaCppStances

            return LlamaCppStances(Path(rest))
        case "openai":
            return _server(rest, api_key=api_key, timeout_s=timeout_s)
        case "baseline":
            return _baseline(rest)
        case _:
            raise SettingsError(f"The model {name!r} is unknown. Known: {KNOWN}.")


def _packaged() -> StanceModel:
    path = find_stance_model()
    if path is None:
        raise BackendUnavailableError(
            "The packaged language model is not installed.", backend=PACKAGED, hint="`make setup` installs it."
        )
    from backends.probe_llamacpp import LlamaCppStances

    return LlamaCppStances(path, name=PACKAGED)


def _server(rest: str, *, api_key: str | None, timeout_s: float) -> StanceModel:
    model, at, url = rest.rpartition("@")
    if not at or not model or not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"The model openai:{rest} cannot be read. "
            "Write openai:MODEL@URL, such as openai:local@http://127.0.0.1:8000/v1."
        )
    from backends.probe_openai import OpenAIStances

    return OpenAIStances(model, url=url, api_key=api_key, timeout_s=timeout_s)


def _baseline(rest: str) -> StanceModel:
    from backends.probe_baselines import AlwaysPlace, RandomChoice

    match rest:
        case "first":
            return AlwaysPlace(0, name="baseline:first")
        case "last":
            return AlwaysPlace(-1, name="baseline:last")
        case "random":
            return RandomChoice()
        case _:
            raise SettingsError(f"The baseline {rest!r} is unknown. Known: first, last, random.")
