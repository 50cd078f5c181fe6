"""The command line: the same use cases as the pages, for scripts and for people who like a terminal."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from domain.errors import MoralGraphError
from domain.graphs import Thresholds
from services import cli_commands
from services.container import Services
from services.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 after an error that is explained in one sentence.

    Raises:
        SystemExit: with 2 where the words on the line make no sense, after a sentence that says why.
    """
    arguments = _parser().parse_args(argv)
    command: Callable[[Services, argparse.Namespace], int] = arguments.command
    try:
        with closing(Services(Settings.from_env(os.environ))) as services:
            return command(services, arguments)
    except MoralGraphError as error:
        print(f"moralgraph: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="moralgraph", description="Moral Graph Explorer on the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    importing = commands.add_parser("import", help="read a study from files").add_subparsers(required=True)
    study = importing.add_parser("study", help="a folder of CSV and JSON files, or an exported file")
    study.add_argument("path", type=Path)
    study.add_argument("--slug", required=True, help="short name of the study, such as my-study")
    study.add_argument("--json", action="store_true")
    study.set_defaults(command=cli_commands.import_study)

    exporting = commands.add_parser("export", help="write a graph or a study").add_subparsers(required=True)
    graph = exporting.add_parser("graph", help="the moral graph as JSON")
    graph.add_argument("--study", required=True)
    graph.add_argument("--until", type=_moment, help="votes as they stood then, ISO 8601 with a zone")
    graph.add_argument("--context", action="append", default=[], metavar="TEXT")
    graph.add_argument("--question", action="append", default=[], metavar="ID")
    graph.add_argument("--min-wiser", type=_at_least(0), default=Thresholds().min_wiser, metavar="N")
    graph.add_argument("--include", action="append", default=[], choices=["simulated"])
    graph.add_argument("--training-only", action="store_true", help="only people who agreed to training")
    graph.add_argument("--votes", action="store_true", help="single votes too, without identity")
    graph.add_argument("--out", type=Path, required=True)
    graph.add_argument("--json", action="store_true")
    graph.set_defaults(command=cli_commands.export_graph)
    whole = exporting.add_parser("study", help="a whole study, readable by import study")
    whole.add_argument("--study", required=True)
    whole.add_argument("--include", action="append", default=[], choices=["simulated"])
    whole.add_argument("--out", type=Path, required=True)
    whole.set_defaults(command=cli_commands.export_study)

    scripted = commands.add_parser("simulate", help="let scripted people take part, marked as simulated")
    scripted.add_argument("--study", required=True)
    scripted.add_argument("--participants", type=_at_least(1), required=True, metavar="N")
    scripted.add_argument("--seed", type=_at_least(0), required=True, metavar="K")
    scripted.add_argument("--json", action="store_true")
    scripted.set_defaults(command=cli_commands.simulate)

    health = commands.add_parser("doctor", help="which parts are in use, what is missing, and how to mend it")
    health.add_argument("--json", action="store_true")
    health.set_defaults(command=cli_commands.doctor)

    admin = commands.add_parser("admin", help="the administrator's account").add_subparsers(required=True)
    password = admin.add_parser("reset-password", help="make a new password; the old one and its sessions end")
    password.set_defaults(command=cli_commands.reset_password)
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        try:
            number = int(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too small; write {least} or more")
        return number

    return whole


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T12:00:00Z") from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write 2026-11-23T12:00:00Z or +01:00")
    return moment


if __name__ == "__main__":
    sys.exit(main())
