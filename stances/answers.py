"""From a reply to an answer: probabilities over the item's options, or a class of its own, with where it came from."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from domain.chat import FailureReason
from domain.nouns import content_hash
from domain.probes import ProbeReply, ProbeRequest
from domain.provenance import Provenance
from domain.stances import Answer, AnswerClass, AnswerMethod, Condition, ProbeItem, Wording
from stances.option_mass import sum_spellings, take_out_prior
from stances.replies import read_text

LEAST_COVERED = 0.01
"""With less probability than this on all options together the model was about to say something else: invalid."""


def read_reply(
    item: ProbeItem,
    condition: Condition,
    request: ProbeRequest,
    reply: ProbeReply,
    *,
    prior: Mapping[str, float],
    now: datetime,
    code_version: str = "",
) -> Answer:
    """Return the answer; ``prior`` is what the model says without content, by option key, empty where not measured."""
    method = AnswerMethod.LOG_PROBABILITIES if request.n_samples == 0 else AnswerMethod.SAMPLES
    blank = Answer(
        item_id=item.id,
        condition=condition.key,
        family=condition.family,
        order=condition.order,
        kind=AnswerClass.ERROR,
        method=method,
        raw="\n".join(reply.texts),
        n_samples=len(reply.texts) if request.n_samples else 1,
        n_prompt_tokens=reply.n_prompt_tokens,
        n_reply_tokens=reply.n_reply_tokens,
        seconds=reply.seconds,
        provenance=_provenance(request, reply, condition, now=now, code_version=code_version),
    )
    if reply.failure is not None:
        kind = {
            FailureReason.REFUSED: AnswerClass.REFUSAL, FailureReason.EMPTY: AnswerClass.INVALID,
        }.get(reply.failure.reason, AnswerClass.ERROR)  # fmt: skip
        return _classed(blank, kind, reply.failure.detail or reply.failure.reason.value)
    if method is AnswerMethod.SAMPLES:
        language = "en" if condition.wording is Wording.TRANSLATED else item.language
        return _from_texts(blank, request, reply, language=language)
    return _from_log_probabilities(blank, request, reply, prior=prior)


def _classed(answer: Answer, kind: AnswerClass, detail: str) -> Answer:
    return answer.model_copy(update={"kind": kind, "classes": {kind: 1.0}, "detail": detail})


def _from_log_probabilities(
    answer: Answer, request: ProbeRequest, reply: ProbeReply, *, prior: Mapping[str, float]
) -> Answer:
    if reply.log_probabilities is None:
        return _classed(answer, AnswerClass.ERROR, "the model told no log-probabilities")
    mass = sum_spellings(reply.log_probabilities, request.spellings)
    told = answer.model_copy(update={"covered": mass.covered})
    if mass.covered < LEAST_COVERED:
        return _classed(told, AnswerClass.INVALID, "hardly any probability fell on an option")
    found = {"probabilities": mass.shares, "calibrated": take_out_prior(mass.shares, prior)}
    return told.model_copy(update={"kind": AnswerClass.CHOICE, "classes": {AnswerClass.CHOICE: 1.0}, **found})


def _from_texts(answer: Answer, request: ProbeRequest, reply: ProbeReply, *, language: str) -> Answer:
    if not reply.texts:
        return _classed(answer, AnswerClass.ERROR, "the model gave no reply")
    readings = [read_text(text, request.spellings, language=language) for text in reply.texts]
    kinds = Counter(reading.kind for reading in readings)
    chosen = Counter(reading.option for reading in readings if reading.option is not None)
    kind = max(AnswerClass, key=lambda one: kinds[one])  # ties: the first of the enum
    return answer.model_copy(
        update={
            "kind": kind,
            "classes": {one: kinds[one] / len(readings) for one in AnswerClass if kinds[one]},
            "probabilities": {key: chosen[key] / chosen.total() for key in request.spellings} if chosen else {},
            "detail": "" if kind is AnswerClass.CHOICE else next(r.detail for r in readings if r.kind is kind),
        }
    )


def _provenance(
    request: ProbeRequest, reply: ProbeReply, condition: Condition, *, now: datetime, code_version: str
) -> Provenance:
    sent = [message.model_dump(mode="json") for message in request.messages]
    return Provenance(
        backend=reply.backend,
        revision=reply.revision,
        prompt_id=f"{condition.template}@{condition.template_version}",
        prompt_hash=content_hash([*sent, request.opening]),
        parameters={"temperature": f"{request.temperature:g}", "max_tokens": str(request.max_tokens),
                    "seed": str(request.seed), "n_samples": str(request.n_samples)},
        not_honoured=reply.not_honoured,
        code_version=code_version,
        made_at=now,
    )  # fmt: skip
