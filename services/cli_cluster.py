"""`moralgraph cluster`: which cards of a file say the same value, outside any study."""

import argparse
import json
import sys
from pathlib import Path

from backends.neighbours_faiss import FaissNeighbours
from domain.errors import UserInputError
from domain.gathered import GatheredCards
from graph.card_likeness import DEFAULT_BOUNDS
from services.container import Services
from services.gathering import MOST_JUDGED, Judge, gather_cards, read_cards
from services.judge_trial import said_of, try_judge


def add_cluster(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    cluster = commands.add_parser("cluster", help="put the cards of a file together that say the same value")
    cluster.add_argument("--in", dest="source", type=Path, required=True, help="JSON: rows with id, title, policies")
    cluster.add_argument("--out", type=Path, required=True, help="JSON: each id with the number of its cluster")
    cluster.add_argument(
        "--cut", type=float, default=DEFAULT_BOUNDS.cut, help="lowest mean likeness of a cluster, 0..1"
    )
    cluster.add_argument(
        "--judge",
        action="store_true",
        help="let the configured language model, if it passes a trial, judge borderline pairs",
    )
    cluster.add_argument("--most-pairs", type=int, default=MOST_JUDGED, help="at most so many pairs are judged")
    cluster.add_argument("--json", action="store_true", help="a report with borderline pairs and judgements")
    cluster.set_defaults(command=cluster_file)


def cluster_file(services: Services, arguments: argparse.Namespace) -> int:
    """Gather the cards of a file and write their clusters."""
    bounds = DEFAULT_BOUNDS
    if not 0 < arguments.cut <= 1 or arguments.most_pairs < 0:
        raise UserInputError("--cut lies above 0 and is at most 1, and --most-pairs is 0 or more.")
    bounds = bounds._replace(cut=arguments.cut, apart=min(bounds.apart, arguments.cut))
    cards, judge = read_cards(arguments.source), _judge(services, arguments)
    trial = try_judge(judge.model) if judge is not None else None
    if trial is not None:
        print(said_of(trial), file=sys.stderr)
    gathered = gather_cards(
        cards,
        embedder=services.embedder,
        search=FaissNeighbours(),
        bounds=bounds,
        judge=judge if trial is not None and trial.is_passed else None,
    ).model_copy(update={"trial": trial})
    _write(arguments.out, json.dumps({str(i): n for i, n in gathered.cluster_of}, ensure_ascii=False, indent=1) + "\n")
    print(_report(gathered) if arguments.json else _lines(gathered, arguments.out))
    return 0


def _judge(services: Services, arguments: argparse.Namespace) -> Judge | None:
    if not arguments.judge:
        return None
    if services.chat is None:
        raise UserInputError("--judge needs a language model. Name one in MORALGRAPH_CHAT.")
    return Judge(services.chat, arguments.most_pairs)


def _report(gathered: GatheredCards) -> str:
    shape = gathered.model_dump(mode="json", exclude={"cluster_of"})
    return json.dumps({"n_cards": len(gathered.cluster_of), **shape}, ensure_ascii=False, indent=1)


def _lines(gathered: GatheredCards, out: Path) -> str:
    figures = {
        "cards": len(gathered.cluster_of),
        "different texts": gathered.n_texts,
        "clusters": gathered.n_clusters,
        "borderline pairs": gathered.n_borderline,
        "judged by a model": len(gathered.judgements),
        "at": out,
    }
    return "\n".join(f"{name}: {figure}" for name, figure in figures.items())


def _write(path: Path, text: str) -> None:
    """Write under another name first, so that a failure leaves no half file."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserInputError(f"{path} cannot be written: {error.strerror}.") from error
