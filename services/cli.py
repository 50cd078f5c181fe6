"""The command line: the same use cases as the pages, for scripts and for people who like a terminal."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from domain.errors import MoralGraphError, UserInputError
from domain.graphs import GraphQuery, Thresholds
from domain.ids import ContextId, QuestionId
from domain.people import REAL_SOURCES, Source
from domain.studies import Study
from services.container import Services
from services.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 after an error that is explained in one sentence."""
    arguments = _parser().parse_args(argv)
    command: Callable[[Services, argparse.Namespace], int] = arguments.command
    try:
        return command(Services(Settings.from_env(os.environ)), arguments)
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
    study.set_defaults(command=import_study)

    exporting = commands.add_parser("export", help="write a graph or a study").add_subparsers(required=True)
    graph = exporting.add_parser("graph", help="the moral graph as JSON")
    graph.add_argument("--study", required=True)
    graph.add_argument("--until", type=_moment, help="votes as they stood then, ISO 8601 with a zone")
    graph.add_argument("--context", action="append", default=[], metavar="TEXT")
    graph.add_argument("--question", action="append", default=[], metavar="ID")
    graph.add_argument("--min-wiser", type=int, default=Thresholds().min_wiser, metavar="N")
    graph.add_argument("--include", action="append", default=[], choices=["simulated"])
    graph.add_argument("--training-only", action="store_true", help="only people who agreed to training")
    graph.add_argument("--out", type=Path, required=True)
    graph.add_argument("--json", action="store_true")
    graph.set_defaults(command=export_graph)
    whole = exporting.add_parser("study", help="a whole study, readable by import study")
    whole.add_argument("--study", required=True)
    whole.add_argument("--out", type=Path, required=True)
    whole.set_defaults(command=export_study)
    return parser


def import_study(services: Services, arguments: argparse.Namespace) -> int:
    """Import a study and say what came in."""
    report = services.interchange.import_study(arguments.path, slug=arguments.slug)
    counts = {
        "study": report.study.slug,
        "values": report.n_values,
        "cards": report.n_cards,
        "participants": report.n_participants,
        "contexts": report.n_contexts,
        "edge_votes": report.n_votes,
    }
    _say(counts, as_json=arguments.json)
    return 0


def export_graph(services: Services, arguments: argparse.Namespace) -> int:
    """Export the moral graph of a study."""
    study = find_study(services, arguments.study)
    query = graph_query(services, study, arguments)
    graph = services.explore.moral_graph(query)
    services.interchange.export_graph(query, arguments.out)
    _say(
        {
            "study": study.slug,
            "file": str(arguments.out),
            "edges": len(graph.kept_edges()),
            "edge_votes": graph.n_votes,
            "people": graph.n_people,
        },
        as_json=arguments.json,
    )
    return 0


def export_study(services: Services, arguments: argparse.Namespace) -> int:
    """Export a whole study."""
    study = find_study(services, arguments.study)
    services.interchange.export_study(study.id, arguments.out)
    _say({"study": study.slug, "file": str(arguments.out)}, as_json=False)
    return 0


def find_study(services: Services, slug: str) -> Study:
    """Return the study called ``slug``; the error lists the ones there are."""
    study = services.studies.by_slug(slug)
    if study is None:
        known = ", ".join(s.slug for s in services.studies.all()) or "none yet"
        raise UserInputError(f"There is no study {slug!r}. Studies here: {known}.")
    return study


def graph_query(services: Services, study: Study, arguments: argparse.Namespace) -> GraphQuery:
    """Return the query that the options ask for; unknown contexts and questions are named."""
    setup = services.studies.setup(study.id)
    contexts = {c.text: c.id for c in setup.contexts}
    questions = {q.slug: q.id for q in setup.questions}
    return GraphQuery(
        study_id=study.id,
        context_ids=tuple(ContextId(_known(contexts, text, "context")) for text in arguments.context),
        question_ids=tuple(QuestionId(_known(questions, slug, "question")) for slug in arguments.question),
        sources=REAL_SOURCES | {Source(name) for name in arguments.include},
        until=arguments.until,
        training_only=arguments.training_only,
        thresholds=Thresholds(min_wiser=arguments.min_wiser),
    )


def _known(ids: dict[str, ContextId] | dict[str, QuestionId], name: str, kind: str) -> str:
    if name not in ids:
        raise UserInputError(f"There is no {kind} {name!r} in this study. There are: {', '.join(sorted(ids))}.")
    return str(ids[name])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T12:00:00Z") from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write 2026-11-23T12:00:00Z or +01:00")
    return moment


def _say(counts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(counts))
        return
    for name, value in counts.items():
        print(f"{name.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    sys.exit(main())
