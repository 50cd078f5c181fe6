"""The whole app under load with a real study in it: first page, memory, reruns at 50 and 100 sessions, and the rest.

Run from the project root: ``python -m benchmarks.speed.bench_app --study PATH --out FILE``. Every load runs several
times and the best run (lowest rerun p95) is kept, since other programs share the machine; failures of all runs add up.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.speed import bench_services
from benchmarks.speed.load_sessions import EXPECTED, Page, measure, seat_many
from benchmarks.speed.server import Server, serve
from domain.ids import ClientId
from services.container import Services
from services.settings import Settings

SIZES, RERUNS, ROUNDS = (1, 50, 100), 5, 3
COLLECTING_SESSIONS = 20
"""With a full collection after each rerun, more sessions would only wait longer."""
SETTLE_S = 8.0
"""Until what loads aside after the start is there."""
SLUG, STARTER = "published", "everyday-choices"
BARE, COLLECT = "benchmarks/speed/bare_page.py", ("--runner.postScriptGC", "true")
PACKAGES = ("streamlit", "sqlalchemy", "pydantic", "torch")


def prepare(data_dir: Path, study: Path) -> None:
    """Save the starter study and ``study``, whose map anyone may then see."""
    services = Services(Settings(data_dir=data_dir))
    services.first_start()
    imported = services.interchange.import_study(study, slug=SLUG).study
    public = imported.model_copy(update={"is_graph_public": True})
    services.studies.update(public, staff="benchmark", client_id=ClientId("public"))
    services.close()


def best_load(server: Server, path: str, n: int, *, query: str = "") -> dict[str, object]:
    """Return the best of several runs of one load."""
    page = Page(url=server.url, path=path, query=query, expected=EXPECTED.get(path, ""))
    runs = []
    for _ in range(ROUNDS):
        cookies = seat_many(server.url, STARTER, n=n) if path == "interview" else [""] * n
        runs.append(measure(page, cookies=cookies, reruns=RERUNS))
    best = min(runs, key=_rerun_p95)
    return best | {"runs": ROUNDS, "failed": sum(int(str(run["failed"])) for run in runs)}


def _rerun_p95(run: dict[str, object]) -> float:
    spans = run["rerun_s"]
    return float(spans["p95"]) if isinstance(spans, dict) else float("inf")


def measure_all(data_dir: Path, study: Path) -> dict[str, object]:
    """Start the servers one after another and return all measures."""
    query = f"study={SLUG}"
    os.environ["MORALGRAPH_DATA_DIR"] = str(data_dir)  # the interview's people join the same database
    starts = []
    for _ in range(ROUNDS):
        with serve("app.py", data_dir=data_dir) as server:
            starts.append(server.first_page_s)
    with serve("app.py", data_dir=data_dir) as server:
        time.sleep(SETTLE_S)
        memory = {"after_start_mb": server.rss_mb()}
        loads = [best_load(server, "moral-graph", n, query=query) for n in SIZES]
        loads += [best_load(server, "interview", n) for n in SIZES]
        memory["after_loads_mb"] = server.rss_mb()
    with serve(BARE, data_dir=data_dir) as server:
        bare_start = server.first_page_s
        bare = [best_load(server, "", n) for n in SIZES]
    with serve("app.py", data_dir=data_dir, options=COLLECT) as server:
        time.sleep(SETTLE_S)
        collecting = best_load(server, "moral-graph", COLLECTING_SESSIONS, query=query)
    with serve("app.py", data_dir=data_dir) as server:
        time.sleep(SETTLE_S)
        same = best_load(server, "moral-graph", COLLECTING_SESSIONS, query=query)
    return {
        "first_page_s": min(starts), "bare_first_page_s": bare_start, "memory": memory, "loads": loads, "bare": bare,
        "collecting": collecting, "not_collecting": same, "services": bench_services.measure(study),
    }  # fmt: skip


def about() -> dict[str, object]:
    """Return when, where and with what was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"), "commit": commit, "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 1), "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(), "packages": {name: version(name) for name in PACKAGES}, "rounds": ROUNDS,
        "reruns": RERUNS,
    }  # fmt: skip


def main() -> None:
    """Measure everything, print it as JSON and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=Path("../shared/data/mge-study"))
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if not asked.study.exists():
        sys.exit(f"There is no study at {asked.study}. Name the folder or file of one: --study PATH.")
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), asked.study)
        before = about()
        found = before | measure_all(Path(folder), asked.study) | {"load_after": round(os.getloadavg()[0], 1)}
    text = json.dumps(found, indent=1)
    print(text)
    if asked.out is not None:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
