"""The files of T5 checkpoints: fetched when needed and from one commit, told apart by every byte, read without risk."""

import json
import os
import shutil

import pytest

from backends.made_t5 import TINY, write_random_t5
from backends.seq2seq_t5 import PUBLISHED_MAX_TOKENS, T5Options, T5Seq2Seq
from domain.errors import BackendProtocolError, BackendUnavailableError
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from kaleido import scorer as kaleido_scorer
from kaleido.scorer import KaleidoScorer
from services.score_rows import read_pairs

NAME = "allenai/kaleido-made-up"
FIRST, SECOND = "a" * 40, "b" * 40
SMALL = {"config.json"}
TOKENIZER = {"tokenizer.json"}
INDEX = "pytorch_model.bin.index.json"
PAIRS = [
    ScoreRequest(situation=f"lending money to a friend {'again ' * i}", vrd=Vrd(kind=VrdKind.DUTY, text="Honesty"))
    for i in range(4)
]


def write(folder, *, seed=1, **shape):
    folder.mkdir(parents=True, exist_ok=True)
    texts = ["lending money to a friend, honesty", "Relevance Valence Situation"]
    return write_random_t5(folder, TINY._replace(**shape), texts=texts, seed=seed)


def to_torch_files(folder, *, n_parts=1):
    """Write the weights as the library wrote them in 2023, shared ones under each of their names."""
    import torch
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    shared = weights["shared.weight"]
    weights |= {"encoder.embed_tokens.weight": shared, "decoder.embed_tokens.weight": shared}
    weights.setdefault("lm_head.weight", shared)
    if n_parts == 1:
        torch.save(weights, folder / "pytorch_model.bin")
        return folder
    place = {name: f"pytorch_model-{i % n_parts + 1:05}-of-{n_parts:05}.bin" for i, name in enumerate(weights)}
    for part in set(place.values()):
        torch.save({name: one for name, one in weights.items() if place[name] == part}, folder / part)
    index = {"metadata": {"total_size": 1}, "weight_map": place}
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")
    return folder


def scores(checkpoint, **options):
    return KaleidoScorer(T5Seq2Seq(str(checkpoint), T5Options(**options)), name="kaleido:tiny").score(PAIRS)


def figures(found):
    """Return the four probabilities of each pair in one list."""
    return [share for one in found for share in (one.relevance, *one.valence.model_dump().values())]


def nearly(found):
    """Return figures to compare with: where weights lie in memory may move the last digits."""
    return pytest.approx(figures(found), abs=1e-6)


def failures():
    """Return what the hub's client lets through, by name: its HTTP library is not the same in all releases."""
    import importlib

    from huggingface_hub.errors import HfHubHTTPError

    library = importlib.import_module(HfHubHTTPError.__bases__[0].__module__.partition(".")[0])
    return {"OSError": OSError, "RuntimeError": RuntimeError} | vars(library)


class Hub:
    """Gives files of commits, notes what was asked, and keeps what it gave, as the hub's client does."""

    def __init__(self, cache):
        self.commits, self.main, self.given = {}, FIRST, []
        self._cache = cache

    def snapshot_download(self, name, *, revision=None, allow_patterns=None):
        from huggingface_hub.utils import filter_repo_objects

        assert name == NAME
        commit = self.main if revision in {None, "main"} else revision
        files = [path.relative_to(self.commits[commit]).as_posix() for path in self.commits[commit].rglob("*.*")]
        folder = self._cache / "snapshots" / commit
        for file in filter_repo_objects(files, allow_patterns=allow_patterns):
            if not (folder / file).exists():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.commits[commit] / file, folder / file)
                self.given.append(file)
        return str(folder)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    made = Hub(tmp_path / "cache")
    made.commits = {FIRST: write(tmp_path / "first"), SECOND: write(tmp_path / "second", seed=2)}
    monkeypatch.setattr("huggingface_hub.snapshot_download", made.snapshot_download)
    return made


