"""`moralgraph stances`: ask a model, and read what it said. Each sub-command adds itself in ``add_stances``."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from domain.probes import StanceModel
from domain.stances import AnswerClass, Budget, RunCard
from services.cli_options import at_least
from services.cli_stance_compare import add_compare, add_items
from services.cli_stance_reports import add_replay, add_report, keep_report, keep_theories
from services.cli_stance_steer import add_steer
from services.container import Services
from services.probe_plans import Experiment, ProbePlan, plan_run, read_dataset
from services.probing import Estimate, Progress
from services.recorded_runs import record_numbers

SAMPLES = 5
"""Replies drawn per question where a server tells no log-probabilities."""


def add_stances(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its sub-commands."""
    stances = commands.add_parser("stances", help="where a model stands on dilemmas and statements")
    subjects = stances.add_subparsers(required=True, metavar="SUBJECT")
    add_run(subjects)
    add_replay(subjects)
    add_report(subjects)
    add_compare(subjects)
    add_steer(subjects)
    add_items(subjects)
    add_record(subjects)


def add_record(subjects: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``stances record``."""
    record = subjects.add_parser("record", help="keep the numbers of a run alone, without any text")
    record.add_argument("--run", type=Path, required=True, help="folder of the run")
    record.add_argument("--out", type=Path, required=True, help="folder for the numbers")
    record.set_defaults(command=record_run)


def record_run(_services: Services, arguments: argparse.Namespace) -> int:
    """Write the numbers of a run into a folder of their own."""
    print("\n".join(_lines(record_numbers(arguments.run, arguments.out))))
    keep_report(arguments.run, arguments.out)
    return 0


def add_run(subjects: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``stances run``."""
    run = subjects.add_parser("run", help="ask a model; can be stopped and resumed")
    run.add_argument("--dataset", required=True, help="dailydilemmas, civics, or a JSON file of items")
    run.add_argument("--data", type=Path, help="folder of the published files, or id on the hub")
    run.add_argument("--model", required=True, help="packaged, llamacpp:PATH, openai:MODEL@URL, recorded:FOLDER, ...")
    run.add_argument("--out", type=Path, required=True, help="folder of the run")
    run.add_argument("--limit", type=at_least(1), help="so many items, drawn by the seed")
    run.add_argument("--orders", choices=["both"], default="both", help="both orders of the options, always")
    run.add_argument("--resume", action="store_true", help="go on with the run in --out; failures are asked again")
    run.add_argument("--estimate", action="store_true", help="say what is left to do and send nothing")
    run.add_argument("--template", choices=["shown", "published"], default="shown", help="how dilemmas are asked")
    run.add_argument("--labels", default="12", choices=["12", "AB", "XY"], help="what the actions are called")
    run.add_argument("--paraphrases", type=int, choices=[1, 2, 3], default=1, help="wordings of the instruction")
    run.add_argument("--experiment", choices=[one.value for one in Experiment], default="primed",
                     help="how statements are asked")  # fmt: skip
    run.add_argument("--phrases", type=int, choices=[0, 1, 2, 3], default=1, help="leaning sentences to either side")
    run.add_argument("--translated", action="store_true", help="the English translation too")
    run.add_argument("--system", default="", help="what the model is told beforehand")
    run.add_argument("--plain", action="store_true", help="a bare text to continue, for base models")
    run.add_argument("--samples", type=at_least(0), help="replies per question; 0 asks for log-probabilities")
    run.add_argument("--seed", type=at_least(0), default=0)
    run.add_argument("--max-calls", type=at_least(0))
    run.add_argument("--max-tokens", type=at_least(0))
    run.add_argument("--max-seconds", type=float)
    run.add_argument("--json", action="store_true", help="print the card of the run")
    run.set_defaults(command=run_stances)


def run_stances(services: Services, arguments: argparse.Namespace) -> int:
    """Ask; returns 0 for a whole run, 1 where questions are left."""
    plan = _plan(arguments)
    with closing(services.stances.model(arguments.model)) as model:
        return _asked(services, arguments, plan, model)


def _asked(services: Services, arguments: argparse.Namespace, plan: ProbePlan, model: StanceModel) -> int:
    n_samples = arguments.samples
    if n_samples is None:
        n_samples = 0 if arguments.estimate or model.has_log_probabilities else SAMPLES
    prober = services.stances.prober(
        replace(plan, n_samples=n_samples),
        model=model,
        out=arguments.out,
        is_resumed=arguments.resume,
        budget=Budget(
            max_calls=arguments.max_calls, max_tokens=arguments.max_tokens, max_seconds=arguments.max_seconds
        ),
        on_progress=_Told(),
    )
    estimate = prober.estimate()
    print(_estimated(estimate), file=sys.stderr)
    if arguments.estimate:
        print(json.dumps({**estimate.effort.model_dump(), "done": estimate.n_done, "wanted": estimate.n_wanted}))
        return 0
    with _stopping(prober.stop):
        card = prober.run()
    keep_theories(arguments.dataset, arguments.data, arguments.out)
    print("", file=sys.stderr)
    print(card.model_dump_json(indent=1) if arguments.json else "\n".join(_lines(card)))
    return 0 if card.finished_at is not None else 1


def _plan(arguments: argparse.Namespace) -> ProbePlan:
    return plan_run(
        read_dataset(arguments.dataset, arguments.data),
        seed=arguments.seed,
        limit=arguments.limit,
        experiment=Experiment(arguments.experiment),
        template=arguments.template,
        label_set=arguments.labels,
        n_paraphrases=arguments.paraphrases,
        n_phrases=arguments.phrases,
        is_translated_too=arguments.translated,
        system=arguments.system,
        is_plain=arguments.plain,
    )


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl+C stop in order, after the replies under way; the second one ends at once."""

    def first(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


class _Told:
    """Writes one line of progress over itself, at most once a second."""

    def __init__(self) -> None:
        self._told_s = -1.0

    def __call__(self, progress: Progress) -> None:
        if progress.seconds - self._told_s < 1 and progress.n_done < progress.n_wanted:
            return
        self._told_s = progress.seconds
        left = "" if progress.seconds_left is None else f", about {_span(progress.seconds_left)} left"
        failed = f", {progress.n_failed} failed" if progress.n_failed else ""
        print(f"\r{progress.n_done} of {progress.n_wanted}{failed}{left}    ", end="", file=sys.stderr, flush=True)


def _estimated(estimate: Estimate) -> str:
    effort = estimate.effort
    time_left = f", about {_span(effort.seconds)}" if effort.seconds else ""
    return (
        f"{estimate.n_done} of {estimate.n_wanted} answered; {effort.n_calls} calls to make, about "
        f"{effort.n_prompt_tokens} tokens to send and at most {effort.n_reply_tokens} to receive{time_left}."
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _lines(card: RunCard) -> list[str]:
    lines = [f"run: {card.id}", f"model: {card.model}", f"items: {card.n_items}"]
    lines += [f"{kind.value}: {card.classes[kind]}" for kind in AnswerClass if card.classes.get(kind)]
    if card.order_agreement is not None:
        lines.append(f"order agreement: {card.order_agreement:.3f} of {card.n_both_orders} items")
    lines.append(f"time: {_span(card.effort.seconds)}")
    return [*lines, *([f"stopped: {card.stopped_because}"] if card.stopped_because else [])]
