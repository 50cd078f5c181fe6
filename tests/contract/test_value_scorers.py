"""What Kaleido promises beyond what every scorer does (``test_every_scorer``), on checkpoints that are made here."""

import json

import pytest

from backends.made_t5 import TINY, write_random_t5
from backends.seq2seq_t5 import T5Options, T5Seq2Seq
from backends.t5_weights import WIDE
from domain.kaleido import (
    KindThresholds,
    NoValence,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ValueScore,
    Vrd,
    VrdKind,
)
from kaleido.scorer import LONG_LIST, KaleidoScorer

TEXTS = [
    "a neighbour lends money to a friend and asks for it back before winter",
    "Value Right Duty Action Situation Generate Relevance Valence Explanation",
    "to be honest with everyone, to keep a promise, property, safety, care",
]
TEMPLATES = {
    "generate": {"template": "[Generate]:\tAction: ACTION", "args": ["ACTION"]},
    "relevance": {"template": "[Relevance]:\tAction: ACTION\tVRD: TEXT", "args": ["ACTION", "VRD", "TEXT"]},
    "valence": {"template": "[Valence]:\tAction: ACTION\tVRD: TEXT", "args": ["ACTION", "VRD", "TEXT"]},
    "explanation": {"template": "[Explanation]:\tAction: ACTION\tVRD: TEXT", "args": ["ACTION", "VRD", "TEXT"]},
}
PARAMS = {"task_specific_params": TEMPLATES, "system_params": {"relevance_threshold": 0.4}}
SMALL_BATCH = 160
"""Tokens: a batch takes four or five of the short pairs below."""


def request(situation: str, text: str = "Honesty", kind: VrdKind = VrdKind.VALUE) -> ScoreRequest:
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def short_pairs(n: int) -> list[ScoreRequest]:
    kinds = list(VrdKind)
    return [request(f"lending money {'to a friend ' * (i % 4)}{i}", f"Promise {i}", kinds[i % 3]) for i in range(n)]


ODD = [
    request("I put VRD, TEXT and ACTION on the table", "ACTION", VrdKind.DUTY),
    request("借りたお金を返さない 🙂 e\u0301té", "Честность", VrdKind.RIGHT),
    request("winter " * 400, "Care"),
    request("x" * 3000, "Care"),
    request("a\tb\nc", "Keep:\ta promise"),
]


class SmallBatches(T5Seq2Seq):
    """Takes few tokens at once, so that a short list already spans batches."""

    batch_tokens = SMALL_BATCH


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_random_t5(tmp_path_factory.mktemp("kaleido"), TINY, texts=TEXTS, seed=1, params=PARAMS)


@pytest.fixture(scope="module", params=["published", "first"])
def scorer(request, folder):
    return KaleidoScorer(SmallBatches(str(folder)), name="kaleido:tiny", wire_compat=request.param == "published")


def assert_close(one: ValueScore | ScoreFailure, other: ValueScore | ScoreFailure, *, most: float = 1e-4) -> None:
    assert isinstance(one, ValueScore), one
    assert isinstance(other, ValueScore), other
    assert one.relevance == pytest.approx(other.relevance, abs=most)
    assert one.valence.model_dump() == pytest.approx(other.valence.model_dump(), abs=most)
    assert one.is_shortened == other.is_shortened


def test_a_pair_has_the_same_score_alone_and_in_any_batch(scorer):
    pairs = [*short_pairs(23), *ODD]
    together = scorer.score(pairs)
    backwards = scorer.score(pairs[::-1])[::-1]
    for pair, one, other in zip(pairs, together, backwards, strict=True):
        assert_close(one, other)
        assert_close(one, scorer.score([pair])[0])


def test_scores_tell_pairs_apart(scorer):
    relevances = {round(one.relevance, 5) for one in scorer.score(short_pairs(12))}
    assert len(relevances) > 6


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9])
def test_any_number_of_pairs_around_a_batch_has_as_many_scores(scorer, n):
    batches: list[int] = []
    pairs = [request("lending money", f"Promise {i}") for i in range(n)]
    assert len(scorer.score(pairs, progress=lambda done, _: batches.append(done))) == n
    assert batches == sorted(batches)
    assert not n or batches[-1] == n


