"""A real server on a free loopback port, a real Chromium, and a page that may not ask anything of another machine.

Fixtures: ``server`` (one per test module), ``start_server`` (a factory, for tests that kill and restart),
``open_page`` (a factory of separate browsers: one call, one device), ``page`` (one device), ``screenshot``.
"""

import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-artifacts"
START_LIMIT_S = 120
STEP_LIMIT_MS = 20_000
expect.set_options(timeout=STEP_LIMIT_MS)  # the library's five seconds are too few for a first page on a busy machine
CLOSED_PROXY = "http://127.0.0.1:9"
"""Nothing listens there: whatever the server asks of another machine fails at once."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SERVERS = pytest.StashKey[list["Server"]]()
PAGES = pytest.StashKey[list[Page]]()


class Administrator(NamedTuple):
    """The sign-in shown on the terminal at the first start."""

    name: str
    password: str


class Server:
    """The application in a process of its own. Data, log and port stay the same when it is started again."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.data_dir = folder / "data"
        self._log = folder / "server.log"
        self._env = env
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def output(self) -> str:
        """Everything the server printed, over all its starts."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def administrator(self) -> Administrator:
        """Return the sign-in that the first start printed."""
        found = re.search(r"sign in as '([^']+)' with the password\s+(\S+)", self.output)
        assert found, f"the server printed no sign-in:\n{self.output}"
        return Administrator(found[1], found[2])

    def sign_in(self, page: Page) -> None:
        """Sign the administrator in on this device; the page with the studies is open then."""
        name, password = self.administrator()
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/studies*")

    def start(self) -> "Server":
        """Start and wait until the server answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.port", str(self._port), "--server.address", "127.0.0.1"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait_until_it_answers()
        return self

    def kill(self) -> None:
        """End the process as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end, and wait for it."""
        self._end(signal.SIGTERM)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the application (``moralgraph ...``) on the data of this server; fails when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"moralgraph {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def _environment(self) -> dict[str, str]:
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), CLOSED_PROXY)
        own = {n: v for n, v in os.environ.items() if not n.startswith("MORALGRAPH_")}
        local = {"no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}
        return own | proxies | local | {"MORALGRAPH_DATA_DIR": str(self.data_dir)} | self._env

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended while starting:\n{self.output}")
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the server did not answer within {START_LIMIT_S} s:\n{self.output}")

    def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(sign)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=20)
        self._process = None


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_chromium(playwright: Playwright) -> str:
    """Return the path of a Chromium: the one set, one of the system, or Playwright's own. Fails with what to do."""
    named = os.environ.get("MORALGRAPH_CHROMIUM")
    found = [named] if named else [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    for path in [*found, playwright.chromium.executable_path]:
        if Path(path).is_file():
            return path
    pytest.fail("No Chromium was found. `make setup-browser` fetches one, or set MORALGRAPH_CHROMIUM to its path.")


def leaves_the_machine(url: str) -> bool:
    """Return whether a request to ``url`` goes to another machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https", "ws", "wss"}:
        return False
    host = parts.hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def pytest_configure(config: pytest.Config) -> None:
    """Keep a list of what runs, so that a failing test can show it."""
    config.stash[SERVERS] = []
    config.stash[PAGES] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the server's output and a picture of every open page to the report of a failing test."""
    report = yield
    if report.failed:
        for server in item.config.stash[SERVERS]:
            report.sections.append((f"server at {server.url}", server.output[-20_000:]))
        for number, page in enumerate(item.config.stash[PAGES]):
            picture = PICTURES / f"failed-{re.sub(r'[^a-z0-9]+', '-', item.name.lower())}-{report.when}-{number}.png"
            try:
                page.screenshot(path=picture)
                report.sections.append((f"page {number} at {page.url}", f"{page.title()}\n{picture.relative_to(ROOT)}"))
            except Exception as error:  # noqa: BLE001 - a closed page must not hide the failure itself
                report.sections.append((f"page {number}", f"no picture: {error}"))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each device is a context of its own in it."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(playwright), args=CHROMIUM_ARGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def start_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """A factory: ``start_server(MORALGRAPH_CHAT="guided")`` starts a server on empty data with these settings."""
    running = request.config.stash[SERVERS]
    started: list[Server] = []

    def start(**env: str) -> Server:
        server = Server(tmp_path_factory.mktemp("server"), env)
        started.append(server)
        running.append(server)
        return server.start()

    yield start
    for server in started:
        server.stop()
        running.remove(server)


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Server]) -> Server:
    """A server with no setting but its data folder, shared by the tests of one module."""
    return start_server()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A factory: each call is a new device with cookies of its own; keywords go to Playwright's ``new_context``.

    After the test it fails when any page asked anything of another machine.
    """
    outside: list[str] = []
    contexts: list[BrowserContext] = []
    pages = request.config.stash[PAGES]

    def note(url: str) -> None:
        if leaves_the_machine(url):
            outside.append(url)

    def watch(page: Page) -> None:
        pages.append(page)
        page.on("websocket", lambda ws: note(ws.url))

    def opened(**options: object) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | options))
        contexts.append(context)
        context.set_default_timeout(STEP_LIMIT_MS)
        context.on("request", lambda asked: note(asked.url))
        context.on("page", watch)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    pages.clear()
    assert not outside, f"the page asked other machines: {sorted(set(outside))}"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One device with a screen of 1280 by 900."""
    return open_page()


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """``screenshot(page, "welcome")`` keeps a picture of the whole page in test-artifacts/ and returns its path."""

    def take(page: Page, name: str) -> Path:
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


class Walker:
    """A participant in front of a page: finds things by what they are called, waits for what comes next."""

    STORY = (
        "My niece gave me the story she had been writing for a year. I knew it was not good yet. "
        "We sat in her kitchen and she kept turning her cup."
    )
    ANSWERS = (
        STORY,
        "I noticed how her hands shook when she gave me the pages. "
        "I looked for the parts where she sounded like herself.",
        "I listened for what she was really asking me.",
        "I pay attention to the small jokes she makes when she is scared.",
    )

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def see(self, text: str) -> None:
        """Wait until these words are on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=STEP_LIMIT_MS)

    def is_at(self, room: str) -> None:
        """Wait until the address is this room."""
        self.page.wait_for_url(f"**/{room}*", timeout=STEP_LIMIT_MS)

    def join(self) -> None:
        self.page.goto(self.base)
        self.page.get_by_role("link", name="Take part").click()
        self.is_at("welcome")
        self.see("I want to take part")

    def begin(self) -> None:
        self.join()
        self.page.get_by_text("I want to take part").click()
        self.button("Begin").click()
        self.is_at("interview")
        expect(self.page.get_by_label("Your answer")).to_be_visible(timeout=STEP_LIMIT_MS)

    def settle(self) -> None:
        """Wait until the page is drawn to its end: what is left of an earlier drawing is gone."""
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", state="attached", timeout=STEP_LIMIT_MS
        )

    def answer(self, text: str) -> None:
        """Answer the open question and wait for what follows it."""
        self.settle()
        before = self.page.locator(".mg-question").last.inner_text()
        self.page.get_by_label("Your answer").fill(text)
        self.button("Send").click()
        expect(self.page.locator(".mg-question").last).not_to_have_text(before, timeout=STEP_LIMIT_MS)

    def judge_all(self) -> None:
        """Say of each thing named that it counts in itself, until the card is there."""
        for _ in range(8):
            if "/card" in self.page.url:
                return
            self.settle()
            line = self.page.locator(".mg-story").first.inner_text()
            self.button("It counts in itself").click()
            self.page.wait_for_function(
                "line => location.pathname.endsWith('/card')"
                " || (document.querySelector('.mg-story')?.innerText ?? line) !== line",
                arg=line,
                timeout=STEP_LIMIT_MS,
            )

    def to_card(self) -> None:
        self.begin()
        for text in self.ANSWERS:
            self.answer(text)
        self.judge_all()
        self.is_at("card")
        self.see("This is how others will see it")

    def to_belong(self) -> None:
        self.to_card()
        self.button("This is my card").click()
        self.is_at("belong")
        self.see("Does your card belong")

    def to_choose(self) -> None:
        self.to_belong()
        opinions = self.page.get_by_role("radio", name="Something else")
        expect(opinions).to_have_count(2, timeout=STEP_LIMIT_MS)
        for place in range(2):
            opinions.nth(place).click()
            expect(opinions.nth(place)).to_be_checked(timeout=STEP_LIMIT_MS)
        go_on = self.button("Go on")
        expect(go_on).to_be_enabled(timeout=STEP_LIMIT_MS)
        go_on.click()
        self.is_at("choose")
        self.see("wise to consider?")

    def to_compare(self) -> None:
        self.to_choose()
        self.page.get_by_text("is wise to consider").first.click()
        self.button("Go on with 1 chosen").click()
        self.is_at("compare")
        self.button("I understand, show me the first story").click()
        self.see("Story 1 of")

    def vote(self, name: str = "Yes, wiser") -> None:
        """Vote on the story shown and wait for what follows it."""
        self.settle()
        story = self.page.locator(".mg-story").first.inner_text()
        self.button(name).click()
        self.page.wait_for_function(
            "story => (document.querySelector('.mg-story')?.innerText ?? '') !== story",
            arg=story,
            timeout=STEP_LIMIT_MS,
        )

    def to_finish(self) -> None:
        self.to_compare()
        for _ in range(5):
            self.vote()
        self.button("Go on to the last step").click()
        self.is_at("finished")
        self.see("Where your card landed")


@pytest.fixture
def walker() -> Callable[[Page, str], Walker]:
    """``walker(page, server.url)`` is a participant in front of that page."""
    return Walker
