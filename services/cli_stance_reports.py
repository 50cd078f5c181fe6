"""`moralgraph stances replay` and `report`: what recorded choices and runs say, without asking any model."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from domain.stance_reports import LabelStance, StanceReport
from domain.stances import DAILYDILEMMAS, NOT_TO_DO, TO_DO
from services.container import Services
from services.published_sets import published_dilemmas
from services.stance_replay import replay_file
from services.stance_reports import is_over_dilemmas, make_report, prepare
from services.stance_runs import REPORT_FILE, RunMaterial, read_run, write_theories
from stances.mentions import VALUE

SHOWN = 12
"""Lines of a list in plain output; --json has all."""


def add_replay(stances: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``replay``."""
    replay = stances.add_parser("replay", help="what recorded choices say of values, without any model")
    replay.add_argument("--dataset", required=True, help="dailydilemmas")
    replay.add_argument("--data", type=Path, required=True, metavar="PATH", help="their folder, or id on the hub")
    replay.add_argument("--choices", type=Path, metavar="FILE", help="CSV with the columns dilemma_idx and choice")
    replay.add_argument("--always", choices=[TO_DO, NOT_TO_DO], help="a policy that always answers so; needs no file")
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(command=replay_choices)


def add_report(stances: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``report``."""
    report = stances.add_parser("report", help="what a run prefers, how surely, and beside the baselines")
    report.add_argument("--run", type=Path, required=True, metavar="DIR")
    report.add_argument("--json", action="store_true")
    report.set_defaults(command=report_run)


def replay_choices(_: Services, arguments: argparse.Namespace) -> int:
    """Print what recorded choices come to."""
    found = replay_file(
        dataset=arguments.dataset, data=arguments.data, choices=arguments.choices, always=arguments.always
    )
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for theory, labels in found.items():
        rows = [(name, row) for name, row in labels.items() if isinstance(row, dict)]
        for name, row in sorted(rows, key=lambda pair: -pair[1]["preference"])[:SHOWN]:
            print(f"{theory:8} {name:24} {row['preference']:+7.1f}  ({row['selected']:g} / {row['neglected']:g})")
    return 0


def report_run(_: Services, arguments: argparse.Namespace) -> int:
    """Print the report of a run."""
    material = read_run(arguments.run)
    report = recorded_report(material)
    if arguments.json:
        print(report.model_dump_json(indent=1))
        return 0
    print(report.run.words)
    for theory in dict.fromkeys(label.theory for label in report.labels):
        _print_labels([label for label in report.labels if label.theory == theory])
    return 0


def recorded_report(material: RunMaterial) -> StanceReport:
    """Return the report of a run; where its items are not kept, the one recorded with it."""
    if not material.items and material.report is not None:
        return material.report
    return make_report(prepare(material))


def _print_labels(labels: Sequence[LabelStance]) -> None:
    for one in sorted(labels, key=lambda label: -label.n_dilemmas)[:SHOWN]:
        ends = "too few to say" if one.interval is None else f"{one.interval[0]:+.1f} to {one.interval[1]:+.1f}"
        print(
            f"{one.theory:8} {one.name:24} {one.preference:+7.1f}  95 % {ends}, n = {one.n_dilemmas}; "
            f"always to_do {one.always_to_do:+.1f}"
        )


def keep_report(run: Path, out: Path) -> None:
    """Put the report of a run over dilemmas beside its numbers: dimensions of theories alone, no word of the data."""
    material = read_run(run)
    if not is_over_dilemmas(material) or not material.items:
        return
    whole = make_report(prepare(material))
    kept = whole.model_copy(
        update={
            "run": whole.run.model_copy(update={"run_id": out.name, "is_recorded_only": True}),
            "labels": tuple(label for label in whole.labels if label.theory != VALUE),
            "strengths": (),
            "battles": (),
        }
    )
    (out / REPORT_FILE).write_text(kept.model_dump_json(indent=0) + "\n", encoding="utf-8")


def keep_theories(dataset: str, data: Path | None, out: Path) -> None:
    """Put beside the items of a run what their values belong to, where the data set says so."""
    if dataset == DAILYDILEMMAS and data is not None:
        write_theories(out, published_dilemmas(data).theories)
