"""The default scorer with an adapter: what it changes, and where it is left out."""

import numpy as np
import pytest

from backends.fakes import HashEmbedder
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from kaleido.likeness import AT_ONCE, Adapter, Curve, LikenessScorer, centred_cosine, read_adapter

CURVE = Curve(
    embedder="hash@1", situation_mean=(0.01,) * 64, value_mean=(0.02,) * 64, adapter="made.npz", slope=4.0,
    intercept=0.1, quality=(),
)  # fmt: skip
PAIRS = [
    ScoreRequest(situation=situation, vrd=Vrd(kind=VrdKind.VALUE, text=text))
    for situation in ("lending money", "a parent in distress")
    for text in ("Honesty", "Care")
]


def made(rank=3, size=1.0):
    rng = np.random.default_rng(5)
    down, up = rng.normal(size=(64, rank)) * size, rng.normal(size=(rank, 64)) * size
    return Adapter(down.astype(np.float32), up.astype(np.float32))


def test_a_map_of_noughts_changes_no_score():
    plain, adapted = LikenessScorer(HashEmbedder(), CURVE), LikenessScorer(HashEmbedder(), CURVE, made(size=0))
    assert [one.relevance for one in adapted.score(PAIRS)] == [one.relevance for one in plain.score(PAIRS)]


def test_scores_with_another_adapter_are_not_taken_for_the_same():
    sources = {LikenessScorer(HashEmbedder(), CURVE, one).source() for one in (None, made(), made(rank=4))}
    assert len(sources) == 3


def test_the_adapter_is_left_out_for_an_embedder_that_it_was_not_fitted_for():
    other = CURVE.model_copy(update={"embedder": "other"})
    plain, adapted = LikenessScorer(HashEmbedder(), other), LikenessScorer(HashEmbedder(), other, made())
    assert adapted.score(PAIRS) == plain.score(PAIRS)
    assert adapted.source() == plain.source()


def test_a_pair_alone_scores_as_among_others():
    scorer = LikenessScorer(HashEmbedder(), CURVE, made())
    alone = [scorer.score([pair])[0].relevance for pair in PAIRS]
    assert alone == pytest.approx([one.relevance for one in scorer.score(PAIRS)], abs=1e-5)


def test_the_cosine_is_that_of_the_mapped_vectors():
    curve = CURVE.model_copy(update={"situation_mean": (), "value_mean": ()})
    adapter = Adapter(np.array([[0.0], [1.0]], dtype=np.float32), np.array([[1.0, 0.0]], dtype=np.float32))
    one, other = np.array([[0.0, 1.0]], dtype=np.float32), np.array([[1.0, 0.0]], dtype=np.float32)
    assert centred_cosine(one, other, curve, adapter)[0] == pytest.approx(1 / np.sqrt(2))
    assert centred_cosine(one, other, curve)[0] == 0


def test_an_adapter_that_is_kept_in_half_precision_is_read_in_single(tmp_path):
    adapter = made()
    np.savez(tmp_path / "made.npz", down=adapter.down.astype(np.float16), up=adapter.up.astype(np.float16))
    found = read_adapter(tmp_path / "made.npz")
    assert found.down.dtype == found.up.dtype == np.float32
    assert found.down == pytest.approx(adapter.down, abs=1e-2)


class CountingEmbedder(HashEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts):
        self.seen += texts
        return super().embed(texts)


def test_a_value_that_comes_with_every_situation_is_embedded_once():
    embedder = CountingEmbedder()
    values = [Vrd(kind=VrdKind.VALUE, text=text) for text in ("Care", "Honesty")]
    pairs = [ScoreRequest(situation=f"Situation {n}", vrd=vrd) for n in range(AT_ONCE) for vrd in values]
    together = LikenessScorer(embedder, CURVE).score(pairs)
    assert len(embedder.seen) == len(set(embedder.seen)) == AT_ONCE + len(values)
    alone = [LikenessScorer(HashEmbedder(), CURVE).score([pair])[0] for pair in pairs[-3:]]
    assert [one.relevance for one in together[-3:]] == pytest.approx([one.relevance for one in alone], abs=1e-6)
