"""`moralgraph score`: scores of many pairs from a JSONL file to a Parquet file, going on where it stopped."""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from backends.batch_ray import RayCluster
from domain.errors import UserInputError
from domain.kaleido import ScorerInfo, ScoreSource
from domain.protocols import Cancel
from services.cli_options import at_least
from services.container import Services
from services.score_batch import ScoreBatch, run_batch
from services.score_engines import local_engine, ray_engine
from services.score_output import check_output, keep_output
from services.score_rows import ReadPairs, read_pairs
from storage.score_store import FILE, ScoreStore

TELL_EVERY_S = 1.0
STOPPED = 130
"""What a shell calls a command that was interrupted."""
MOST_NAMED = 20
"""Bad rows that are named one by one."""


def add_score(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    score = commands.add_parser("score", help="how relevant values are in situations, and which way they pull")
    score.add_argument("--scorer", default="", metavar="NAME", help="as in MORALGRAPH_SCORER; the setting if not given")
    score.add_argument("--in", dest="source", type=Path, required=True, help="JSONL: situation, vrd, text")
    score.add_argument("--out", type=Path, required=True, help="Parquet; replaced as a whole")
    score.add_argument("--engine", choices=["local", "ray"], default="local", help="this process, or a Ray cluster")
    score.add_argument("--workers", type=at_least(1), default=2, metavar="N", help="workers of --engine ray")
    score.add_argument("--address", default="", help="Ray cluster, HOST:PORT or auto; one is started here if not given")
    score.add_argument(
        "--min-relevance",
        type=_share,
        default=0.0,
        metavar="R",
        help="0 to 1: pairs below need no valence; 0 if not given",
    )
    score.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping at the first")
    score.add_argument("--even-at-chance", action="store_true", help="take a scorer that was measured to be at chance")
    score.add_argument("--json", action="store_true", help="print the counts as JSON")
    score.set_defaults(command=score_file)


def score_file(services: Services, arguments: argparse.Namespace) -> int:
    """Score a file; what the store holds is not asked again."""
    try:
        return _score_file(services, arguments)
    except KeyboardInterrupt:  # while the input was read, or the second one
        return _stopped()


def _score_file(services: Services, arguments: argparse.Namespace) -> int:
    name = arguments.scorer or services.settings.scorer
    scorer = services.kaleido.scorer_for(name)
    _look_at_quality(scorer.info(), is_taken=arguments.even_at_chance)
    check_output(arguments.out)
    source = scorer.source()
    pairs, bad = _read(arguments, source)
    if arguments.engine == "ray":
        cluster = RayCluster(arguments.address, arguments.workers)
        engine = ray_engine(name, services.settings, source, cluster, min_relevance=arguments.min_relevance)
    else:
        engine = local_engine(scorer, source, min_relevance=arguments.min_relevance)
    with closing(ScoreStore(services.settings.data_dir / FILE)) as store:
        keep_output(arguments.out, store)
        batch = ScoreBatch(pairs, store, scorer=scorer.name, source=source, min_relevance=arguments.min_relevance)
        with _interruptible() as is_stopped:
            run_batch(batch, engine, arguments.out, cancel=is_stopped, progress=_Telling())
    n_done, n_failed = batch.n_done, batch.n_failed
    counts = {"rows": len(pairs), "scored_now": n_done - n_failed, "failed": n_failed, "bad_rows": len(bad)}
    print(json.dumps(counts) if arguments.json else "\n".join([f"{k}: {v}" for k, v in counts.items()]))
    if bad:
        print(f"Left out: {_listed(bad)}.", file=sys.stderr)
    if n_done < len(batch.missing):
        return _stopped()
    return 1 if n_failed else 0


def _stopped() -> int:
    print("Stopped. What was scored is kept; the same command goes on there.", file=sys.stderr)
    return STOPPED


def _read(arguments: argparse.Namespace, source: ScoreSource) -> ReadPairs:
    """Return the pairs of the input; UserInputError where there is none, or a bad row that is not to be left out."""
    found = read_pairs(arguments.source, source)
    if found.bad and not arguments.skip_bad:
        raise UserInputError(
            f"{arguments.source.name}, {_listed(found.bad)}. --skip-bad leaves such rows out.", field="in"
        )
    if not found.pairs:
        left_out = f" Left out: {_listed(found.bad)}." if found.bad else ""
        raise UserInputError(
            f"{arguments.source.name} holds no row to score; nothing was written.{left_out}", field="in"
        )
    return found


def _look_at_quality(info: ScorerInfo, *, is_taken: bool) -> None:
    """Say what was measured of a scorer that is no better than chance; UserInputError where it was not asked for so."""
    if not info.chance:
        return
    measures = dict.fromkeys(one.measure for one in info.quality)
    figures = [
        f"{measure} {', '.join(f'{one.figure:.2f}' for one in info.quality if one.measure == measure)}"
        for measure in measures
    ]
    said = f"{info.chance} Where 0.50 is chance, it has {'; '.join(figures)}." if figures else info.chance
    if not is_taken:
        raise UserInputError(
            f"{said} Take another scorer; --even-at-chance writes the numbers of this one.", field="scorer"
        )
    print(f"Take care: {said}", file=sys.stderr)


def _share(text: str) -> float:
    """Return a number from 0 to 1 from the command line."""
    try:
        number = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number


class _Telling:
    """Says now and then on standard error how far it is, at the pace since the first news: a start is no pace."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last = -TELL_EVERY_S

    def __call__(self, done: int, every: int) -> None:
        now = time.monotonic()
        if done < every and now - self._last < TELL_EVERY_S:
            return
        self._last = now
        began, before = self._first = self._first or (now, done)
        left = f", {(now - began) / (done - before) * (every - done):.0f} s left" if before < done < every else ""
        print(f"{done:,} of {every:,} pairs{left}", file=sys.stderr, flush=True)


@contextmanager
def _interruptible() -> Iterator[Cancel]:
    """Turn the first Ctrl+C into a wish to stop in order; the second one stops at once."""
    stop = threading.Event()

    def wish(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()
        print("Stopping; what is under way is waited for.", file=sys.stderr, flush=True)

    if threading.current_thread() is not threading.main_thread():
        yield stop.is_set
        return
    before = signal.signal(signal.SIGINT, wish)
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _listed(bad: Sequence[str]) -> str:
    rest = f"; and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    return "; ".join(bad[:MOST_NAMED]) + rest
