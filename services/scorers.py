"""Names of scorers to the scorers themselves. Naming one loads nothing; building it imports what it needs.

Scorers: ``default``; ``reader``, once `make reader` fetched its checkpoint, and ``reader:FOLDER``;
``kaleido:NAME_OR_PATH`` with options such as ``?dtype=int8&decoder=first``; ``llm`` (the chat model of the app) and
``llm:CHAT`` (a chat model by its name, or ``packaged``). They are put together here because their questions and
readings live in ``kaleido`` and what runs models lives in ``backends``.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from pydantic import Field, ValidationError

from backends.probe_registry import PACKAGED, build_stance_model
from backends.registry import (
    CHATS,
    FAKE_CHATS,
    build_chat,
    build_embedder,
    build_reader,
    build_seq2seq,
    find_stance_model,
)
from domain.errors import SettingsError
from domain.nouns import Noun
from domain.probes import StanceModel
from domain.protocols import ChatModel, ValueGenerator, ValueScorer
from kaleido.asking import AskedScorer
from kaleido.likeness import LikenessScorer, read_adapter, read_curve
from kaleido.proposing import AskedProposer
from kaleido.reading import ReadingScorer, read_quality
from kaleido.scorer import N_CANDIDATES, KaleidoScorer
from services.language_scorer import LanguageScorer
from services.settings import Settings

ScorerBuilder = Callable[[str, Settings], ValueScorer]
CURVE = Path(__file__).parents[1] / "assets" / "scorers" / "likeness.json"
READER = CURVE.with_name("reader.safetensors")
GUIDED = "guided"
WEIGHING = frozenset({PACKAGED, "llamacpp", "openai"})
"""Schemes of models that may tell log-probabilities."""


def build_scorer(name: str, settings: Settings) -> ValueScorer:
    """Return the scorer called ``name``, not loaded yet; SettingsError for an unknown one."""
    scheme, colon, rest = name.partition(":")
    builder = SCORERS.get(scheme + colon)
    if builder is None or (colon and not rest):
        known = ", ".join(f"{one}..." if one.endswith(":") else one for one in SCORERS)
        raise SettingsError(f"The scorer {name!r} is unknown. Known: {known}.")
    return builder(rest, settings)


def build_generator(scorer: ValueScorer, settings: Settings) -> ValueGenerator | None:
    """Return what proposes values beside a built scorer; ``None`` where nothing does."""
    if isinstance(scorer, KaleidoScorer):
        return scorer
    scheme, _, chat = scorer.name.partition(":")
    is_chat = scheme == "llm" and chat.partition(":")[0] in {*CHATS, *FAKE_CHATS}
    return AskedProposer(cache(lambda: _chat(chat, settings))) if is_chat else None


def _default(_: str, settings: Settings) -> ValueScorer:
    curve = read_curve(CURVE)
    adapter = read_adapter(CURVE.parent / curve.adapter) if curve.adapter else None
    return LikenessScorer(build_embedder(settings.embedder, testing=settings.testing), curve, adapter)


def _reader(rest: str, settings: Settings) -> ValueScorer:
    base = Path(rest) if rest else settings.reader_folder()  # its hash is checked: wherever it lies, it is the same
    return ReadingScorer(build_reader(base, changes=READER), quality=read_quality(READER.with_suffix(".json")))


def _asked(rest: str, settings: Settings) -> ValueScorer:
    chat = rest or settings.chat
    if chat in {"", GUIDED}:
        raise SettingsError("The scorer 'llm' needs a language model: set MORALGRAPH_CHAT, or call `make llm`.")
    name, scheme = f"llm:{chat}", chat.partition(":")[0]
    asked = AskedScorer(lambda: _chat(chat, settings), name=name)
    if scheme not in WEIGHING:
        return asked
    return LanguageScorer(name, lambda: _weighing(chat, settings), asked, file=_file(chat))


def _file(chat: str) -> Path | None:
    if chat == PACKAGED:
        return find_stance_model()
    scheme, _, path = chat.partition(":")
    return Path(path) if scheme == "llamacpp" else None


def _weighing(name: str, settings: Settings) -> StanceModel:
    return build_stance_model(name, api_key=_key(settings), timeout_s=settings.chat_timeout_s)


def _key(settings: Settings) -> str | None:
    return settings.chat_key.get_secret_value() if settings.chat_key is not None else None


def _chat(name: str, settings: Settings) -> ChatModel:
    key = _key(settings)
    built = build_chat(name, api_key=key, timeout_s=settings.chat_timeout_s, testing=settings.testing)
    if built is None:
        raise SettingsError(f"{name!r} is no language model.")
    return built


def _kaleido(rest: str, _: Settings) -> ValueScorer:
    checkpoint, _mark, words = rest.partition("?")
    try:
        options = KaleidoOptions.model_validate(dict(parse_qsl(words, strict_parsing=bool(words))))
    except (ValidationError, ValueError) as error:
        raise SettingsError(
            f"The scorer kaleido:{rest} cannot be read. After a question mark it takes {_KALEIDO_WORDS}."
        ) from error
    model = build_seq2seq(checkpoint, dtype=options.dtype, max_tokens=options.max_tokens, revision=options.revision)
    is_published = options.decoder == "published"
    return KaleidoScorer(model, name=f"kaleido:{rest}", wire_compat=is_published, n_candidates=options.candidates)


class KaleidoOptions(Noun):
    """What may stand after the question mark of a ``kaleido:`` name."""

    dtype: Literal["", "fp32", "bf16", "int8"] = ""
    decoder: Literal["published", "first"] = "published"
    max_tokens: int = Field(default=0, ge=0, le=512)
    revision: str = ""
    candidates: int = Field(default=N_CANDIDATES, ge=1, le=200)


_KALEIDO_WORDS = (
    "dtype=fp32|bf16|int8, decoder=published|first, max_tokens=N, revision=COMMIT and candidates=N, joined by &"
)
SCORERS: Mapping[str, ScorerBuilder] = {
    "default": _default,
    "reader": _reader,
    "reader:": _reader,
    "llm": _asked,
    "llm:": _asked,
    "kaleido:": _kaleido,
}
