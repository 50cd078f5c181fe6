"""The promises of ``domain.protocols.Embedder``, kept by every embedder there is."""

import numpy as np
import pytest

from backends.embed_lengths import WordLengthEmbedder
from backends.embed_minilm import SentenceTransformerEmbedder, minilm, packaged_folder
from backends.fakes import HashEmbedder
from domain.errors import BackendUnavailableError
from domain.protocols import CuttingEmbedder

TEXTS = (
    "MOMENTS when a friend grows quiet",
    "",
    "手が震える",
    "a" * 5000,
    "one\ntwo\x00 🙂",
    "?!",
    "Der Ton ihrer Stimme",
)


@pytest.fixture(scope="module")
def packaged():
    if packaged_folder() is None:
        pytest.skip("the packaged embedder is not installed")
    return minilm()


@pytest.fixture(params=["hash", "lengths", pytest.param("minilm", marks=pytest.mark.slow)])
def embedder(request):
    if request.param == "minilm":
        return request.getfixturevalue("packaged")
    return {"hash": HashEmbedder, "lengths": WordLengthEmbedder}[request.param]()


def test_each_text_has_one_unit_row(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(embedder):
    vectors = embedder.embed([])
    assert vectors.shape == (0, embedder.dim)
    assert vectors.dtype == np.float32


def test_rows_follow_the_order_of_the_texts_however_they_are_batched(embedder):
    together = embedder.embed(TEXTS)
    backwards = embedder.embed(TEXTS[::-1])[::-1]
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert together == pytest.approx(backwards, abs=1e-5)
    assert together == pytest.approx(alone, abs=1e-5)


def test_the_same_text_has_the_same_row_twice_and_another_has_another(embedder):
    first, again, other = embedder.embed(["a quiet friend", "a quiet friend", "an extraordinary afternoon"])
    assert first @ again == pytest.approx(1, abs=1e-5)
    assert first @ other < 0.99


def test_a_text_is_told_to_be_cut_exactly_where_its_end_counts_no_more(embedder):
    texts = [" ".join(["winter"] * n) for n in (1, 254, 255, 900)]
    if not isinstance(embedder, CuttingEmbedder):
        assert embedder.name in {"hash@1", "word-lengths@1"}
        return
    assert embedder.are_cut(texts) == [False, False, True, True]
    assert embedder.are_cut([]) == []
    whole, one_more, two_more = embedder.embed([texts[1], texts[2], f"{texts[2]} spring"])
    assert one_more @ two_more == pytest.approx(1, abs=1e-6)
    assert whole @ embedder.embed([texts[1].removesuffix("winter") + "spring"])[0] < 1 - 1e-6


def test_the_name_says_the_revision(embedder):
    assert "@" in embedder.name


@pytest.mark.slow
def test_minilm_finds_what_is_near_in_meaning(packaged):
    quiet, silent, boat = packaged.embed(["when she goes quiet", "the moment she falls silent", "how to repair a boat"])
    assert quiet @ silent > quiet @ boat + 0.2


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"other weights")
    changed = SentenceTransformerEmbedder(str(tmp_path), name="x@1", dim=3, weights=weights, sha256="0" * 64)
    with pytest.raises(BackendUnavailableError, match="as published") as caught:
        changed.embed(["a"])
    assert "Reinstall" in caught.value.hint


def test_weights_that_are_gone_are_refused(tmp_path):
    gone = SentenceTransformerEmbedder("x", name="x@1", dim=3, weights=tmp_path / "none", sha256="0" * 64)
    with pytest.raises(BackendUnavailableError, match="hash to nothing"):
        gone.embed(["a"])


@pytest.mark.slow
def test_a_folder_without_a_model_is_a_clear_error(tmp_path):
    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(tmp_path), name="st:x").embed(["a"])


def test_naming_an_embedder_loads_nothing(tmp_path):
    named = SentenceTransformerEmbedder(str(tmp_path / "none"), name="st:none", dim=5)
    assert named.embed([]).shape == (0, 5)
