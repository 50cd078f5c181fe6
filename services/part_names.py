"""Names of parts as everybody may read them: which model, and never where it runs or lies."""

import re

from backends.registry import GUIDED


def public_chat_name(name: str) -> str | None:
    """Return the model in the name of an interviewer, without address or folder; ``None`` for the guided one.

    >>> public_chat_name("openai:small-model@http://10.0.0.5:8000/v1")
    'small-model'
    >>> public_chat_name("llamacpp:/srv/models/small.gguf")
    'small.gguf'
    >>> public_chat_name("langchain:vendor:large-model")
    'large-model'
    """
    if name in {"", GUIDED}:
        return None
    scheme, _, rest = name.partition(":")
    if scheme == "openai":
        return _without_folder(re.split("@https?://", rest)[0])  # an address may hold a password, and so an @
    if scheme == "langchain":
        return _without_folder(rest.partition(":")[2])
    return rest.rsplit("/", 1)[-1] if scheme == "llamacpp" else ""


def public_scorer_name(name: str) -> str:
    """Return the name of a scorer, without the folder or address of the model behind it.

    >>> public_scorer_name("kaleido:/srv/models/kaleido-base?dtype=int8")
    'kaleido:kaleido-base?dtype=int8'
    >>> public_scorer_name("llm:openai:small@http://10.0.0.5:8000/v1"), public_scorer_name("default")
    ('llm:small', 'default')
    """
    scheme, _, rest = name.partition(":")
    if scheme == "llm":
        return f"llm:{public_checkpoint(rest)}"
    if scheme != "kaleido":
        return name
    checkpoint, mark, options = rest.partition("?")
    return f"kaleido:{_without_folder(checkpoint)}{mark}{options}"


def public_checkpoint(name: str) -> str:
    """Return the name of what made a score: of a chat model without its address, of a checkpoint without its folder.

    >>> public_checkpoint("openai:small@http://10.0.0.5:8000/v1"), public_checkpoint("people/kaleido-base")
    ('small', 'people/kaleido-base')
    """
    is_chat = name.startswith(("openai:", "langchain:", "llamacpp:"))
    return (public_chat_name(name) or "") if is_chat else _without_folder(name)


def public_embedder_name(name: str) -> str:
    """Return the name of an embedder, without the folder of a local one.

    >>> public_embedder_name("st:/srv/models/small"), public_embedder_name("st:people/small")
    ('st:small', 'st:people/small')
    """
    scheme, colon, rest = name.partition(":")
    return scheme + colon + _without_folder(rest)


def _without_folder(model: str) -> str:
    """A model of a hub is called OWNER/NAME; whatever else has a slash is a path or an address."""
    is_path = model.count("/") > 1 or model.startswith(("/", ".", "~"))
    return model.rstrip("/").rsplit("/", 1)[-1] if is_path else model
