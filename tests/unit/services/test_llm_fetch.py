"""`make llm`: a model comes whole or not at all, what came is kept, and nothing that worked before breaks."""

import fcntl
import hashlib
import io
import re
import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from domain.errors import BackendUnavailableError
from services import llm_fetch
from services.container import Services
from services.doctor import examine
from services.download_progress import Progress
from services.llm_fetch import RECOMMENDED, ModelFetchError, OpenModel, fetch
from services.settings import Settings

CONTENT = bytes(range(256)) * 3000
MODEL = OpenModel(
    title="A model of the tests",
    repository="someone/a-model-GGUF",
    revision="0" * 40,
    file="a-model.gguf",
    n_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
)
PATH = "/someone/a-model-GGUF/resolve/" + "0" * 40 + "/a-model.gguf"
ELSEWHERE = "/store/of/large/files"


class Ask(NamedTuple):
    """A request as the hub saw it."""

    path: str
    range: str | None


class Hub:
    """A hub on this machine that sends on to its store, as the real one does, and misbehaves on demand."""

    def __init__(self):
        self.content = CONTENT
        self.status = None
        self.knows_ranges = True
        self.tells_length = True
        self.cuts_after = None
        self.asked = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                hub.asked.append(Ask(self.path, self.headers["Range"]))
                hub.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, handler):
        if self.status is not None or handler.path not in {PATH, ELSEWHERE}:
            handler.send_error(self.status or 404)
            return
        if handler.path == PATH:
            handler.send_response(302)
            handler.send_header("Location", ELSEWHERE)
            handler.end_headers()
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"] or "")
        start = int(wanted[1]) if wanted and self.knows_ranges else 0
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        if self.tells_length:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: self.cuts_after])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub():
    made = Hub()
    yield made
    made.close()


