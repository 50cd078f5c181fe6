"""Work over many tables on a Ray cluster: one worker an actor, what a dead worker had in hand goes to another."""

import logging
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from typing import Any, NamedTuple

import pyarrow as pa

from domain.errors import BackendError, BackendUnavailableError, MissingExtraError
from domain.protocols import Cancel

INSTALL = 'pip install -c constraints.txt "ray[data]"'
HERE = "local"
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}
"""Nothing is reported to anyone, and nothing is drawn on the terminal. Ray reads these when it is imported."""


class RayCluster(NamedTuple):
    """Where the work is done."""

    address: str = ""
    """``HOST:PORT`` of a cluster, or ``auto`` for the one that this machine belongs to; empty starts one here."""
    n_workers: int = 2
    """Each takes one core and holds its own model."""


def map_tables(
    work: type[Callable[[pa.Table], pa.Table]],
    arguments: tuple[Any, ...],
    tables: Sequence[pa.Table],
    *,
    cluster: RayCluster,
    cancel: Cancel,
) -> Generator[pa.Table, None, None]:
    """Yield what ``work(*arguments)`` makes of each table, as it comes, in any order, each once.

    Args:
        work: a class that every machine can import; each worker makes one of it.
        arguments: go to every worker, and so does what they hold, such as the key of a chat server.
        tables: of one schema; a table is scored by one worker.
        cluster: where.
        cancel: asked whenever a table is done; once true, no further one is yielded.

    Raises:
        MissingExtraError: Ray is not installed.
        BackendUnavailableError: the cluster cannot be reached.
        BackendError: the work itself failed; the message is its own.
    """
    if find_spec("ray") is None:
        raise MissingExtraError("The engine 'ray'", INSTALL)
    if not tables:
        return
    os.environ.update(QUIET)
    import ray

    with _connected(cluster):
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.verbose_progress = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        found = ray.data.from_arrow(list(tables)).map_batches(
            work,
            fn_constructor_args=arguments,
            batch_size=None,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=min(cluster.n_workers, len(tables))),
            num_cpus=1,
        )
        try:
            for table in found.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                yield table
                if cancel():
                    return
        except ray.exceptions.RayError as error:
            raise BackendError(_told(error), backend="ray") from error


@contextmanager
def _connected(cluster: RayCluster) -> Iterator[None]:
    """Connect, and leave what was connected before as it was; a cluster started here ends here.

    Ray writes what befalls it, such as the end of a worker, to standard output: meanwhile that is standard error.
    """
    import ray

    if ray.is_initialized():
        yield
        return
    size: dict[str, Any] = {} if cluster.address else {"num_cpus": cluster.n_workers, "include_dashboard": False}
    try:
        ray.init(address=cluster.address or HERE, log_to_driver=False, logging_level=logging.ERROR, **size)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise BackendUnavailableError(
            f"The Ray cluster {cluster.address or 'on this machine'} cannot be reached: {error}.", backend="ray"
        ) from error
    with redirect_stdout(sys.stderr):
        try:
            yield
        finally:
            ray.shutdown()


def _told(error: BaseException) -> str:
    """Return the sentence of what failed in a worker, not Ray's account of it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BackendError):
            return str(cause)
        cause = getattr(cause, "cause", None) or cause.__cause__
    return f"The work on Ray failed: {str(error).strip().splitlines()[-1][:300]}"
