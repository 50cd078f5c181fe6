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
from domain.protocols import Cancel
from services.cli_options import at_least
from services.container import Services
from services.score_engines import Engine, local_engine, ray_engine
from services.score_rows import Pair, Row, read_pairs, read_scores, write_scores

WRITE_EVERY_S = 5.0
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
    score.add_argument("--out", type=Path, required=True, help="Parquet")
    score.add_argument("--engine", choices=["local", "ray"], default="local", help="this process, or a Ray cluster")
    score.add_argument("--workers", type=at_least(1), default=2, metavar="N", help="workers of --engine ray")
    score.add_argument("--address", default="", help="Ray cluster, HOST:PORT or auto; one is started here if not given")
    score.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping at the first")
    score.add_argument("--json", action="store_true", help="print the counts as JSON")
    score.set_defaults(command=score_file)


def score_file(services: Services, arguments: argparse.Namespace) -> int:
    """Score a file; rows that the output holds already are not asked again."""
    name = arguments.scorer or services.settings.scorer
    scorer = services.kaleido.scorer_for(name)
    source = scorer.source()
    pairs, bad = read_pairs(arguments.source, source)
    if bad and not arguments.skip_bad:
        raise UserInputError(f"{arguments.source.name}, {_listed(bad)}. --skip-bad leaves such rows out.", field="in")
    rows = {key: row for key, row in read_scores(arguments.out).items() if not row["failure"]}
    missing = list({pair.key: pair for pair in pairs if pair.key not in rows}.values())
    if arguments.engine == "ray":
        cluster = RayCluster(arguments.address, arguments.workers)
        engine = ray_engine(name, services.settings, source, cluster)
    else:
        engine = local_engine(scorer, source)
    output = _Output(arguments.out, pairs, rows)
    with _interruptible() as is_stopped:
        n_done, n_failed = _run(engine, missing, output, is_stopped)
    output.write()
    counts = {"rows": len(pairs), "scored_now": n_done - n_failed, "failed": n_failed, "bad_rows": len(bad)}
    print(json.dumps(counts) if arguments.json else "\n".join([f"{k}: {v}" for k, v in counts.items()]))
    if bad:
        print(f"Left out: {_listed(bad)}.", file=sys.stderr)
    if n_done < len(missing):
        print("Stopped. What was scored is kept; the same command goes on there.", file=sys.stderr)
        return STOPPED
    return 1 if n_failed else 0


def _run(engine: Engine, missing: Sequence[Pair], output: "_Output", is_stopped: Cancel) -> tuple[int, int]:
    """Return how many pairs were asked, and how many of them failed; what was scored is kept whatever happens."""
    n_done = n_failed = 0
    try:
        with closing(engine(missing, is_stopped, _Telling())) as parts:
            for found in parts:
                output.add(found)
                n_done += len(found)
                n_failed += sum(bool(row["failure"]) for row in found)
    except BaseException:
        if n_done:
            output.write()
        raise
    return n_done, n_failed


class _Output:
    """The file that holds the scores; written now and then, since it is written as a whole."""

    def __init__(self, path: Path, pairs: Sequence[Pair], rows: dict[str, Row]) -> None:
        self._path, self._pairs, self._rows = path, pairs, rows
        self._written = time.monotonic()
        self._pause = WRITE_EVERY_S

    def add(self, found: Sequence[Row]) -> None:
        self._rows |= {str(row["key"]): row for row in found}
        began = time.monotonic()
        if began - self._written > self._pause:
            self.write()
            self._written = time.monotonic()
            self._pause = max(WRITE_EVERY_S, 10 * (self._written - began))  # a long file takes a tenth of the time

    def write(self) -> None:
        write_scores(self._path, [self._rows[pair.key] for pair in self._pairs if pair.key in self._rows])


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
