"""`moralgraph analyze`: what the votes entail, how sure the wisest is, and what groups say."""

import argparse
import json

from domain.graphs import Thresholds
from services import cli_commands
from services.cli_options import at_least, moment
from services.container import Services


def add_analyze(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the analyze command."""
    analyze = commands.add_parser("analyze", help="what the votes entail, how sure it is, and what groups say")
    analyze.add_argument("--study", required=True)
    analyze.add_argument("--until", type=moment, help="votes as they stood then, ISO 8601 with a zone")
    analyze.add_argument("--by", default="", metavar="ATTRIBUTE", help="tell groups of five or more apart by it")
    analyze.add_argument("--context", action="append", default=[], metavar="TEXT")
    analyze.add_argument("--question", action="append", default=[], metavar="ID")
    analyze.add_argument("--min-wiser", type=at_least(0), default=Thresholds().min_wiser, metavar="N")
    analyze.add_argument("--include", action="append", default=[], choices=["simulated"])
    analyze.add_argument("--training-only", action="store_true", help="only people who agreed to training")
    analyze.add_argument("--seed", type=at_least(0), default=0, metavar="K", help="of the draws of people")
    analyze.add_argument("--json", action="store_true", help="everything, in the documented shape")
    analyze.set_defaults(command=analyze_study)


def analyze_study(services: Services, arguments: argparse.Namespace) -> int:
    """Print the analysis: all of it as JSON, or the order and the wisest in lines."""
    study = cli_commands.find_study(services, arguments.study)
    query = cli_commands.graph_query(services, study, arguments)
    found = services.analysis.analyze(query, attribute=arguments.by, seed=arguments.seed)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for part in ("n", "order", "funnel"):
        print(part)
        for name, value in dict(found[part]).items():  # type: ignore[call-overload]  # a mapping, see Analysis
            print(f"  {name}: {value}")
    return 0
