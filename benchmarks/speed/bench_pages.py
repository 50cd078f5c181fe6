"""How long pages about the graph take to answer on a large study; Moral graph beside the same page that keeps nothing.

Run from the project root: ``python -m benchmarks.speed.bench_pages [--votes 20000] [--values 2000] [--out FILE]``.
Prints JSON; times are in milliseconds. A made study with one card for each person lies in a database of its own. Every
rerun goes through a real server over the socket that a browser uses, from the question to the last element. The
baseline is the same page in the same server, where before each rerun something is written in the study: what was kept
is of no use then, and everything is built anew. ``parts`` are the same reads without a server, from nothing and kept.
"""

import argparse
import asyncio
import gc
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import websockets

from benchmarks.speed.load_sessions import Load, Page
from benchmarks.speed.made_votes import STUDY_ID, made_query, make_columns, save_votes
from benchmarks.speed.server import Server, serve
from domain.cards import Card, CardStatus, CardText, Placement, Policy
from domain.ids import CardId, ClientId, PlacementId, new_id
from domain.people import Source
from domain.vote_columns import VoteColumns
from graph.vote_columns import count_votes
from services.container import Services
from services.explore import Explore
from services.pair_states import PairStates
from services.settings import Settings
from services.tokens import StaffTicket
from storage import Act, Database, Store
from ui.network_html import network_data
from ui.network_scope import Scope, values_in
from ui.session import STAFF_COOKIE

SEED, ROUNDS, RERUNS, ROOM_RERUNS = 7, 9, 40, 8
BAR_MS = 300.0
SETTLE_S = 8.0
"""Until what loads aside after the start is there."""
CARDS_AT_ONCE = 2_000
MAP, EXPECTED, OWN = "moral-graph", "dataframe", "study=made"
STAFF_ROOMS = ("entailed", "groups", "audit", "over-time")
ATTRIBUTE, N_GROUPS = "team", 4


@dataclass(frozen=True, kw_only=True)
class TouchedPage(Page):
    """A page before each run of which something is done that is not timed."""

    before: Callable[[], object]

    async def _run(self, socket: websockets.ClientConnection) -> float:
        self.before()
        return await super()._run(socket)


def made(n_votes: int, n_values: int) -> VoteColumns:
    """Return the votes of the study."""
    votes = make_columns(n_votes, n_values=n_values, rng=np.random.default_rng(SEED))
    return count_votes(votes, roots={}, withdrawn=()).votes


def prepare(votes: VoteColumns, data_dir: Path) -> None:
    """Save the study, its map open to all: people in groups, one card for each under a value that they voted on."""
    settings = Settings(data_dir=data_dir)
    services = Services(settings)
    services.first_start()
    services.close()
    save_votes(votes, settings.database_address()).close()
    services = Services(settings)
    study = services.studies.by_slug("made")
    assert study is not None
    public = study.model_copy(update={"is_graph_public": True})
    services.studies.update(public, staff="benchmark", client_id=ClientId("public"))
    _, firsts = np.unique(votes.person, return_index=True)
    for start in range(0, len(firsts), CARDS_AT_ONCE):
        some: list[int] = firsts[start : start + CARDS_AT_ONCE].tolist()
        write(services.database, partial(_add_cards, votes=votes, places=some))
    services.close()


def _add_cards(store: Store, *, votes: VoteColumns, places: list[int]) -> None:
    at = store.studies.get(STUDY_ID).created_at
    for number, place in enumerate(places):
        person_id, value_id = votes.keys.people[votes.person[place]], votes.keys.values[votes.src[place]]
        card = Card(
            id=CardId(f"card-{person_id}"), study_id=STUDY_ID, person_id=person_id, source=Source.IMPORTED,
            status=CardStatus.CONFIRMED, text=CardText(title="A card", policies=(Policy(text="MOMENTS that count"),)),
            created_at=at, updated_at=at,
        )  # fmt: skip
        store.cards.add(card)
        store.people.set_attributes(person_id, {ATTRIBUTE: f"team {number % N_GROUPS}"})
        store.values.place(
            Placement(
                id=PlacementId(new_id()), study_id=STUDY_ID, card_id=card.id, value_id=value_id, author="import",
                created_at=at,
            )
        )  # fmt: skip


def write(database: Database, body: Callable[[Store], object] = lambda _store: None) -> None:
    """Write something in the study, so that its data version grows."""
    with database.read() as store:
        at = store.studies.get(STUDY_ID).created_at
    database.write(Act(ClientId(new_id()), STUDY_ID, "benchmark", "benchmark.touched", at), body)


