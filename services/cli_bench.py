"""`moralgraph bench`: measures on this machine, each in a process of its own, printed as JSON or as plain lines."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from domain.errors import UserInputError
from services.container import Services

ROOT = Path(__file__).resolve().parent.parent
MOST_VECTORS = 5_000_000
FEWEST_VECTORS = 100
MOST_VOTES = 5_000_000
FEWEST_VOTES = 300
T5_SHAPES = ("small", "base", "large", "xl")
MOST_VOTES_OF_PAGES = 200_000


def add_bench(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the bench command; what it measures are its sub-commands."""
    measured = commands.add_parser("bench", help="how fast this machine is at the heavy parts")
    subjects = measured.add_subparsers(required=True, metavar="SUBJECT")
    cluster = subjects.add_parser("cluster", help="gathering cards by their vectors, beside two other ways")
    cluster.add_argument("--n", type=int, default=20_000, help="how many vectors of 384 columns (default 20000)")
    cluster.add_argument("--json", action="store_true")
    cluster.set_defaults(command=bench_cluster)
    graph = subjects.add_parser("graph", help="votes to a moral graph, beside an obvious way and beside red-dwarf")
    graph.add_argument("--n", type=int, help="how many votes (default 1,500, 20,000, 120,000 and 2,000,000)")
    graph.add_argument("--json", action="store_true")
    graph.set_defaults(command=bench_graph)
    pages = subjects.add_parser(
        "pages", help="how soon the map of a large study answers, beside one that keeps nothing"
    )
    pages.add_argument("--n", type=int, default=20_000, help="how many votes (default 20000), on 2,000 values")
    pages.add_argument("--json", action="store_true")
    pages.set_defaults(command=bench_pages)
    probes = subjects.add_parser("probes", help="asking a model, beside a stub server and the packaged model itself")
    probes.add_argument("--server", help="a vLLM server instead, beside `vllm bench serve`: http://127.0.0.1:8091/v1")
    probes.add_argument("--model", default="smollm2", help="name of the server's model (default smollm2)")
    probes.add_argument("--json", action="store_true")
    probes.set_defaults(command=bench_probes)
    kaleido = subjects.add_parser("kaleido", help="scoring pairs with a T5 model, beside the published procedure")
    kaleido.add_argument(
        "--shapes", nargs="+", choices=T5_SHAPES, metavar="SHAPE", help="shapes of Flan-T5 (default small and base)"
    )
    kaleido.add_argument("--json", action="store_true")
    kaleido.set_defaults(command=bench_kaleido)


def bench_cluster(_services: Services, arguments: argparse.Namespace) -> int:
    """Measure the gathering of ``--n`` vectors."""
    if not FEWEST_VECTORS <= arguments.n <= MOST_VECTORS:
        raise UserInputError(f"--n lies between {FEWEST_VECTORS:,} and {MOST_VECTORS:,}.")
    report = run_benchmark("cluster", "--n", str(arguments.n))
    print(json.dumps(report, indent=1) if arguments.json else "\n".join(_lines(report)))
    return 0


def bench_graph(_services: Services, arguments: argparse.Namespace) -> int:
    """Measure the counting of ``--n`` votes."""
    if arguments.n is not None and not FEWEST_VOTES <= arguments.n <= MOST_VOTES:
        raise UserInputError(f"--n lies between {FEWEST_VOTES:,} and {MOST_VOTES:,}.")
    report = run_benchmark("graph", *(() if arguments.n is None else ("--sizes", str(arguments.n))))
    print(json.dumps(report, indent=1) if arguments.json else "\n".join(_lines(report)))
    return 0


def bench_pages(_services: Services, arguments: argparse.Namespace) -> int:
    """Measure the page Moral graph on ``--n`` votes."""
    if not FEWEST_VOTES <= arguments.n <= MOST_VOTES_OF_PAGES:
        raise UserInputError(f"--n lies between {FEWEST_VOTES:,} and {MOST_VOTES_OF_PAGES:,}.")
    report = run_benchmark("pages", "--votes", str(arguments.n))
    print(json.dumps(report, indent=1) if arguments.json else "\n".join(_lines(report)))
    return 0


def bench_probes(_services: Services, arguments: argparse.Namespace) -> int:
    """Measure what asking adds to the model."""
    server = ("--server", arguments.server, "--model", arguments.model) if arguments.server else ()
    report = run_benchmark("probes", *server)
    print(json.dumps(report, indent=1) if arguments.json else "\n".join(_lines(report)))
    return 0


def bench_kaleido(_services: Services, arguments: argparse.Namespace) -> int:
    """Measure the scoring of pairs with random weights of the asked shapes."""
    report = run_benchmark("kaleido", *(() if arguments.shapes is None else ("--shapes", *arguments.shapes)))
    print(json.dumps(report, indent=1) if arguments.json else "\n".join(_lines(report)))
    return 0


def run_benchmark(subject: str, *options: str) -> dict[str, object]:
    """Run ``benchmarks/speed/bench_SUBJECT.py`` with the checkout as its folder; return the JSON it prints."""
    command = [sys.executable, "-m", f"benchmarks.speed.bench_{subject}", *options]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603  # own words
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise UserInputError(f"The benchmark ended early: {last}")
    report: dict[str, object] = json.loads(done.stdout)
    return report


def _lines(report: dict[str, object], prefix: str = "") -> list[str]:
    """Return one line per figure, those inside others under both names."""
    lines: list[str] = []
    for name, figure in report.items():
        if isinstance(figure, list):
            lines += [line for one in figure for line in ("", *_lines(one, prefix))]
        elif isinstance(figure, dict):
            lines += _lines(figure, f"{prefix}{name}.")
        else:
            lines.append(f"{prefix}{name}: {'not measured' if figure is None else figure}")
    return lines
