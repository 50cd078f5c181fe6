"""`moralgraph stances compare`: a run beside the moral graph of a study, beside its votes, or beside other people."""

import argparse
import sys
from pathlib import Path

from domain.errors import UserInputError
from domain.population_reports import PopulationComparison
from domain.stance_reports import GraphComparison
from domain.studies import Study
from domain.valence_reports import ValenceComparison
from services import cli_commands
from services.cli_options import at_least
from services.container import Services
from services.deliberation_items import read_told, write_told
from services.stance_population import ALL
from services.stance_reports import prepare
from services.stance_runs import read_run
from services.stance_valence import ValenceJob

SHOWN = 12
"""Lines of a list in plain output; --json has all."""
DILEMMAS = 30
Found = GraphComparison | ValenceComparison | PopulationComparison


def add_compare(stances: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``compare``."""
    compare = stances.add_parser("compare", help="a run beside the moral graph of a study, or beside people")
    compare.add_argument("--study", help="slug of the study; needed for all but --people")
    compare.add_argument("--run", type=Path, required=True, metavar="DIR")
    compare.add_argument("--score", choices=["wisdom", "page_rank"], default="wisdom")
    compare.add_argument("--route", choices=["nearness", "valence"], default="nearness",
                         help="values reach dilemmas by nearness, or by the valence that the scorer tells")  # fmt: skip
    compare.add_argument("--dilemmas", type=at_least(1), default=DILEMMAS, help="dilemmas that valence is scored on")
    against = compare.add_mutually_exclusive_group()
    against.add_argument("--votes", action="store_true", help="beside the votes of the study, edge by edge")
    against.add_argument("--people", type=Path, metavar="FILE",
                         help="beside people: CSV with item_id, option, count and, if wanted, group")  # fmt: skip
    compare.add_argument("--by", default="", metavar="ATTRIBUTE", help="with --votes: groups by what people are")
    compare.add_argument("--json", action="store_true")
    compare.set_defaults(command=compare_run)


def add_items(stances: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``items``."""
    items = stances.add_parser("items", help="the stories of a study as statements to ask, and its people's answers")
    items.add_argument("--study", required=True)
    items.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of items.json and people.csv")
    items.set_defaults(command=write_items)


def write_items(services: Services, arguments: argparse.Namespace) -> int:
    """Write the stories and the answers."""
    study = cli_commands.find_study(services, arguments.study)
    told = read_told(services.database, study.id)
    write_told(told, arguments.out)
    n_counted = len(told.counts[ALL])
    print(f"{len(told.items.statements)} stories; {n_counted} with answers of five people or more.")
    return 0


def compare_run(services: Services, arguments: argparse.Namespace) -> int:
    """Print a run beside a graph or people."""
    found = _found(services, arguments)
    if arguments.json:
        print(found.model_dump_json(indent=1))
        return 0
    print(found.words)
    print("\n".join(_lines(found)))
    return 0


def _found(services: Services, arguments: argparse.Namespace) -> Found:
    readings = services.stance_readings
    if arguments.people is not None:
        try:
            text = arguments.people.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UserInputError(f"The file {str(arguments.people)!r} cannot be read as text in UTF-8.") from error
        return readings.people_of(read_run(arguments.run), text, file=arguments.people.name)
    if not arguments.study:
        raise UserInputError("--study names the study whose graph stands beside the run.", field="study")
    study = cli_commands.find_study(services, arguments.study)
    nearness = readings.compare_folder(arguments.run, study.id, score=arguments.score)
    if arguments.votes:
        return readings.beside_deliberation(nearness, study.id, by=arguments.by)
    if arguments.route == "valence":
        return _by_valence(services, study, nearness, arguments)
    return nearness


def _by_valence(
    services: Services, study: Study, nearness: GraphComparison, arguments: argparse.Namespace
) -> ValenceComparison:
    run = prepare(read_run(arguments.run))
    route = services.valence
    cells = route.cells(run, study.id, n_dilemmas=arguments.dilemmas)
    job = ValenceJob(n_all=len(cells))

    def told() -> None:
        print(f"\r{job.n_done} of {job.n_all} pairs scored    ", end="", file=sys.stderr, flush=True)

    try:
        route.score_now(cells, job, told=told)
    except KeyboardInterrupt:
        print("\nStopped. What was scored is kept; this is what it comes to.", file=sys.stderr)
    print("", file=sys.stderr)
    return route.compare(run, study.id, cells, nearness=nearness, score=arguments.score)


def _lines(found: Found) -> list[str]:
    if isinstance(found, PopulationComparison):
        return [
            f"{group.group or 'all'}: Jensen-Shannon {group.js_distance:.3f} over {group.n_items} items"
            for group in found.groups
        ]
    edges = found.edges if isinstance(found, GraphComparison) else found.compared.edges
    most = sorted(edges, key=lambda edge: -(edge.n_wiser + edge.n_less))[:SHOWN]
    return [f"{test.src_title} -> {test.wiser_title}: wiser {test.n_wiser}, other {test.n_less}" for test in most]