def percentiles_ms(spans_s: list[float]) -> dict[str, float]:
    """Return p50, p95 and the longest in milliseconds."""
    p50, p95 = np.percentile(np.array(spans_s) * 1000, [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "max": round(1000 * max(spans_s), 1)}


class Visit(NamedTuple):
    """A page and who looks at it."""

    path: str
    query: str
    cookie: str = ""
    """Of staff; empty for anybody."""


def staff_cookie(data_dir: Path) -> str:
    """Return the cookie of somebody who runs the study, as signing in gives it."""
    services = Services(Settings(data_dir=data_dir))
    cookie = services.tokens.staff(StaffTicket(name="benchmark", epoch=services.staff_epoch()))
    services.close()
    return cookie


def reruns(server: Server, visit: Visit, *, before: Callable[[], object], n: int) -> dict[str, object]:
    """Return how long one session waits for its first page and for each rerun."""
    load = Load()
    page = TouchedPage(
        url=server.url,
        path=visit.path,
        query=visit.query,
        expected=EXPECTED,
        cookie_name=STAFF_COOKIE,
        before=before,
    )
    asyncio.run(page.open(load, reruns=n, wait_s=0.0, cookie=visit.cookie))
    if load.failures:
        raise SystemExit(f"The page {visit.path} failed: {load.failures[0]}")
    return {"first_ms": round(1000 * load.first_s[0], 1), "rerun_ms": percentiles_ms(load.rerun_s), "reruns": n}


def page_times(data_dir: Path, *, value: int) -> dict[str, object]:
    """Return the times of pages, kept; and of the map rebuilt each time."""
    database = Database.open(Settings(data_dir=data_dir).database_address())
    cookie = staff_cookie(data_dir)
    maps = {"map": Visit(MAP, OWN), "value": Visit(MAP, f"{OWN}&value={value}")}
    rooms = {room.replace("-", "_"): Visit(room, OWN, cookie) for room in STAFF_ROOMS}
    with serve("app.py", data_dir=data_dir) as server:
        time.sleep(SETTLE_S)
        kept = {name: reruns(server, at, before=lambda: None, n=RERUNS) for name, at in maps.items()}
        kept |= {name: reruns(server, at, before=lambda: None, n=ROOM_RERUNS) for name, at in rooms.items()}
        anew = {name: reruns(server, at, before=lambda: write(database), n=ROUNDS) for name, at in maps.items()}
    database.close()
    return {"kept": kept, "rebuilt_each_time": anew}


def part_times(data_dir: Path, *, value: int) -> dict[str, object]:
    """Return the median times of the reads that the page is made of, from nothing and kept."""
    database, query = Database.open(Settings(data_dir=data_dir).database_address()), made_query()
    gc.freeze()  # as the app does once its parts are loaded
    explore, states = Explore(database), PairStates(database)
    graph, settled = explore.moral_graph(query), states.of(query)
    first, every = values_in(graph, Scope.FIRST), values_in(graph, Scope.ALL)
    value_id = next(node.value.id for node in graph.nodes if node.value.number == value)
    calls: dict[str, Callable[[], object]] = {
        "graph_from_nothing": lambda: Explore(database).moral_graph(query),
        "states_from_nothing": lambda: PairStates(database).of(query),
        "graph_kept": lambda: explore.moral_graph(query),
        "states_kept": lambda: states.of(query),
        "picture_of_first_part": lambda: network_data(graph, states=settled, values=first),
        "picture_of_all": lambda: network_data(graph, states=settled, values=every),
        "value_detail": lambda: explore.value_detail(query.study_id, value_id, sources=query.sources),
        "reasons": lambda: explore.reasons(query, value_id),
    }
    found = {f"{name}_ms": median_ms(call) for name, call in calls.items()}
    database.close()
    return {**found, "values_in_graph": len(graph.nodes), "kept_edges": len(graph.kept_edges())}


def median_ms(call: Callable[[], object]) -> float:
    """Return the median of several runs in milliseconds."""
    spans = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        spans.append(1000 * (time.perf_counter() - started))
    return round(float(np.median(spans)), 2)


def main() -> None:
    """Print the measures as JSON, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=20_000)
    parser.add_argument("--values", type=int, default=2_000)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    votes = made(arguments.votes, arguments.values)
    value = int(np.bincount(votes.wiser).argmax()) + 1
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        prepare(votes, data_dir)
        report = {
            "benchmark": "pages", "seed": SEED, "cores": len(os.sched_getaffinity(0)),
            "load_before": round(os.getloadavg()[0], 2), "votes": len(votes), "values": arguments.values,
            "people": len(np.unique(votes.person)), "bar_rerun_p95_ms": BAR_MS,
            **page_times(data_dir, value=value), "parts": part_times(data_dir, value=value),
        }  # fmt: skip
    text = json.dumps(report, indent=1)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
