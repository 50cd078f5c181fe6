"""Opens many sessions of a running app at once, each with its own cookie, and times first load and reruns.

Run from the project root against an app that runs on the same data folder:
``python -m benchmarks.speed.load_sessions interview --url http://127.0.0.1:8501 --sessions 50 [--reruns 5]``.
For the interview each session first joins over HTTP as a browser does; consent and the first answers come through the
services. ``python -m benchmarks.speed.load_sessions moral-graph --query study=SLUG`` needs no cookie. Prints JSON. A
session counts as failed when it errs, shows an exception, or does not show what the page is for.
"""

import argparse
import asyncio
import http.client
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from domain.ids import ClientId, QuestionId
from services.container import Services
from services.settings import Settings
from services.studies import StudySetup
from ui.session import PARTICIPANT_COOKIE

MAX_SESSIONS, MAX_RERUNS = 500, 100
THINK_S, APART_S, TIMEOUT_S = 0.5, 0.02, 60.0
"""Pause before each rerun, between two arrivals, and the longest wait for one run."""
ANSWERS = (
    "Last winter my neighbour asked me to keep a secret from her sister, and I did not know what to do.",
    "I looked for what she was afraid of, and whether she had anyone else to talk to.",
)
EXPECTED = {"interview": "text_area", "moral-graph": "dataframe"}
"""The element without which a page does not do its work."""


@dataclass
class Load:
    """What is measured, and what went wrong."""

    first_s: list[float] = field(default_factory=list)
    rerun_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class PageError(Exception):
    """A run ended with an exception, or without what the page is for."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every session opens."""

    url: str
    path: str
    query: str = ""
    expected: str = ""
    cookie_name: str = PARTICIPANT_COOKIE

    async def open(self, load: Load, *, reruns: int, wait_s: float, cookie: str) -> None:
        """Open one session after ``wait_s``; failures are noted, not raised."""
        server = urlsplit(self.url)
        await asyncio.sleep(wait_s)
        try:
            async with websockets.connect(
                f"ws://{server.netloc}/_stcore/stream",
                subprotocols=[websockets.Subprotocol("streamlit")],
                max_size=None,
                origin=websockets.Origin(f"http://{server.netloc}"),
                additional_headers={"Cookie": f"{self.cookie_name}={cookie}"} if cookie else None,
            ) as socket:
                load.first_s.append(await self._run(socket))
                for _ in range(reruns):
                    await asyncio.sleep(THINK_S)
                    load.rerun_s.append(await self._run(socket))
        except (OSError, TimeoutError, PageError, websockets.WebSocketException) as error:
            load.failures.append(f"{type(error).__name__}: {error}"[:160])

    async def _run(self, socket: websockets.ClientConnection) -> float:
        ask = BackMsg()
        ask.rerun_script.query_string, ask.rerun_script.page_name = self.query, self.path
        started, seen = time.perf_counter(), set()
        await socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(socket.recv(decode=False), TIMEOUT_S))
            kind = message.WhichOneof("type")
            if kind == "delta":
                seen.add(message.delta.new_element.WhichOneof("type"))
            elif kind == "ref_hash":
                # An element that this session holds already; Streamlit sends its hash alone.
                seen.add(self.expected)
            elif kind == "script_finished":
                break
        if "exception" in seen:
            raise PageError("the page shows an exception")
        if self.expected and self.expected not in seen:
            raise PageError(f"no {self.expected} on the page, only {sorted(str(s) for s in seen)}")
        return time.perf_counter() - started


def percentiles(spans: Iterable[float]) -> dict[str, float] | None:
    """Return p50, p95 and p99 in seconds; ``None`` without a measure."""
    ordered = sorted(spans)
    if not ordered:
        return None
    last = len(ordered) - 1
    return {f"p{p}": round(ordered[min(last, p * len(ordered) // 100)], 4) for p in (50, 95, 99)}


def join_over_http(url: str, token: str) -> str:
    """Open a study link as a browser does and return the participant's cookie."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)
    connection.request("GET", f"/join/{token}")
    jar = SimpleCookie(connection.getresponse().headers.get("Set-Cookie", ""))
    connection.close()
    if PARTICIPANT_COOKIE not in jar:
        raise SystemExit("The study link gave no cookie.")
    return jar[PARTICIPANT_COOKIE].value


def seat(services: Services, setup: StudySetup, cookie: str) -> None:
    """Let the person of ``cookie`` agree, begin the interview and give the first answers."""
    person_id = services.tokens.read_participant(cookie).person_id
    person = services.participants.join(setup.study.id, person_id=person_id)
    services.participants.give_consent(
        person,
        take_part=True,
        training=False,
        text_shown=setup.study.consent_text,
        client_id=ClientId(f"c:{person_id}"),
    )
    question = QuestionId(setup.questions[0].id)
    services.interview.start(person, question_id=question, client_id=ClientId(f"s:{person_id}"))
    for place, text in enumerate(ANSWERS):
        revision = services.interview.view(person).revision
        services.interview.answer(person, text, revision=revision, client_id=ClientId(f"a{place}:{person_id}"))


def seat_many(url: str, slug: str, *, n: int) -> list[str]:
    """Let ``n`` people join study ``slug`` and return their cookies."""
    services = Services(Settings.from_env(os.environ))
    study = services.studies.by_slug(slug)
    if study is None:
        raise SystemExit(f"There is no study {slug!r} in this data folder.")
    token, setup = services.tokens.study_link(study.id), services.studies.setup(study.id)
    cookies = [join_over_http(url, token) for _ in range(n)]
    for cookie in cookies:
        seat(services, setup, cookie)
    services.close()
    return cookies


def measure(page: Page, *, cookies: Sequence[str], reruns: int) -> dict[str, object]:
    """Open a session for each cookie (empty: without one) and return the times."""
    load, started = Load(), time.perf_counter()

    async def all_at_once() -> None:
        await asyncio.gather(
            *(page.open(load, reruns=reruns, wait_s=i * APART_S, cookie=c) for i, c in enumerate(cookies))
        )

    asyncio.run(all_at_once())
    return {
        "page": page.path, "sessions": len(cookies), "reruns": reruns, "failed": len(load.failures),
        "why": sorted(set(load.failures))[:3], "first_s": percentiles(load.first_s),
        "rerun_s": percentiles(load.rerun_s), "wall_s": round(time.perf_counter() - started, 1),
    }  # fmt: skip


def main() -> None:
    """Print the measures of one page as JSON; exit 1 when a session failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", choices=sorted(EXPECTED))
    parser.add_argument("--url", default="http://127.0.0.1:8501")
    parser.add_argument("--query", default="")
    parser.add_argument("--study", default="everyday-choices")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--reruns", type=int, default=5)
    asked = parser.parse_args()
    n, reruns = min(asked.sessions, MAX_SESSIONS), min(asked.reruns, MAX_RERUNS)
    cookies = seat_many(asked.url, asked.study, n=n) if asked.page == "interview" else [""] * n
    page = Page(url=asked.url, path=asked.page, query=asked.query, expected=EXPECTED[asked.page])
    found = measure(page, cookies=cookies, reruns=reruns)
    print(json.dumps(found))
    raise SystemExit(1 if found["failed"] else 0)


if __name__ == "__main__":
    main()