def test_equal_pairs_are_asked_once_and_answered_each(folder):
    class Counting(SmallBatches):
        asked = 0

        def option_logits(self, questions, *, position):
            Counting.asked += len(questions)
            return super().option_logits(questions, position=position)

    pairs = short_pairs(3) * 5
    scores = KaleidoScorer(Counting(str(folder)), name="kaleido:tiny").score(pairs)
    assert Counting.asked == 6
    assert scores[:3] == scores[3:6] == scores[12:]


def test_placeholder_words_in_a_situation_stay_words(folder):
    seen: list[str] = []

    class Listening(SmallBatches):
        def tokenize(self, texts):
            seen.extend(texts)
            return super().tokenize(texts)

    KaleidoScorer(Listening(str(folder)), name="kaleido:tiny").score(ODD[:1])
    assert "[Valence]:\tAction: I put VRD, TEXT and ACTION on the table\tDuty: ACTION" in seen


def test_a_long_situation_is_shortened_and_marked_and_the_value_still_counts(scorer):
    long = "a neighbour lends money to a friend " * 60
    honest, careful = scorer.score([request(long, "Honesty"), request(long, "Care for others")])
    assert honest.is_shortened
    assert careful.is_shortened
    assert honest.relevance != pytest.approx(careful.relevance, abs=1e-6)
    assert not scorer.score([request("a neighbour lends money")])[0].is_shortened


def test_a_value_that_leaves_no_room_is_a_failure_and_its_neighbours_have_scores(scorer):
    short, long = scorer.score([request("lending"), request("lending", "promise " * 500)])
    assert isinstance(short, ValueScore)
    assert long.reason is ScoreFailureReason.TOO_LONG


def test_the_same_call_gives_the_same_scores_and_so_does_another_load(scorer, folder):
    pairs = short_pairs(9)
    assert scorer.score(pairs) == scorer.score(pairs)
    again = KaleidoScorer(SmallBatches(str(folder)), name="kaleido:tiny", wire_compat=scorer.source().decoder_position)
    assert again.score(pairs) == scorer.score(pairs)


def test_a_cancel_keeps_what_was_scored_and_types_the_rest(scorer):
    calls = iter([False, False])
    scores = scorer.score(short_pairs(23), cancel=lambda: next(calls, True))
    reasons = {one.reason for one in scores if isinstance(one, ScoreFailure)}
    assert reasons == {ScoreFailureReason.CANCELLED}
    assert any(isinstance(one, ValueScore) for one in scores)


def test_valence_waits_for_the_relevance_cut_in_a_long_list_alone(scorer):
    pairs = short_pairs(LONG_LIST)
    plain = scorer.score(pairs)
    middle = sorted(one.relevance for one in plain)[LONG_LIST // 2]
    cut = KindThresholds(value=middle, right=middle, duty=middle)
    for one, other in zip(plain, scorer.score(pairs, min_relevance=cut), strict=True):
        assert other.relevance == pytest.approx(one.relevance, abs=1e-4)
        if one.relevance > middle + 1e-4:
            assert_close(one, other)
        elif one.relevance < middle - 1e-4:
            assert other.no_valence is NoValence.BELOW_CUT
    assert all(one.valence for one in scorer.score(pairs[:3], min_relevance=cut))


def test_a_score_says_what_made_it(scorer):
    source = scorer.score(short_pairs(1))[0].source
    assert source == scorer.source()
    assert source.checkpoint
    assert source.revision.startswith("sha256:")
    assert source.template_hash
    assert source.dtype == "fp32"


@pytest.mark.parametrize("start", [0, 3])
def test_the_two_decoder_positions_differ_only_where_the_start_is_no_padding(tmp_path, start):
    write_random_t5(tmp_path, TINY, texts=TEXTS, seed=3, params=PARAMS | {"decoder_start_token_id": start})
    one = KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="b", wire_compat=False).score(short_pairs(1))[0]
    two = KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="a").score(short_pairs(1))[0]
    assert (one.source.decoder_position, two.source.decoder_position) == (0, 1)
    assert (one.relevance == pytest.approx(two.relevance, abs=1e-6)) is (start == 0)


