"""`make llm`: a model comes whole or not at all, and what came is kept."""

import fcntl
import io

import pytest

from services import llm_fetch
from services.download_progress import Progress
from services.llm_fetch import ModelFetchError, fetch
from tests.unit.llm_fetch.hub import CONTENT, ELSEWHERE, MODEL, PATH, Ask, bring, names_in, part_of, settings_of


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
