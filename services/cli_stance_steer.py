"""`moralgraph stances steer`: one model without and with a system text, and what that changed."""

import argparse
from pathlib import Path

from domain.errors import UserInputError
from domain.steering_reports import SteeringReport
from services.container import Services
from services.stance_comparisons import compare_runs
from services.stance_reports import prepare
from services.stance_runs import read_run
from services.steering_reports import read_principle, steer, steering_fault, system_pair

SHOWN = 12
"""Lines of a list in plain output; --json has all."""


def add_steer(stances: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``steer``."""
    command = stances.add_parser("steer", help="what a system text changed: one model without and with it")
    command.add_argument("--before", type=Path, required=True, metavar="DIR", help="run without the system text")
    command.add_argument("--after", type=Path, required=True, metavar="DIR", help="run with it, otherwise alike")
    command.add_argument("--principle", type=Path, metavar="FILE",
                         help="JSON with name, supporting and opposing: values, each with a weight")  # fmt: skip
    command.add_argument("--json", action="store_true")
    command.set_defaults(command=steer_runs)


def steer_runs(_: Services, arguments: argparse.Namespace) -> int:
    """Print what the system text changed."""
    principle = None if arguments.principle is None else read_principle(arguments.principle)
    before, after = read_run(arguments.before), read_run(arguments.after)
    first, second = system_pair(before, after)
    fault = steering_fault(before, after, before_system=first, after_system=second)
    if fault:
        raise UserInputError(fault)
    one, other = prepare(before, system=first), prepare(after, system=second)
    found = steer(one, other, compare_runs(one, other), principle)
    print(found.model_dump_json(indent=1) if arguments.json else "\n".join(_lines(found)))
    return 0


def _lines(found: SteeringReport) -> list[str]:
    compared = found.compared
    lines = [found.words, f"Before: {compared.first.words}", f"After: {compared.second.words}"]
    if found.principle is not None:
        lines.append(found.principle.words)
    most = sorted(compared.labels, key=lambda one: (one.q is None, one.q or 0.0, -abs(one.difference)))[:SHOWN]
    return lines + [
        f"{one.theory:8} {one.name:24} {one.first:+7.1f} -> {one.second:+7.1f}  {one.difference:+7.1f}, "
        f"95 % {one.interval[0]:+.1f} to {one.interval[1]:+.1f}, n = {one.n_dilemmas}"
        for one in most
    ]
