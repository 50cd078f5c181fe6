"""The fetched model in the app, in doctor and on the terminal; nothing that worked before breaks."""

import io
import re
from contextlib import closing

import pytest

from domain.errors import BackendUnavailableError
from services import llm_fetch
from services.container import Services
from services.doctor import examine
from services.download_progress import Progress
from services.llm_fetch import RECOMMENDED
from tests.unit.llm_fetch.hub import CONTENT, MODEL, bring, names_in, part_of, settings_of


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
