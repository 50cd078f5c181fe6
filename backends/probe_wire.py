"""What an OpenAI-shaped server is sent for a probe, and what its answer says; no connection is made here."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from backends.chat_llamacpp import OPENAI_ROLES
from domain.chat import ChatFailure, FailureReason
from domain.nouns import clean_text
from domain.probes import ProbeReply, ProbeRequest

TOP_TOKENS = 20
"""So many first tokens are asked for; what servers tell at most."""
TOKENS_WITHOUT_OPENING = 4
"""A reply that we could not begin may write a word such as ``Action`` before the label."""
TOP_TOKENS_HERE = 200
"""So many of a model in this process, where more cost nothing."""
SMALLEST = 5e-324


def chat_body(request: ProbeRequest, *, has_opening: bool) -> dict[str, Any]:
    """Return the body of a chat completion; ``has_opening`` puts the beginning of the reply into the model's mouth."""
    messages = [{"role": OPENAI_ROLES[message.role], "content": message.text} for message in request.messages]
    if has_opening and request.opening:
        messages.append({"role": "assistant", "content": request.opening})
    body = {"messages": messages, **_drawing(request)}
    if request.n_samples == 0:
        if request.opening and not has_opening:
            body["max_tokens"] = TOKENS_WITHOUT_OPENING
        body |= {"logprobs": True, "top_logprobs": TOP_TOKENS}
    return body


def text_body(request: ProbeRequest) -> dict[str, Any]:
    """Return the body of a text completion: what the model is told beforehand, an empty line, and the question."""
    body = {"prompt": "\n\n".join(message.text for message in request.messages), **_drawing(request)}
    return body | ({"logprobs": TOP_TOKENS} if request.n_samples == 0 else {})


def _drawing(request: ProbeRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "max_tokens": request.max_tokens, "temperature": request.temperature, "seed": request.seed,
    }  # fmt: skip
    return body | ({"n": request.n_samples} if request.n_samples > 1 else {})


def read_probe(
    answer: Mapping[str, Any],
    request: ProbeRequest,
    *,
    backend: str,
    seconds: float,
    not_honoured: tuple[str, ...] = (),
    revision: str = "",
) -> ProbeReply:
    """Return the reply in a server's answer, or the reason why there is none; nothing is raised for its shape."""
    told = {"key": request.key, "backend": backend, "seconds": seconds, "not_honoured": not_honoured}
    choices = [choice for choice in _list(answer.get("choices")) if isinstance(choice, dict)]
    if not choices:
        detail = clean_text(str(answer.get("error") or answer)[:200])
        return ProbeReply(failure=ChatFailure(reason=FailureReason.UNAVAILABLE, detail=detail), **told)
    usage = answer.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return ProbeReply(
        log_probabilities=told_of(choices[0].get("logprobs"), request) if request.n_samples == 0 else None,
        texts=tuple(_text(choice) for choice in choices),
        revision=str(answer.get("model") or revision),
        n_prompt_tokens=_count(usage.get("prompt_tokens")),
        n_reply_tokens=_count(usage.get("completion_tokens")),
        **told,
    )


def told_of(told: object, request: ProbeRequest) -> dict[str, float] | None:
    """Return token -> log-probability at the place of the label, from either form servers write; ``None`` for none.

    The place is the first token that is a spelling of a label, such as the second one of ``Action 1``: there the model
    decides. Where no token is one it is the first. Tokens of one text (bytes that are no whole character) are added up.
    """
    if not isinstance(told, dict):
        return None
    content = [one for one in _list(told.get("content")) if isinstance(one, dict)]
    if content:
        labels = {form for forms in request.spellings.values() for form in forms}
        place = next((one for one in content if str(one.get("token", "")).strip() in labels), content[0])
        entries = [(str(one.get("token", "")), one.get("logprob")) for one in _list(place.get("top_logprobs"))]
    else:
        first = _list(told.get("top_logprobs"))
        entries = list(first[0].items()) if first and isinstance(first[0], dict) else []
    return _summed(entries)


def _summed(entries: Sequence[tuple[str, object]]) -> dict[str, float] | None:
    found: dict[str, float] = {}
    for token, value in entries:
        if isinstance(value, int | float) and not math.isnan(value):
            found[token] = found.get(token, 0.0) + math.exp(min(value, 0.0))
    return {token: math.log(max(share, SMALLEST)) for token, share in found.items()} or None


def failed(request: ProbeRequest, reason: FailureReason, detail: str, *, backend: str, seconds: float) -> ProbeReply:
    """Return a reply that says why there is none."""
    failure = ChatFailure(reason=reason, detail=clean_text(detail[:200]))
    return ProbeReply(key=request.key, failure=failure, backend=backend, seconds=seconds)


def _text(choice: Mapping[str, Any]) -> str:
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    return clean_text(str(text or ""))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