@pytest.mark.parametrize(("is_tied", "start"), [(False, 0), (True, 0), (False, 3)])
def test_scores_are_those_of_the_librarys_own_forward(tmp_path, is_tied, start):
    import torch
    from transformers import T5ForConditionalGeneration

    shape = TINY._replace(is_tied=is_tied, feed_forward_proj="relu" if is_tied else "gated-gelu")
    write_random_t5(tmp_path, shape, texts=TEXTS, seed=2, params=PARAMS | {"decoder_start_token_id": start})
    ours = KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="kaleido:tiny").score(short_pairs(1))[0]
    model, reader = T5ForConditionalGeneration.from_pretrained(tmp_path).eval(), T5Seq2Seq(str(tmp_path))
    (ids,) = reader.tokenize(["[Relevance]:\tAction: lending money 0\tValue: Promise 0"])
    yes, no = (tokens[0] for tokens in reader.tokenize(["Yes", "No"]))
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids]), decoder_input_ids=torch.tensor([[start, 0]])).logits
    assert ours.relevance == pytest.approx(logits[0, 1, [yes, no]].softmax(0)[0].item(), abs=1e-5)
    assert ours.relevance != pytest.approx(0.5, abs=1e-4)


def test_bf16_stays_near_and_says_so(folder):
    pairs = short_pairs(16)
    exact = KaleidoScorer(T5Seq2Seq(str(folder)), name="a").score(pairs)
    other = KaleidoScorer(T5Seq2Seq(str(folder), T5Options("bf16", device="cpu")), name="b")
    scores = other.score(pairs)
    errors = [abs(one.relevance - two.relevance) for one, two in zip(exact, scores, strict=True)]
    assert 0 < sum(errors) / len(errors) < 0.02
    assert scores[0].source.dtype == "bf16"


@pytest.mark.parametrize("has_units", [True, False])
def test_int8_leaves_the_rest_in_bf16_where_the_processor_multiplies_it_and_says_so(folder, monkeypatch, has_units):
    monkeypatch.setattr("backends.seq2seq_t5.multiplies_bf16", lambda: has_units)
    pairs = short_pairs(16)
    exact = KaleidoScorer(T5Seq2Seq(str(folder)), name="a").score(pairs)
    other = KaleidoScorer(T5Seq2Seq(str(folder), T5Options("int8", device="cpu")), name="b")
    scores = other.score(pairs)
    errors = [abs(one.relevance - two.relevance) for one, two in zip(exact, scores, strict=True)]
    assert 0 < sum(errors) / len(errors) < 0.02
    assert scores[0].source.dtype == ("int8+bf16" if has_units else "int8")
    if not has_units:  # bf16 rounds by the size of the batch
        assert_close(scores[5], other.score([pairs[5]])[0])


def test_a_torch_that_tells_nothing_of_the_processor_is_taken_to_have_no_units(monkeypatch):
    import torch

    from backends.t5_weights import multiplies_bf16

    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert multiplies_bf16() is False


@pytest.mark.parametrize("wide", [WIDE, 0])
def test_a_deep_model_has_less_in_int8_and_a_wide_one_less_still(tmp_path, monkeypatch, wide):
    monkeypatch.setattr("backends.t5_weights.WIDE", wide)
    shape = TINY._replace(num_layers=24)
    write_random_t5(tmp_path, shape, texts=TEXTS, seed=2, params=PARAMS)
    pairs = short_pairs(8)
    exact = KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="a").score(pairs)
    for has_units in (True, False):
        monkeypatch.setattr("backends.seq2seq_t5.multiplies_bf16", lambda has_units=has_units: has_units)
        other = KaleidoScorer(T5Seq2Seq(str(tmp_path), T5Options("int8", device="cpu")), name="b").score(pairs)
        errors = [abs(one.relevance - two.relevance) for one, two in zip(exact, other, strict=True)]
        assert 0 < sum(errors) / len(errors) < 0.03


