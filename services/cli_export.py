"""`moralgraph export`: one order on the command line, and the older spellings `export graph` and `export study`."""

import argparse
import json
from pathlib import Path

from domain.errors import UserInputError
from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery, Thresholds
from services import cli_commands
from services.cli_options import at_least, moment
from services.container import Services

FIELDS = ExportOrder.model_fields


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the export command with its two older spellings."""
    exporting = commands.add_parser("export", help="write a study's graph, tables, training files or a bundle")
    _what(exporting)
    _which_votes(exporting)
    _training(exporting)
    exporting.set_defaults(command=export)
    older = exporting.add_subparsers(metavar="graph | study")
    graph = older.add_parser("graph", help="the moral graph as JSON, with single votes where asked for")
    graph.add_argument("--study", required=True)
    _which_votes(graph)
    graph.add_argument("--votes", action="store_true", help="single votes too, without identity")
    graph.add_argument("--out", type=Path, required=True)
    graph.add_argument("--json", action="store_true")
    graph.set_defaults(command=cli_commands.export_graph)
    whole = older.add_parser("study", help="a whole study, readable by import study")
    whole.add_argument("--study", required=True)
    whole.add_argument("--include", action="append", default=[], choices=["simulated"])
    whole.add_argument("--out", type=Path, required=True)
    whole.set_defaults(command=cli_commands.export_study)


def export(services: Services, arguments: argparse.Namespace) -> int:
    """Run one order and say what was written."""
    missing = [f"--{name}" for name in ("study", "format", "out") if getattr(arguments, name) is None]
    if missing:
        raise UserInputError(f"An export needs {', '.join(missing)}.")
    study = cli_commands.find_study(services, arguments.study)
    order = order_of(cli_commands.graph_query(services, study, arguments), arguments)
    made = services.exporting.run(order, arguments.out)
    if arguments.json:
        print(json.dumps(made.manifest, ensure_ascii=False))
        return 0
    print(f"study: {study.slug}\nformat: {order.format.value}\nat: {arguments.out}")
    for record in made.files:
        print(f"{record.path}: {'' if record.rows is None else f'{record.rows} rows, '}{record.bytes} bytes")
    for absence in made.absent:
        print(f"not there: {absence.what}: {absence.why}")
    return 0


def order_of(query: GraphQuery, arguments: argparse.Namespace) -> ExportOrder:
    """Return the order that the options ask for."""
    if not 0 < arguments.test_share < 1 or arguments.max_answers < 0:
        raise UserInputError("--test-share lies between 0 and 1, and --max-answers is 0 or more.")
    return ExportOrder(
        query=query,
        format=ExportFormat(arguments.format),
        split=SplitRule(arguments.split),
        test_share=arguments.test_share,
        seed=arguments.seed,
        max_answer_pairs=arguments.max_answers,
    )


def _what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", help="short name of the study")
    kinds = [kind.value for kind in ExportFormat]
    parser.add_argument("--format", choices=kinds, metavar="FORMAT", help=f"one of {', '.join(kinds)}")
    parser.add_argument("--out", type=Path, help="a file, a folder, or an archive that ends in .zip")
    parser.add_argument("--json", action="store_true", help="print the manifest")


def _which_votes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until", type=moment, help="votes as they stood then, ISO 8601 with a zone")
    parser.add_argument("--context", action="append", default=[], metavar="TEXT")
    parser.add_argument("--question", action="append", default=[], metavar="ID")
    parser.add_argument("--min-wiser", type=at_least(0), default=Thresholds().min_wiser, metavar="N")
    parser.add_argument("--include", action="append", default=[], choices=["simulated"])
    parser.add_argument("--training-only", action="store_true", help="only people who agreed to training")


def _training(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--split",
        choices=[rule.value for rule in SplitRule],
        default=FIELDS["split"].default.value,
        help="what must not be on both sides of training and test",
    )
    parser.add_argument(
        "--test-share",
        type=float,
        default=FIELDS["test_share"].default,
        metavar="X",
        help="share of scenarios and people on the test side",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=FIELDS["seed"].default,
        metavar="K",
        help="decides who and what goes to which side",
    )
    parser.add_argument(
        "--max-answers",
        type=at_least(0),
        default=FIELDS["max_answer_pairs"].default,
        metavar="N",
        help="pairs of answers that a configured model writes at most",
    )
