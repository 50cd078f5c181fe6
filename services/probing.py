"""Asks a model everything a plan holds: writes each answer as it comes, stops, resumes, keeps to a budget."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import NamedTuple

from domain.errors import UserInputError
from domain.probes import ProbeRequest, StanceModel
from domain.protocols import Clock
from domain.stances import Answer, AnswerClass, AnswerMethod, Budget, Effort, RunCard
from services.probe_plans import ProbePlan, Question
from services.run_folder import RunFolder
from services.run_pace import seconds_per_call
from services.run_tally import RunTally
from stances.answers import read_reply
from stances.option_mass import mean_shares

CHARACTERS_PER_TOKEN = 4
DEAD_AFTER = 20
"""So many failures in a row, and at least two for every request in flight, end a run: nobody is there."""
CARD_EVERY_S = 5.0
NO_BUDGET = Budget()
NOTHING_SPENT = Effort()


class Progress(NamedTuple):
    """How far a run is."""

    n_done: int
    """Answers there are, failures not counted."""
    n_wanted: int
    n_failed: int
    seconds: float
    """Since this part of the run began."""
    seconds_left: float | None
    """At the pace of this part; None before its first answer."""


class Estimate(NamedTuple):
    """What is still to be done."""

    effort: Effort
    """Calls, tokens and seconds; 0 seconds where no pace is known yet."""
    n_done: int
    n_wanted: int


@dataclass(frozen=True, kw_only=True)
class Prober:
    """Runs one plan with one model into one folder."""

    plan: ProbePlan
    model: StanceModel
    folder: RunFolder
    clock: Clock
    budget: Budget = NO_BUDGET
    on_progress: Callable[[Progress], None] = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)

    def estimate(self) -> Estimate:
        """Return what is left to do, before anything is sent.

        The pace is that of the answers already there, or else of the newest run beside this one that asked the same
        model the same kind of question.
        """
        questions = self.plan.questions()
        left = self._unanswered(questions, RunTally.of(self.folder.lines()))
        priors = [] if self.folder.priors() else self.plan.prior_questions()
        requests = [self.plan.request(question) for question in (*priors, *left)]
        effort = Effort(
            n_calls=len(requests),
            n_prompt_tokens=sum(expected_tokens(request) for request in requests),
            n_reply_tokens=sum(most_tokens(request) - expected_tokens(request) for request in requests),
            seconds=len(requests) * seconds_per_call(self.folder, self.model.name, self.plan),
        )
        return Estimate(effort, len(questions) - len(left), len(questions))

    def run(self) -> RunCard:
        """Ask what is not answered yet; failures of an earlier part are asked again, choices never.

        Returns the card; ``stopped_because`` says why the run is not whole. An interrupt (Ctrl+C) stops it in order.

        Raises:
            UserInputError: the folder holds another run.
        """
        card = self._begin()
        questions = self.plan.questions()
        tally = RunTally.of(self.folder.lines())
        left = self._unanswered(questions, tally)
        part = _Part(prober=self, card=card, tally=tally, n_wanted=len(questions))
        try:
            part.ask(left, self._measured_priors())
        except KeyboardInterrupt:
            part.why = "interrupted"
        return part.finish()

    def _begin(self) -> RunCard:
        card = RunCard(
            id=self.folder.path.name,
            dataset=self.plan.dataset,
            dataset_hash=self.plan.items_hash,
            model=self.model.name,
            method=AnswerMethod.SAMPLES if self.plan.n_samples else AnswerMethod.LOG_PROBABILITIES,
            conditions=self.plan.conditions,
            seed=self.plan.seed,
            n_items=len(self.plan.items),
            n_answers_wanted=len(self.plan.questions()),
            n_samples=max(self.plan.n_samples, 1),
            budget=self.budget,
            started_at=self.clock(),
            code_version=version("moral-graph-explorer"),
        )
        if not self.folder.has_run():
            self.folder.write_items(self.plan.items)
            self.folder.write_card(card)
            return card
        before = self.folder.card()
        fixed = ("dataset_hash", "model", "conditions", "seed", "n_samples", "method")
        changed = [name for name in fixed if getattr(before, name) != getattr(card, name)]
        if changed:
            raise UserInputError(
                f"The folder {str(self.folder.path)!r} holds a run that differs in {', '.join(changed)}. "
                "Name another folder."
            )
        return before.model_copy(update={"budget": self.budget, "finished_at": None, "stopped_because": ""})

    def _unanswered(self, questions: Sequence[Question], tally: RunTally) -> list[Question]:
        return [question for question in questions if not tally.is_answered(question.key)]

    def _measured_priors(self) -> dict[str, dict[str, float]]:
        """Return the priors of the folder, measured now where it has none; a failure leaves a condition without."""
        found = self.folder.priors()
        questions = {question.key: question for question in self.plan.prior_questions()}
        if found or not questions:
            return found
        requests = {key: self.plan.request(question) for key, question in questions.items()}
        shares: dict[str, list[dict[str, float]]] = {}
        for reply in self.model.ask(requests.values()):
            question = questions[reply.key]
            answer = read_reply(
                question.item, question.condition, requests[reply.key], reply, prior={}, now=self.clock()
            )
            if answer.probabilities:
                shares.setdefault(question.prior_key, []).append(answer.probabilities)
        priors = {key: mean_shares(rows) for key, rows in shares.items()}
        self.folder.write_priors(priors)
        return priors


class Sent(NamedTuple):
    """A question under way."""

    question: Question
    request: ProbeRequest


@dataclass(kw_only=True)
class _Part:
    """One sitting of a run: from a start or a resumption to its end."""

    prober: Prober
    card: RunCard
    tally: RunTally
    n_wanted: int
    n_asked: int = 0
    n_failures_in_a_row: int = 0
    began: float = field(default_factory=time.monotonic)
    effort: Effort = NOTHING_SPENT
    under_way: dict[str, Sent] = field(default_factory=dict)
    why: str = ""
    """Why it ended early; empty when it did not."""

    def ask(self, left: Sequence[Question], priors: dict[str, dict[str, float]]) -> None:
        """Ask the questions until they or the patience end; ``why`` says which. What is under way is waited for."""
        card_written = self.began
        with self.prober.folder.appending() as file, closing(self.prober.model.ask(self._sent(left))) as replies:
            for reply in replies:
                question, request = self.under_way.pop(reply.key)
                answer = read_reply(
                    question.item, question.condition, request, reply, prior=priors.get(question.prior_key, {}),
                    now=self.prober.clock(), code_version=self.card.code_version,
                )  # fmt: skip
                file.append(answer)
                self._count(answer)
                if time.monotonic() - card_written > CARD_EVERY_S:
                    self.prober.folder.write_card(self._card())
                    card_written = time.monotonic()

    def _sent(self, left: Sequence[Question]) -> Iterator[ProbeRequest]:
        """Yield the requests to send, none any more once there is a reason to end."""
        for question in left:
            request = self.prober.plan.request(question)
            self.why = self._why_ended(request)
            if self.why:
                return
            self.under_way[request.key] = Sent(question, request)
            yield request

    def finish(self) -> RunCard:
        """Write the card and return it."""
        why = self.why
        if not why and self.tally.n_failed:
            why = f"{self.tally.n_failed} questions failed; resume the run to ask them again"
        is_whole = not why and len(self.tally) >= self.n_wanted
        card = self._card().model_copy(
            update={"stopped_because": why, "finished_at": self.prober.clock() if is_whole else None}
        )
        self.prober.folder.write_card(card)
        return card

    def _count(self, answer: Answer) -> None:
        self.tally.add(answer)
        self.n_asked += 1
        self.n_failures_in_a_row = self.n_failures_in_a_row + 1 if answer.kind is AnswerClass.ERROR else 0
        self.effort = Effort(
            n_calls=self.effort.n_calls + 1,
            n_prompt_tokens=self.effort.n_prompt_tokens + (answer.n_prompt_tokens or 0),
            n_reply_tokens=self.effort.n_reply_tokens + (answer.n_reply_tokens or 0),
            seconds=time.monotonic() - self.began,
        )
        self.prober.on_progress(self._progress())

    def _progress(self) -> Progress:
        n_done = len(self.tally) - self.tally.n_failed
        seconds = time.monotonic() - self.began
        left = (self.n_wanted - n_done) * seconds / self.n_asked if self.n_asked else None
        return Progress(n_done, self.n_wanted, self.tally.n_failed, seconds, left)

    def _why_ended(self, request: ProbeRequest) -> str:
        """Return why ``request`` must not be sent; empty when it may."""
        budget, spent = self.prober.budget, self._spent()
        if self.prober.stop.is_set():
            return "stopped"
        if self.n_failures_in_a_row >= max(DEAD_AFTER, 2 * self.prober.model.n_in_flight):
            return f"the model does not answer ({self.n_failures_in_a_row} failures in a row)"
        if budget.max_calls is not None and spent.n_calls + len(self.under_way) >= budget.max_calls:
            return f"the budget of {budget.max_calls} calls is used up"
        if budget.max_seconds is not None and spent.seconds >= budget.max_seconds:
            return f"the budget of {budget.max_seconds:g} seconds is used up"
        if budget.max_tokens is not None:
            expected = sum(most_tokens(one) for one in (request, *(sent.request for sent in self.under_way.values())))
            if spent.n_prompt_tokens + spent.n_reply_tokens + expected > budget.max_tokens:
                return f"the budget of {budget.max_tokens} tokens is used up"
        return ""

    def _spent(self) -> Effort:
        """Return what all sittings of the run cost together."""
        before, now = self.card.effort, self.effort
        return Effort(
            n_calls=before.n_calls + now.n_calls,
            n_prompt_tokens=before.n_prompt_tokens + now.n_prompt_tokens,
            n_reply_tokens=before.n_reply_tokens + now.n_reply_tokens,
            seconds=before.seconds + now.seconds,
        )

    def _card(self) -> RunCard:
        agreement = self.tally.agreement()
        return self.card.model_copy(
            update={
                "classes": self.tally.classes(),
                "order_agreement": agreement.share,
                "n_both_orders": agreement.n,
                "effort": self._spent(),
                "revision": self.tally.revision,
            }
        )


def most_tokens(request: ProbeRequest) -> int:
    """Return about how many tokens a request costs at most, its reply included."""
    return expected_tokens(request) + request.max_tokens * max(request.n_samples, 1)


def expected_tokens(request: ProbeRequest) -> int:
    """Return about how many tokens a request sends: a quarter of its characters, more where no Latin letters stand."""
    return sum(len(message.text.encode()) // CHARACTERS_PER_TOKEN + 4 for message in request.messages)
