"""A Streamlit server of its own for one measurement: started, timed to its first page, weighed, stopped."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.load_sessions import Load, Page

START_LIMIT_S, POLL_S = 120.0, 0.05


class Server(NamedTuple):
    """A running server."""

    url: str
    pid: int
    first_page_s: float
    """From the start of the process to the end of the first run of its first page."""

    def rss_mb(self) -> float | None:
        """Return the memory held now; ``None`` where the system does not say."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return None
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024)


@contextmanager
def serve(script: str, *, data_dir: Path, options: tuple[str, ...] = ()) -> Iterator[Server]:
    """Start ``script`` on a free port and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, started = f"http://127.0.0.1:{port}", time.perf_counter()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options]
    process = subprocess.Popen(
        command,
        env=os.environ | {"MORALGRAPH_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_page(url, started)
        yield Server(url=url, pid=process.pid, first_page_s=round(time.perf_counter() - started, 2))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _wait_for_page(url: str, started: float) -> None:
    page = Page(url=url, path="")
    while time.perf_counter() - started < START_LIMIT_S:
        load = Load()
        asyncio.run(page.open(load, reruns=0, wait_s=0.0, cookie=""))
        if load.first_s:
            return
        time.sleep(POLL_S)
    raise SystemExit(f"No page came within {START_LIMIT_S:.0f} s.")