@pytest.mark.parametrize("is_tied", [False, True])
@pytest.mark.parametrize("n_parts", [1, 3])
def test_weights_of_torch_files_give_the_scores_of_the_same_weights_in_safetensors(tmp_path, n_parts, is_tied):
    safe = scores(write(tmp_path / "safe", is_tied=is_tied))
    other = scores(to_torch_files(write(tmp_path / "other", is_tied=is_tied), n_parts=n_parts))
    assert figures(other) == nearly(safe)
    assert len({one.relevance for one in safe}) > 1


def test_code_in_a_torch_file_is_not_run(tmp_path):
    import torch

    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    folder = to_torch_files(write(tmp_path / "evil"))
    torch.save({"shared.weight": Harm()}, folder / "pytorch_model.bin")
    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        scores(folder)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1"])
@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_a_weights_file_that_is_none_is_a_clear_error(tmp_path, file, content):
    folder = write(tmp_path / "broken")
    (folder / "model.safetensors").unlink()
    (folder / file).write_bytes(content)
    with pytest.raises(BackendUnavailableError, match=r"cannot be loaded.*pytorch_model\.bin"):
        scores(folder)


def test_weights_that_are_missing_are_never_random_numbers(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = write(tmp_path / "part")
    weights = load_file(folder / "model.safetensors")
    kept = {name: one for name, one in weights.items() if "decoder.block.1" not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BackendProtocolError, match=r"lacks weights, such as decoder\.block\.1"):
        scores(folder)


def test_a_folder_without_weights_says_which_would_do(tmp_path):
    folder = write(tmp_path / "empty")
    (folder / "model.safetensors").rename(folder / "optimizer.bin")
    for ask in (scores, lambda one: T5Seq2Seq(str(one)).identity()):
        with pytest.raises(
            BackendUnavailableError, match=r"holds no weights.*model\.safetensors or pytorch_model\.bin"
        ):
            ask(folder)


@pytest.mark.parametrize("n_parts", [0, 1, 3])
def test_one_byte_in_the_middle_of_the_weights_makes_another_revision(tmp_path, n_parts):
    revisions = []
    for name in ("one", "other", "same"):
        folder = write(tmp_path / name, d_ff=8_192)
        if n_parts:
            to_torch_files(folder, n_parts=n_parts)
        weights = max(folder.iterdir(), key=lambda path: path.stat().st_size)
        assert n_parts > 1 or weights.stat().st_size > 3 << 20
        if name == "other":
            content = bytearray(weights.read_bytes())
            content[len(content) // 2] ^= 1
            weights.write_bytes(content)
        revisions.append(T5Seq2Seq(str(folder)).identity().revision)
    one, other, same = revisions
    assert one != other
    assert one == same


def test_each_file_is_hashed_once_a_process_and_again_once_it_changed(tmp_path, monkeypatch):
    import hashlib

    hashed, digest = [], hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, kind: (hashed.append(file.name), digest(file, kind))[1])
    folder = write(tmp_path / "kept")
    first = [T5Seq2Seq(str(folder)).identity() for _ in range(2)]
    assert len(hashed) == len(set(hashed)) == 3
    assert first[0] == first[1]
    write(folder, seed=5)
    assert T5Seq2Seq(str(folder)).identity() != first[0]


def test_what_a_scorer_on_the_hub_is_asks_for_no_weights(hub):
    scorer = KaleidoScorer(T5Seq2Seq(NAME), name=f"kaleido:{NAME}")
    assert scorer.info().templates_from == "model card"
    assert scorer.rules()
    assert set(hub.given) == SMALL
    assert scorer.source().revision == FIRST
    assert set(hub.given) == SMALL
    assert scorer._model.tokenize(["lending"])
    assert set(hub.given) == SMALL | TOKENIZER


def test_weights_come_from_the_commit_of_the_configuration_whatever_was_published_since(hub):
    scorer = KaleidoScorer(T5Seq2Seq(NAME), name=f"kaleido:{NAME}")
    scorer.info()
    hub.main = SECOND
    found = scorer.score(PAIRS)
    assert figures(found) == nearly(scores(hub.commits[FIRST]))
    assert {one.source.revision for one in found} == {FIRST}
    later = scores(NAME)
    assert {one.source.revision for one in later} == {SECOND}
    assert figures(later) != figures(found)
    again = scores(NAME, revision=FIRST)
    assert (figures(again), again[0].source) == (nearly(found), found[0].source)


@pytest.mark.parametrize("n_parts", [1, 3])
def test_torch_files_are_fetched_where_the_hub_holds_nothing_else(hub, n_parts):
    expected = scores(hub.commits[FIRST])
    to_torch_files(hub.commits[FIRST], n_parts=n_parts)
    (hub.commits[FIRST] / "training_args.bin").write_bytes(b"no weights")
    assert figures(scores(NAME)) == nearly(expected)
    fetched = {file for file in hub.given if file.endswith(".bin")}
    assert fetched == {path.name for path in hub.commits[FIRST].glob("pytorch_model*.bin")}


def test_torch_files_stay_where_they_are_beside_safetensors(hub):
    (hub.commits[FIRST] / "pytorch_model.bin").write_bytes(b"the same, gigabytes of it")
    scores(NAME)
    assert set(hub.given) == SMALL | TOKENIZER | {"model.safetensors"}


@pytest.mark.parametrize("kind", ["model.fp16.safetensors", "model_adapter.safetensors"])
def test_a_variant_beside_torch_files_is_not_taken_for_the_weights(tmp_path, kind):
    folder = to_torch_files(write(tmp_path / "made"))
    expected, before = scores(folder), T5Seq2Seq(str(folder)).identity()
    (folder / kind).write_bytes(b"other weights")
    assert T5Seq2Seq(str(folder)).identity() == before
    assert figures(scores(folder)) == nearly(expected)
    to_torch_files(write(folder, seed=5))
    assert T5Seq2Seq(str(folder)).identity() != before


def test_a_variant_on_the_hub_is_not_fetched(hub):
    expected = scores(hub.commits[FIRST])
    to_torch_files(hub.commits[FIRST])
    (hub.commits[FIRST] / "model.fp16.safetensors").write_bytes(b"other weights")
    assert figures(scores(NAME)) == nearly(expected)
    assert set(hub.given) == SMALL | TOKENIZER | {"pytorch_model.bin"}


@pytest.mark.parametrize("kind", ["OSError", "ProxyError", "ReadError", "RemoteProtocolError", "RuntimeError"])
def test_a_hub_that_cannot_be_reached_is_a_clear_error(monkeypatch, kind):
    def refuse(*_, **__):
        raise failures()[kind]("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(BackendUnavailableError, match="neither a folder nor can it be fetched"):
        KaleidoScorer(T5Seq2Seq(NAME), name=f"kaleido:{NAME}").info()


def test_scores_with_another_longest_input_are_never_taken_for_published_ones(tmp_path):
    folder, rows = write(tmp_path / "made"), tmp_path / "pairs.jsonl"
    rows.write_text('{"situation": "lending money", "vrd": "Duty", "text": "Honesty"}\n', encoding="utf-8")
    told = {most: KaleidoScorer(T5Seq2Seq(str(folder), T5Options(max_tokens=most)), name="a") for most in (128, 64, 65)}
    keys = {most: read_pairs(rows, scorer.source()).pairs[0].key for most, scorer in told.items()}
    assert len(set(keys.values())) == 3
    assert told[128].source().template_hash == told[128]._wording.scoring_hash
    assert kaleido_scorer.PUBLISHED_MAX_TOKENS == PUBLISHED_MAX_TOKENS == 128
