"""The command line: the same use cases as the pages, for scripts and for people who like a terminal."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from domain.errors import MoralGraphError
from services import cli_commands
from services.cli_analyze import add_analyze
from services.cli_bench import add_bench
from services.cli_cluster import add_cluster
from services.cli_export import add_export
from services.cli_judge import add_judge
from services.cli_options import at_least
from services.cli_score import add_score
from services.cli_stances import add_stances
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

    add_analyze(commands)
    add_export(commands)
    add_bench(commands)
    add_cluster(commands)
    add_judge(commands)
    add_stances(commands)
    add_score(commands)

    scripted = commands.add_parser("simulate", help="let scripted people take part, marked as simulated")
    scripted.add_argument("--study", required=True)
    scripted.add_argument("--participants", type=at_least(1), required=True, metavar="N")
    scripted.add_argument("--seed", type=at_least(0), required=True, metavar="K")
    scripted.add_argument("--json", action="store_true")
    scripted.set_defaults(command=cli_commands.simulate)

    health = commands.add_parser("doctor", help="which parts are in use, what is missing, and how to mend it")
    health.add_argument("--json", action="store_true")
    health.set_defaults(command=cli_commands.doctor)

    admin = commands.add_parser("admin", help="the administrator's account").add_subparsers(required=True)
    password = admin.add_parser("reset-password", help="make a new password; the old one and its sessions end")
    password.set_defaults(command=cli_commands.reset_password)
    return parser


if __name__ == "__main__":
    sys.exit(main())