@pytest.fixture
def closed_port():
    """The address of a port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def bring(hub, tmp_path, **options):
    return fetch(MODEL, data_dir=tmp_path, hub=hub.address, out=io.StringIO(), **options)


def names_in(tmp_path):
    return sorted(p.name for p in (tmp_path / "models").glob("*"))


def part_of(tmp_path):
    return tmp_path / "models" / "a-model.gguf.part"


def settings_of(tmp_path, **more):
    named = {f"MORALGRAPH_{name}": value for name, value in more.items()}
    return Settings.from_env({"MORALGRAPH_DATA_DIR": str(tmp_path), **named})


def test_the_model_comes_whole_and_the_app_uses_it_from_then_on(hub, tmp_path):
    fetched = bring(hub, tmp_path)
    assert fetched.path.read_bytes() == CONTENT
    assert not fetched.was_there
    assert names_in(tmp_path) == ["a-model.gguf", "in-use"]
    assert settings_of(tmp_path).chat == f"llamacpp:{fetched.path}"


def test_the_environment_goes_before_the_fetched_model(hub, tmp_path):
    bring(hub, tmp_path)
    assert settings_of(tmp_path, CHAT="guided").chat == "guided"
    assert settings_of(tmp_path, CHAT="openai:m@http://127.0.0.1:1/v1").chat == "openai:m@http://127.0.0.1:1/v1"
    assert settings_of(tmp_path, CHAT="").chat.startswith("llamacpp:")


def test_the_fetched_model_is_given_more_time_unless_a_time_is_set(hub, tmp_path):
    assert settings_of(tmp_path).chat_timeout_s == 20
    bring(hub, tmp_path)
    assert settings_of(tmp_path).chat_timeout_s == 60
    assert settings_of(tmp_path, CHAT_TIMEOUT_S="7").chat_timeout_s == 7
    assert settings_of(tmp_path, CHAT="guided").chat_timeout_s == 20


def test_the_fetched_model_is_found_after_the_data_folder_moved(hub, tmp_path):
    bring(hub, tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    assert settings_of(tmp_path / "new").chat == f"llamacpp:{tmp_path / 'new' / 'models' / 'a-model.gguf'}"


def test_a_model_that_is_there_is_not_asked_for_again(hub, tmp_path):
    bring(hub, tmp_path)
    (tmp_path / "models" / "in-use").unlink()
    n_asked = len(hub.asked)
    assert bring(hub, tmp_path).was_there
    assert len(hub.asked) == n_asked
    assert settings_of(tmp_path).chat.startswith("llamacpp:")


def test_a_spoiled_model_is_fetched_again(hub, tmp_path):
    path = bring(hub, tmp_path).path
    path.write_bytes(b"x" + CONTENT[1:])
    assert not bring(hub, tmp_path).was_there
    assert path.read_bytes() == CONTENT


def test_a_line_that_breaks_off_loses_nothing_and_the_next_call_goes_on_there(hub, tmp_path):
    hub.cuts_after = 500_000
    with pytest.raises(ModelFetchError, match=r"broke off after 0 of 1 MB.*`make llm` again"):
        bring(hub, tmp_path)
    kept = part_of(tmp_path).stat().st_size
    assert 0 < kept <= 500_000
    assert settings_of(tmp_path).chat == "guided"
    hub.cuts_after = None
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT
    assert hub.asked[-1] == Ask(ELSEWHERE, f"bytes={kept}-")
    assert names_in(tmp_path) == ["a-model.gguf", "in-use"]


def test_a_hub_that_knows_no_ranges_sends_all_of_it_again(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT[:1000])
    hub.knows_ranges = False
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT


def test_a_part_that_is_whole_is_only_checked(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT)
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT
    assert not hub.asked


def test_a_part_that_is_too_long_is_thrown_away(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT + b"more")
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT
    assert hub.asked[0] == Ask(PATH, None)


def test_another_file_of_the_same_length_is_thrown_away(hub, tmp_path):
    hub.content = CONTENT[:-1] + b"x"
    with pytest.raises(ModelFetchError, match="SHA-256 differs"):
        bring(hub, tmp_path)
    assert names_in(tmp_path) == []
    hub.content = CONTENT
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT


def test_a_file_of_another_length_is_not_even_fetched(hub, tmp_path):
    hub.content = CONTENT + b"more"
    with pytest.raises(ModelFetchError, match=r"offers 768004 bytes where 768000 were to come"):
        bring(hub, tmp_path)
    assert names_in(tmp_path) == []


def test_a_page_of_unknown_length_never_spoils_the_part_that_is_kept(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT[:1000])
    hub.content, hub.knows_ranges, hub.tells_length = b"<html>Please log in</html>", False, False
    with pytest.raises(ModelFetchError, match=r"offers an unknown number of bytes .* wants a login first"):
        bring(hub, tmp_path)
    assert part_of(tmp_path).read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize(
    ("status", "advice"),
    [(404, "name a mirror"), (401, "name a mirror"), (416, "delete the .part file"), (429, "later"), (503, "later")],
)
def test_an_answer_that_refuses_says_what_to_do(hub, tmp_path, status, advice):
    hub.status = status
    with pytest.raises(ModelFetchError, match=f"The hub answered {status} for .*{advice}"):
        bring(hub, tmp_path)
    assert names_in(tmp_path) == []


def test_a_hub_out_of_reach_changes_nothing(hub, tmp_path, closed_port):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT[:1000])
    with pytest.raises(ModelFetchError, match=r"cannot be reached \(Connection refused\); the app works as before"):
        fetch(MODEL, data_dir=tmp_path, hub=closed_port, out=io.StringIO())
    assert part_of(tmp_path).read_bytes() == CONTENT[:1000]
    assert settings_of(tmp_path).chat == "guided"


@pytest.mark.parametrize("address", ["huggingface.co", "ftp://127.0.0.1", "http://", "http://[", "http://x:port"])
def test_an_address_that_is_none_is_named(tmp_path, address):
    with pytest.raises(ModelFetchError, match=r"HF_ENDPOINT is .*write an address such as https://"):
        fetch(MODEL, data_dir=tmp_path, hub=address, out=io.StringIO())


def test_a_slash_behind_the_address_does_no_harm(hub, tmp_path):
    fetch(MODEL, data_dir=tmp_path, hub=f"{hub.address}/", out=io.StringIO())
    assert hub.asked[0].path == PATH


def test_too_little_space_is_said_before_anything_is_fetched(hub, tmp_path):
    with pytest.raises(ModelFetchError, match=r"has 1 MB left where 269 MB are needed; make room"):
        bring(hub, tmp_path, free=lambda _: 1_000_000)
    assert not hub.asked
    assert names_in(tmp_path) == []


def test_what_is_there_already_needs_no_space(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    part_of(tmp_path).write_bytes(CONTENT[:-10])
    asked = []
    bring(hub, tmp_path, free=lambda folder: asked.append(folder) or llm_fetch.SPARE_BYTES + 10)
    assert asked == [tmp_path / "models"]


def test_a_folder_that_cannot_be_used_is_named(hub, tmp_path):
    (tmp_path / "models").write_text("a file where a folder should be")
    with pytest.raises(ModelFetchError, match=r"models cannot be used \(.*\); put that right"):
        bring(hub, tmp_path)
    assert settings_of(tmp_path).chat == "guided"


def test_a_disk_that_fills_on_the_way_is_said_and_what_came_is_kept(hub, tmp_path, monkeypatch):
    whole = Progress.at

    def full(self, done):
        whole(self, done)
        if done > 500_000:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Progress, "at", full)
    with pytest.raises(ModelFetchError, match="is full; make room and call `make llm` again, it goes on there"):
        bring(hub, tmp_path)
    assert part_of(tmp_path).stat().st_size > 500_000
    monkeypatch.undo()
    assert bring(hub, tmp_path).path.read_bytes() == CONTENT


def test_two_calls_at_once_never_write_into_one_another(hub, tmp_path):
    part_of(tmp_path).parent.mkdir()
    with part_of(tmp_path).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ModelFetchError, match="Another `make llm` is fetching already"):
            bring(hub, tmp_path)
    assert not hub.asked
    assert part_of(tmp_path).exists()


def record(tmp_path, content):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "in-use").write_bytes(content)


def test_where_the_fetched_model_is_gone_the_app_starts_with_the_guided_interviewer_and_doctor_tells(tmp_path):
    record(tmp_path, b"gone.gguf\n")
    with closing(Services(settings_of(tmp_path, TESTING="1", EMBEDDER="hash"))) as services:
        services.first_start()
        study = services.studies.all()[0]
        assert services.chat_of_study(study.id) is None
        (report,) = [r for r in examine(services) if r.part == "interviewer"]
    assert not report.is_well
    assert report.mend == f"There is no model file '{tmp_path}/models/gone.gguf'. `make llm` fetches one."


@pytest.mark.parametrize(
    "content", [b"", b"../../etc/passwd", b"a\0b", b"x" * 5000, b"\xe2\x98\x83", b"\xff\xfe", b".."]
)
def test_a_spoiled_record_is_as_good_as_a_model_that_is_gone(tmp_path, content):
    record(tmp_path, content)
    sentence = rf"no model file '{tmp_path}/models.*`make llm` fetches one"
    with closing(Services(settings_of(tmp_path))) as services, pytest.raises(BackendUnavailableError, match=sentence):
        services.chat_for(services.settings.chat)


def test_doctor_names_the_fetched_model(hub, tmp_path):
    path = bring(hub, tmp_path).path
    with closing(Services(settings_of(tmp_path, TESTING="1", EMBEDDER="hash"))) as services:
        (report,) = [r for r in examine(services) if r.part == "interviewer"]
    assert report.is_well
    assert report.in_use == f"llamacpp:{path}"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_a_plain_line_at_the_start_at_the_end_and_now_and_then():
    seconds, out = [0.0], io.StringIO()
    progress = Progress(200_000_000, out=out, now=lambda: seconds[0])
    for seconds[0], done in (
        (0.0, 0),
        (1.0, 10_000_000),
        (11.0, 110_000_000),
        (12.0, 120_000_000),
        (20.0, 200_000_000),
    ):
        progress.at(done)
    progress.end()
    assert out.getvalue().splitlines() == [
        "0 of 200 MB, 0 %",
        "110 of 200 MB, 55 %, 10.0 MB/s, 9 s left",
        "200 of 200 MB, 100 %, 10.0 MB/s, 0 s left",
    ]


def test_a_terminal_gets_one_line_that_renews_itself_and_the_speed_is_that_of_this_call():
    seconds = [0.0]
    out = Terminal()
    progress = Progress(1_000_000_000, out=out, now=lambda: seconds[0])
    for seconds[0], done in ((0.0, 500_000_000), (0.1, 501_000_000), (10.0, 520_000_000), (11.0, 1_000_000_000)):
        progress.at(done)
    progress.end()
    lines = [line.strip() for line in out.getvalue().split("\r")]
    assert lines == [
        "",
        "500 of 1,000 MB, 50 %",
        "520 of 1,000 MB, 52 %, 2.0 MB/s, 4 min 0 s left",
        "1,000 of 1,000 MB, 100 %, 45.5 MB/s, 0 s left",
    ]
    assert out.getvalue().endswith("\n")


@pytest.fixture
def called(tmp_path, monkeypatch):
    """Call the program as the make target does, with the model of the tests and this hub."""

    def call(address, **names):
        monkeypatch.setattr(llm_fetch, "RECOMMENDED", MODEL)
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path))
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        return llm_fetch.main()

    return call


def test_the_program_says_what_came_and_when_it_is_used(hub, called, capsys):
    assert called(hub.address) == 0
    said = capsys.readouterr().out
    assert "A model of the tests, Apache-2.0" in said
    assert "1 of 1 MB, 100 %" in said
    assert "from the next start of the app on" in said
    assert called(hub.address) == 0
    assert "Already there:" in capsys.readouterr().out


def test_the_program_says_when_a_setting_goes_before_the_model(hub, called, capsys):
    assert called(hub.address, MORALGRAPH_CHAT="guided") == 0
    assert "MORALGRAPH_CHAT is set to guided, which goes first" in capsys.readouterr().out


def test_the_program_fails_with_one_sentence(called, closed_port, capsys):
    assert called(closed_port) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("moralgraph: The hub 127.0.0.1:")
    assert line.endswith(".")


def test_the_program_stopped_by_hand_keeps_what_came(hub, called, capsys, monkeypatch, tmp_path):
    whole = Progress.at

    def stop(self, done):
        whole(self, done)
        if done > 500_000:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "at", stop)
    assert called(hub.address) == 130
    assert "What came is kept" in capsys.readouterr().err
    assert part_of(tmp_path).stat().st_size > 500_000


def test_the_recommended_model_is_pinned_to_a_commit_and_a_hash():
    assert re.fullmatch(r"[0-9a-f]{40}", RECOMMENDED.revision)
    assert re.fullmatch(r"[0-9a-f]{64}", RECOMMENDED.sha256)
    assert RECOMMENDED.address(llm_fetch.HUB).startswith("https://huggingface.co/Qwen/Qwen2.5-1.5B-Instruct-GGUF/")