@pytest.mark.parametrize("width", [512, 2_048, 4_096])
def test_the_largest_sums_of_int8_stay_within_their_numbers(width):
    import torch

    from backends.t5_weights import _int8

    largest = torch.nn.Linear(width, 8, bias=False)
    torch.nn.init.ones_(largest.weight)
    project = _int8([largest], is_twice=True, dtype=torch.float32)
    assert torch.allclose(project(torch.full((17, width), 3.0)), torch.tensor(3.0 * width))
    assert project(torch.zeros(17, width)).abs().max() == 0


def test_the_packed_product_of_int8_is_the_plain_one(monkeypatch):
    import torch

    from backends.t5_weights import int8_product

    rng = torch.Generator().manual_seed(2)
    weight, rows = (torch.randint(-127, 128, (n, 96), generator=rng, dtype=torch.int8) for n in (40, 23))
    scale = torch.rand(40, generator=rng)
    packed = int8_product(weight, scale)(rows)
    monkeypatch.setattr(torch.ops, "onednn", object())
    plain = int8_product(weight, scale)(rows)
    assert torch.allclose(packed, plain)
    assert torch.allclose(plain, (rows.double() @ weight.double().t() * scale).float())


def test_int8_of_an_input_adds_nothing_to_what_the_weights_lose():
    import torch

    from backends.t5_weights import INT8_MOST, _int8

    torch.manual_seed(3)
    linear = torch.nn.Linear(256, 64, bias=False)
    weight = linear.weight.detach().clone()
    scale = weight.abs().amax(1, keepdim=True) / INT8_MOST
    rows = torch.randn(40, 256)
    lost = (rows @ ((weight / scale).round() * scale - weight).t()).abs().mean()
    error = (_int8([linear], is_twice=True, dtype=torch.float32)(rows) - rows @ weight.t()).abs().mean()
    assert error == pytest.approx(lost.item(), rel=0.02)


def test_padding_to_a_common_length_changes_nothing(folder):
    from backends.t5_forward import option_logits

    reader = T5Seq2Seq(str(folder))
    inputs = sorted(reader.tokenize([pair.situation for pair in short_pairs(11)]), key=len)
    weights = reader._loaded()
    plain = option_logits(weights, inputs, rows=[5, 6, 7], position=1, step=1)
    padded = option_logits(weights, inputs, rows=[5, 6, 7], position=1, step=8)
    assert padded.tolist() == [pytest.approx(row, abs=1e-5) for row in plain.tolist()]


def test_half_precision_is_refused(folder):
    with pytest.raises(Exception, match="fp16"):
        T5Seq2Seq(str(folder), T5Options("fp16"))


def test_questions_come_from_the_checkpoint_and_else_from_the_card(folder, tmp_path):
    assert KaleidoScorer(T5Seq2Seq(str(folder)), name="a").info().templates_from == "checkpoint"
    write_random_t5(tmp_path, TINY, texts=TEXTS, seed=1)
    assert KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="a").info().templates_from == "model card"


def test_proposals_are_read_and_counted(folder):
    found = KaleidoScorer(T5Seq2Seq(str(folder)), name="a", n_candidates=6).candidates("lending money " * 90)
    assert len(found.vrds) + found.n_malformed + found.n_repeated == 6


def test_proposals_can_be_stopped(folder):
    stopped = KaleidoScorer(T5Seq2Seq(str(folder)), name="a").candidates("lending money", cancel=lambda: True)
    assert stopped.reason is ScoreFailureReason.CANCELLED


def test_an_explanation_says_where_it_comes_from(folder):
    scorer = KaleidoScorer(T5Seq2Seq(str(folder)), name="a")
    explained = scorer.explain("winter " * 300, Vrd(kind=VrdKind.DUTY, text="Care"))
    assert explained.is_shortened
    assert explained.source == scorer.source()


def test_a_folder_without_a_checkpoint_is_a_clear_error(tmp_path):
    scorer = KaleidoScorer(T5Seq2Seq(str(tmp_path)), name="kaleido:none")
    with pytest.raises(Exception, match="has no configuration"):
        scorer.score(short_pairs(1))
    (tmp_path / "config.json").write_text(json.dumps(PARAMS), encoding="utf-8")
    with pytest.raises(Exception, match="cannot be"):
        scorer.score(short_pairs(1))
