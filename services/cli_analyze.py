"""`moralgraph analyze`: what the votes of a study entail, as JSON or as plain lines."""

import argparse

from domain.analysis import StudyAnalysis
from domain.errors import UserInputError
from domain.graphs import Thresholds
from services import cli_commands
from services.cli_options import at_least, moment
from services.container import Services


def add_analyze(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    analyze = commands.add_parser("analyze", help="what the votes entail, how sure it is, and how groups differ")
    analyze.add_argument("--study", required=True)
    analyze.add_argument("--by", default="", metavar="ATTRIBUTE", help="what people are grouped by, such as party")
    analyze.add_argument("--rounds", default="", metavar="ATTRIBUTE", help="waves by this attribute instead of halves")
    analyze.add_argument("--until", type=moment, help="votes as they stood then, ISO 8601 with a zone")
    analyze.add_argument("--context", action="append", default=[], metavar="TEXT")
    analyze.add_argument("--question", action="append", default=[], metavar="ID")
    analyze.add_argument("--min-wiser", type=at_least(0), default=Thresholds().min_wiser, metavar="N")
    analyze.add_argument("--include", action="append", default=[], choices=["simulated"])
    analyze.add_argument("--training-only", action="store_true", help="only people who agreed to training")
    analyze.add_argument("--seed", type=at_least(0), default=0, metavar="K", help="of the draws of people")
    analyze.add_argument("--json", action="store_true", help="everything, in the documented shape")
    analyze.set_defaults(command=analyze_study)


def analyze_study(services: Services, arguments: argparse.Namespace) -> int:
    """Analyse a study."""
    study = cli_commands.find_study(services, arguments.study)
    query = cli_commands.graph_query(services, study, arguments)
    known = services.groups.attributes(study.id, sources=query.sources) if arguments.by or arguments.rounds else {}
    for attribute in filter(None, (arguments.by, arguments.rounds)):
        if attribute not in known:
            names = ", ".join(sorted(known)) or "none"
            raise UserInputError(f"No two groups of five people differ in {attribute!r}. Attributes: {names}.")
    found = services.analyses.analyse(query, attribute=arguments.by, seed=arguments.seed)
    if arguments.rounds:
        over_time = services.groups.over_time(query, round_attribute=arguments.rounds)
        found = found.model_copy(update={"over_time": over_time})
    print(found.model_dump_json(indent=1) if arguments.json else "\n".join(_lines(found)))
    return 0


def _lines(found: StudyAnalysis) -> list[str]:
    run, top = found.run, found.wisest.overall
    lines = [
        f"study: {run.study}, {run.n_votes:,} votes of {run.n_people:,} people",
        f"order: {found.order.words}",
        f"funnel: {found.funnel.ordered_pairs_seen} ordered pairs seen, {found.funnel.edges_kept} edges kept",
        f"uncertainty: {found.uncertainty.words}",
        f"bridging: {found.bridging.words}",
        f"over time: {found.over_time.words}",
    ]
    if top.value_id is not None and top.interval is not None:
        low, high = top.interval
        lines.append(
            f"wisest: value {top.value_id}, wisdom {top.wisdom:.2f} ({low:.2f} to {high:.2f}), "
            f"first in {top.bootstrap_share:.0%} of resamples"
        )
    return lines
