"""What teaching the reader does to its changes, and what it is taught on."""

import json

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import MPNetConfig, MPNetModel

from backends.reader_forward import read
from backends.reader_weights import LINEARS, Base, changed
from benchmarks.quality import reading
from benchmarks.quality.labelled import SITUATIONS, read_situations, read_taught
from benchmarks.quality.reading import (
    EITHER,
    KEPT_RANK,
    OPPOSES,
    RANK,
    SUPPORTS,
    Taught,
    Teaching,
    Words,
    first_changes,
    shipped,
)

TAUGHT = (
    Taught("she keeps the money", ("honesty", "thrift"), (OPPOSES, SUPPORTS)),
    Taught("she returns the money", ("honesty", "fairness"), (SUPPORTS, SUPPORTS)),
    Taught("he visits his mother", ("family", "care"), (SUPPORTS, SUPPORTS)),
    Taught("he leaves his mother alone", ("family", "rest"), (OPPOSES, EITHER)),
    Taught("they cut the tree", ("nature", "order"), (OPPOSES, SUPPORTS)),
    Taught("they plant a tree", ("nature", "beauty"), (SUPPORTS, SUPPORTS)),
)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    known = {word: None for one in TAUGHT for text in (one.text, *one.values) for word in text.split()}
    ids = {word: number for number, word in enumerate(("<s>", "<pad>", "</s>", "<unk>", *known))}
    made = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    made.normalizer, made.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    made.save(str(folder / "tokenizer.json"))
    return Words(folder)


@pytest.fixture(scope="module")
def base(words):
    config = MPNetConfig(
        vocab_size=60, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return Base(config.to_dict(), MPNetModel(config).state_dict(), words.marks)


def seeded(number):
    return torch.Generator().manual_seed(number)


def random_changes(base, rank):
    """Changes of a rank, and a head."""
    found = first_changes(base, rng=seeded(2))
    for name in (one for one in found if one.startswith("layers")):
        shape = (found[name].shape[0], rank) if name.endswith("down") else (rank, found[name].shape[1])
        found[name] = torch.randn(shape, generator=seeded(len(name)))
    return found | {"head.bias": torch.randn(4, generator=seeded(3))}


def maps_of(changes):
    return [name.removesuffix(".down") for name in changes if name.endswith(".down")]


def test_the_first_changes_change_nothing(base):
    changes = first_changes(base, rng=seeded(1))
    weights = changed(base, changes)
    assert len(maps_of(changes)) == len(weights.layers) * len(LINEARS) == 12
    for number, layer in enumerate(weights.layers):
        for ours, theirs in LINEARS.items():
            projection = getattr(layer, ours)
            assert torch.equal(projection.weight, base.tensors[f"encoder.layer.{number}.{theirs}.weight"])
            assert torch.equal(projection.bias, base.tensors[f"encoder.layer.{number}.{theirs}.bias"])


def test_every_change_can_be_learnt_from_the_first_step_on(base, words):
    changes = {name: one.requires_grad_() for name, one in first_changes(base, rng=seeded(1)).items()}
    read(changed(base, changes), [words.row(one.text, one.values) for one in TAUGHT]).square().sum().backward()
    assert all(one.grad.abs().max() > 0 for name, one in changes.items() if name.endswith((".up", "weight", "bias")))


def test_teaching_lowers_its_loss_and_leaves_the_base_as_it_was(base, words, monkeypatch):
    for name, value in {"BATCH": 2, "STEP": 0.01, "WARM_UP": 1}.items():
        monkeypatch.setattr(reading, name, value)
    before = {name: one.clone() for name, one in base.tensors.items()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        teaching = Teaching(base, words, {"situations": TAUGHT}, seed=1)
        first = {name: one.clone() for name, one in teaching.mean.items()}
        losses = [teaching.one_pass() for _ in range(reading.PASSES)]
    assert sum(losses[-3:]) / 3 < 0.8 * losses[0]
    assert all(not torch.equal(teaching.mean[name], one) for name, one in first.items())
    assert all(torch.equal(base.tensors[name], one) for name, one in before.items())


def test_what_is_shipped_keeps_changes_up_to_its_rank(base):
    changes = random_changes(base, rank=3)
    found = shipped(changes, 1.0, 1.0)
    for name in maps_of(changes):
        assert found[f"{name}.down"].shape[1] == found[f"{name}.up"].shape[0] == KEPT_RANK
        whole = changes[f"{name}.down"] @ changes[f"{name}.up"]
        kept = found[f"{name}.down"].float() @ found[f"{name}.up"].float()
        assert (kept - whole).norm() < 0.01 * whole.norm()


def test_what_is_shipped_loses_of_a_higher_rank_only_the_smallest_parts(base):
    changes = random_changes(base, rank=RANK)
    found = shipped(changes, 1.0, 1.0)
    for name in maps_of(changes):
        whole = changes[f"{name}.down"] @ changes[f"{name}.up"]
        kept = found[f"{name}.down"].float() @ found[f"{name}.up"].float()
        least = torch.linalg.svdvals(whole)[KEPT_RANK:].norm()
        assert (kept - whole).norm().item() == pytest.approx(least.item(), rel=0.02)


def test_what_is_shipped_has_its_head_divided_by_the_temperatures(base):
    changes = random_changes(base, rank=3)
    found = shipped(changes, 2.0, 1.25)
    for name in ("head.weight", "head.bias"):
        assert torch.allclose(found[name][0].float() * 2.0, changes[name][0], rtol=0.01)
        assert torch.allclose(found[name][1:].float() * 1.25, changes[name][1:], rtol=0.01)
    assert {one.dtype for one in found.values()} == {torch.bfloat16}
    assert set(found) == set(changes)


@pytest.fixture(scope="module")
def apart():
    return json.loads((SITUATIONS / "apart.json").read_text("utf-8"))


def texts_of(path):
    return [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()]


def test_what_teaches_and_what_is_kept_apart_share_no_text_and_are_all_there_is(apart):
    taught, kept = read_taught()
    on_disk = {path.relative_to(SITUATIONS).as_posix(): texts_of(path) for path in SITUATIONS.rglob("*.tsv")}
    assert set(apart) == set(on_disk)
    assert sorted(one.text for one in taught + kept) == sorted(text for texts in on_disk.values() for text in texts)
    assert not {one.text for one in taught} & {one.text for one in kept}
    assert {one.text for one in read_situations()} <= {one.text for one in taught + kept}


def test_two_lines_about_one_matter_stay_together(apart):
    _, kept = read_taught()
    is_kept = {one.text for one in kept}
    for name in apart:
        texts = texts_of(SITUATIONS / name)
        assert len(texts) % 2 == 0
        assert all((one in is_kept) == (other in is_kept) for one, other in zip(texts[::2], texts[1::2], strict=True))


def test_about_a_twelfth_of_each_file_is_kept_apart(apart):
    _, kept = read_taught()
    assert len(kept) == 2 * sum(map(len, apart.values()))
    for name, pairs in apart.items():
        assert len(pairs) == len(set(pairs)) == pytest.approx(len(texts_of(SITUATIONS / name)) / 24, abs=1)
