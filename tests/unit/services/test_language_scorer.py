"""What was measured of a language model is told of it wherever its file lies, and of no other model; so are scores."""

import json

import pytest

from domain.errors import BackendUnavailableError
from domain.kaleido import ScoreMethod
from services import language_scorer
from services.language_scorer import AT_CHANCE, measured_name, read_measured
from services.scorers import build_scorer
from services.settings import Settings

CODER = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"


def info(name):
    return build_scorer(name, Settings()).info()


def figure(low):
    return {"quality": {"measure": "relevance AUC", "figure": 0.5, "data": "made"}, "low": low}


@pytest.mark.parametrize("folder", ["", "/models/", "/srv/my models/gguf/", "var/models/", "../"])
def test_a_folder_does_not_lose_the_figures(folder):
    known = read_measured(language_scorer.MEASURED)[f"llm:llamacpp:{CODER}"]
    found = info(f"llm:llamacpp:{folder}{CODER}")
    assert found.quality == tuple(one.quality for one in known)
    assert found.quality
    assert not found.chance


def test_the_app_s_own_chat_model_is_known_by_its_file_too():
    found = build_scorer("llm", Settings(chat=f"llamacpp:/srv/models/{CODER}")).info()
    assert found.quality == info(f"llm:llamacpp:{CODER}").quality


def test_a_folder_does_not_lose_the_verdict_of_chance(tmp_path, monkeypatch):
    (tmp_path / "measured.json").write_text(json.dumps({"llm:llamacpp:weak.gguf": [figure(0.4)]}), encoding="utf-8")
    monkeypatch.setattr(language_scorer, "MEASURED", tmp_path / "measured.json")
    assert info("llm:llamacpp:/srv/models/weak.gguf").chance == AT_CHANCE
    assert not info("llm:llamacpp:/srv/weak.gguf/strong.gguf").chance


@pytest.mark.parametrize("name", ["llm:openai:packaged@http://127.0.0.1:9/v1", f"llm:openai:{CODER}@http://[::1]:9/v1"])
def test_a_server_that_calls_its_model_alike_is_not_taken_for_what_was_measured(name):
    assert info(name).quality == ()


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("llm:packaged", "llm:packaged"),
        ("llm:llamacpp:small.gguf", "llm:llamacpp:small.gguf"),
        ("llm:openai:people/small@http://me:secret@10.0.0.5:8000/v1", "llm:openai:people/small"),
        ("llm:langchain:vendor:large", "llm:langchain:large"),
    ],
)
def test_a_model_is_known_by_its_public_name_and_the_way_of_running_it(name, measured):
    assert measured_name(name) == measured


def source(path):
    return build_scorer(f"llm:llamacpp:{path}", Settings()).source()


def test_a_model_file_is_known_by_its_name_and_content_wherever_it_lies(tmp_path):
    here, there = tmp_path / "small.gguf", tmp_path / "moved" / "small.gguf"
    there.parent.mkdir()
    for path in (here, there):
        path.write_bytes(b"weights")
    found = source(here)
    assert (found.checkpoint, found.method) == ("small.gguf", ScoreMethod.LOG_PROBABILITIES)
    assert found.revision.startswith("sha256:")
    assert source(there) == found
    here.write_bytes(b"other weights")
    assert source(here).revision != found.revision


def test_the_packaged_model_is_known_by_its_content_too():
    packaged = build_scorer("llm:packaged", Settings()).source()
    assert packaged.checkpoint == "packaged"
    assert packaged.revision.startswith("sha256:")


def test_a_model_file_that_cannot_be_read_is_a_clear_error(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(5, "Input/output error")

    (tmp_path / "small.gguf").write_bytes(b"weights")
    monkeypatch.setattr(language_scorer, "content_sha256", refuse)
    with pytest.raises(BackendUnavailableError, match=r"small\.gguf' cannot be read: Input/output error"):
        source(tmp_path / "small.gguf")
