"""`moralgraph cluster`: which cards of a file say the same value, outside any study."""

import argparse
import json
import sys
from pathlib import Path

from backends.neighbours_faiss import FaissNeighbours
from domain.errors import UserInputError
from domain.gathered import MOST_SURE, GatheredCards
from graph.card_likeness import DEFAULT_BOUNDS
from graph.filing import SURE_FROM
from services.cli_options import at_least
from services.container import Services
from services.filing import MOST_FILED, Filer
from services.gathering import gather_cards, read_cards
from services.judge_trial import said_of, try_judge

GPU_INDEX = "faiss-gpu"
"""As in the settings: who keeps the index on a graphics card wants the search for all pairs there too."""


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
        help="let the configured language model, if it passes a trial, file cards that are like no other",
    )
    cluster.add_argument("--most-cards", type=int, default=MOST_FILED, help="it is asked about so many cards at most")
    cluster.add_argument(
        "--sure-from",
        type=at_least(0, at_most=MOST_SURE),
        default=SURE_FROM,
        metavar="N",
        help="sureness from which a card that it files joins the value, 0 to 10",
    )
    cluster.add_argument("--json", action="store_true", help="a report with borderline pairs and filings")
    cluster.set_defaults(command=cluster_file)


def cluster_file(services: Services, arguments: argparse.Namespace) -> int:
    """Gather the cards of a file and write their clusters."""
    bounds = DEFAULT_BOUNDS
    if not 0 < arguments.cut <= 1 or arguments.most_cards < 0:
        raise UserInputError("--cut lies above 0 and is at most 1, and --most-cards is 0 or more.")
    bounds = bounds._replace(cut=arguments.cut, apart=min(bounds.apart, arguments.cut))
    cards, filer = read_cards(arguments.source), _filer(services, arguments)
    trial = try_judge(filer.model, sure_from=arguments.sure_from) if filer is not None else None
    if trial is not None:
        print(said_of(trial), file=sys.stderr)
    gathered = gather_cards(
        cards,
        embedder=services.embedder,
        search=FaissNeighbours(kind="gpu" if services.settings.index == GPU_INDEX else "auto"),
        bounds=bounds,
        filer=filer if trial is not None and trial.is_passed else None,
        sure_from=arguments.sure_from,
    ).model_copy(update={"trial": trial})
    _write(arguments.out, json.dumps({str(i): n for i, n in gathered.cluster_of}, ensure_ascii=False, indent=1) + "\n")
    print(_report(gathered) if arguments.json else _lines(gathered, arguments.out))
    return 0


def _filer(services: Services, arguments: argparse.Namespace) -> Filer | None:
    if not arguments.judge:
        return None
    if services.chat is None:
        raise UserInputError("--judge needs a language model. Name one in MORALGRAPH_CHAT.")
    return Filer(services.chat, arguments.most_cards)


def _report(gathered: GatheredCards) -> str:
    shape = gathered.model_dump(mode="json", exclude={"cluster_of"})
    return json.dumps({"n_cards": len(gathered.cluster_of), **shape}, ensure_ascii=False, indent=1)


def _lines(gathered: GatheredCards, out: Path) -> str:
    figures = {
        "cards": len(gathered.cluster_of),
        "different texts": gathered.n_texts,
        "clusters": gathered.n_clusters,
        "borderline pairs": gathered.n_borderline,
        "cards like no other": gathered.n_alone,
        "a model was asked about": len(gathered.filings),
        "it filed": sum(one.joined_place(sure_from=gathered.sure_from) is not None for one in gathered.filings),
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
