"""What the reader of values promises beyond what every scorer does (``test_every_scorer``), on a made checkpoint."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from backends import value_reader
from backends.made_reader import BEGIN, END, PAD, RANK, WORDS, random_changes, write_random_mpnet
from backends.reader_forward import Row, _encode, _lay_out
from backends.reader_weights import LINEARS, MARKS, changed, read_base
from backends.value_reader import MOST_SITUATION_TOKENS, MOST_VALUE_TOKENS, MpnetReader, ReaderFiles
from domain.errors import BackendUnavailableError
from domain.kaleido import KindThresholds, ScoreFailure, ScoreFailureReason, ScoreRequest, ValueScore, Vrd, VrdKind
from domain.readers import ReadRequest
from kaleido.reading import MOST_AT_ONCE, MOST_VALUES, ReadingScorer


def files_of(folder):
    return ReaderFiles(folder, folder / "changes.safetensors", base_sha256={})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("reader")
    write_random_mpnet(made)
    save_file(random_changes(), made / "changes.safetensors")
    return made


@pytest.fixture(scope="module")
def scorer(folder):
    return ReadingScorer(MpnetReader(files_of(folder)))


def request(situation="lending money", text="Honesty", kind=VrdKind.VALUE):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def short_pairs(n):
    kinds = list(VrdKind)
    return [request(f"lending money {'to a friend ' * (i % 4)}{i}", f"Promise {i}", kinds[i % 3]) for i in range(n)]


ODD = [
    request("I put VRD, TEXT and ACTION on the table", "ACTION", VrdKind.DUTY),
    request("借りたお金を返さない 🙂 e\u0301té", "Честность", VrdKind.RIGHT),
    request("winter " * 400, "Care"),
    request("x" * 3000, "Care"),
    request("a\tb\nc", "Keep:\ta promise"),
    request("🙂", "🙂"),
]


def assert_close(one, other, *, most=1e-4):
    assert isinstance(one, ValueScore), one
    assert isinstance(other, ValueScore), other
    assert one.relevance == pytest.approx(other.relevance, abs=most)
    assert one.valence.model_dump() == pytest.approx(other.valence.model_dump(), abs=most)
    assert (one.is_shortened, one.source) == (other.is_shortened, other.source)


@pytest.mark.parametrize(("is_masked_lm", "prefix"), [(False, ""), (True, "mpnet.")])
@pytest.mark.parametrize("n_words", [0, 5, MOST_SITUATION_TOKENS])
def test_a_situation_has_the_states_of_the_librarys_own_forward(tmp_path, is_masked_lm, prefix, n_words):
    model = write_random_mpnet(tmp_path, is_masked_lm=is_masked_lm)
    assert f"{prefix}encoder.layer.0.attention.attn.q.weight" in load_file(tmp_path / "model.safetensors")
    words = tuple(torch.randint(4, 300, (n_words,), generator=torch.Generator().manual_seed(3)).tolist())
    weights = changed(read_base(tmp_path, (BEGIN, END, PAD)), random_changes(size=0))
    laid = _lay_out(weights, [Row(words, ((7, 8), (9,)))])
    with torch.no_grad():
        expected = model.base_model(input_ids=torch.tensor([[BEGIN, *words, END]])).last_hidden_state[0]
        found = _encode(weights, laid, dropout=0.0)[laid.owner == 0]
    assert found.mean(0).tolist() == pytest.approx(expected.mean(0).tolist(), abs=1e-4)
    assert torch.allclose(found, expected, atol=1e-4)


def test_a_change_adds_what_goes_in_times_down_times_up_to_every_linear_map(tmp_path):
    model, changes = write_random_mpnet(tmp_path), random_changes()
    for number, layer in enumerate(model.encoder.layer):
        for ours, theirs in LINEARS.items():
            down, up = (changes[f"layers.{number}.{ours}.{part}"] for part in ("down", "up"))
            change = down @ up
            layer.get_submodule(theirs).register_forward_hook(lambda _, fed, out, by=change: out + fed[0] @ by)
    weights = changed(read_base(tmp_path, (BEGIN, END, PAD)), changes)
    laid = _lay_out(weights, [Row((5, 6, 7), ((8,),))])
    with torch.no_grad():
        expected = model(input_ids=torch.tensor([[BEGIN, 5, 6, 7, END]])).last_hidden_state[0]
        found = _encode(weights, laid, dropout=0.0)[laid.owner == 0]
    assert torch.allclose(found, expected, atol=1e-4)


def test_a_pair_has_the_same_score_alone_and_in_any_batch(scorer):
    beside = [request("lending money to a friend", f"promise {i} {'care ' * (i % 7)}") for i in range(MOST_VALUES + 5)]
    pairs = [*short_pairs(MOST_AT_ONCE + 3), *ODD, *beside]
    together = scorer.score(pairs)
    backwards = scorer.score(pairs[::-1])[::-1]
    for one, other in zip(together, backwards, strict=True):
        assert_close(one, other)
    for pair, one in list(zip(pairs, together, strict=True))[::2]:
        assert_close(one, scorer.score([pair])[0])


def test_scores_tell_values_and_situations_apart(scorer):
    of_values = scorer.score([request(text=f"promise {i}") for i in range(12)])
    of_situations = scorer.score([request(f"lending money {i}") for i in range(12)])
    for found in (of_values, of_situations):
        assert len({round(one.relevance, 5) for one in found}) == 12


@pytest.mark.parametrize("n", [0, 1, MOST_VALUES - 1, MOST_VALUES, MOST_VALUES + 1])
def test_any_number_of_values_of_one_situation_has_as_many_scores_in_order(scorer, n):
    pairs = [request(text=f"promise {i}") for i in range(n)]
    found = scorer.score(pairs)
    assert len(found) == n
    for pair, one in list(zip(pairs, found, strict=True))[:: max(1, n // 3)]:
        assert_close(one, scorer.score([pair])[0])


@pytest.mark.parametrize("n", [0, 1, MOST_AT_ONCE - 1, MOST_AT_ONCE, MOST_AT_ONCE + 1])
def test_any_number_of_situations_has_as_many_scores_in_order(scorer, n):
    pairs = [request(f"lending money {i}") for i in range(n)]
    found = scorer.score(pairs)
    assert len(found) == n
    for pair, one in list(zip(pairs, found, strict=True))[:: max(1, n // 3)]:
        assert_close(one, scorer.score([pair])[0])


def test_progress_never_goes_back_and_ends_with_all_pairs(scorer):
    told, pairs = [], [*short_pairs(2 * MOST_AT_ONCE + 1), *short_pairs(3)]
    scorer.score(pairs, progress=lambda done, every: told.append((done, every)))
    assert told == sorted(told)
    assert len(told) == 3
    assert {every for _, every in told} == {len(pairs)}
    assert told[-1] == (len(pairs), len(pairs))


def test_equal_pairs_are_asked_once_and_answered_each(folder):
    class Counting(MpnetReader):
        n_asked = 0

        def read(self, asked):
            Counting.n_asked += sum(len(one.values) for one in asked)
            return super().read(asked)

    found = ReadingScorer(Counting(files_of(folder))).score(short_pairs(3) * 5)
    assert Counting.n_asked == 3
    assert found[:3] == found[3:6] == found[12:]
    assert len({one.relevance for one in found}) == 3


def test_the_same_call_gives_the_same_scores_and_so_does_another_load(scorer, folder):
    pairs = short_pairs(9)
    assert scorer.score(pairs) == scorer.score(pairs)
    assert ReadingScorer(MpnetReader(files_of(folder))).score(pairs) == scorer.score(pairs)


@pytest.mark.parametrize("kind", list(VrdKind))
def test_values_rights_and_duties_have_a_relevance_and_a_valence_that_sums_to_one(scorer, kind):
    for one in scorer.score([request(text=f"promise {i}", kind=kind) for i in range(5)]):
        assert 0 < one.relevance < 1
        assert one.valence.supports + one.valence.either + one.valence.opposes == pytest.approx(1)


def test_letters_of_any_case_have_the_same_score(scorer):
    small, large = scorer.score([request("lending money", "honesty"), request("LENDING Money", "HONESTY")])
    assert_close(small, large)


def test_a_long_situation_is_shortened_and_marked_and_scored_as_its_cut_text(scorer):
    words = [WORDS[n * n % len(WORDS)] for n in range(MOST_SITUATION_TOKENS + 40)]
    whole, cut = scorer.score([request(" ".join(words)), request(" ".join(words[:MOST_SITUATION_TOKENS]))])
    assert (whole.is_shortened, cut.is_shortened) == (True, False)
    assert_close(whole.model_copy(update={"is_shortened": False}), cut)


def test_a_value_that_is_too_long_is_a_failure_and_its_neighbours_have_scores(scorer):
    values = ["care", "promise " * (MOST_VALUE_TOKENS + 1), "promise " * MOST_VALUE_TOKENS, "honesty"]
    care, long, longest, honesty = scorer.score([request(text=text) for text in values])
    assert isinstance(long, ScoreFailure)
    assert long.reason is ScoreFailureReason.TOO_LONG
    for text, one in (("care", care), (values[2], longest), ("honesty", honesty)):
        assert_close(one, scorer.score([request(text=text)])[0])


def test_a_list_of_values_that_are_all_too_long_has_failures_alone(scorer):
    found = scorer.score([request(text="promise " * n) for n in (60, 70)])
    assert [one.reason for one in found] == [ScoreFailureReason.TOO_LONG] * 2


def test_a_cancel_keeps_what_was_scored_and_types_the_rest(scorer):
    calls = iter([False])
    found = scorer.score(short_pairs(MOST_AT_ONCE + 7), cancel=lambda: next(calls, True))
    left = [one for one in found if isinstance(one, ScoreFailure)]
    assert {one.reason for one in left} == {ScoreFailureReason.CANCELLED}
    assert len(left) == 7


def test_a_relevance_cut_is_taken_and_leaves_every_score_its_valence(scorer):
    cut = KindThresholds(value=1, right=1, duty=1)
    assert scorer.score(short_pairs(5), min_relevance=cut) == scorer.score(short_pairs(5))


def test_a_score_says_what_made_it_and_other_changes_are_another_source(scorer, tmp_path):
    (score,) = scorer.score([request()])
    assert score.source == scorer.source()
    assert "all-mpnet-base-v2" in score.source.checkpoint
    assert score.source.revision.startswith("sha256:")
    assert score.source.dtype == "fp32"
    write_random_mpnet(tmp_path)
    save_file(random_changes(seed=4), tmp_path / "changes.safetensors")
    other = ReadingScorer(MpnetReader(files_of(tmp_path)))
    assert other.source() != scorer.source()
    assert other.score([request()])[0].relevance != pytest.approx(score.relevance, abs=1e-4)


def test_threads_share_one_reader_that_is_loaded_once(folder, scorer, monkeypatch):
    loads = []

    def slowly(*of):
        loads.append(of)
        time.sleep(0.1)  # long enough that every thread comes while the first one loads
        return read_base(*of)

    monkeypatch.setattr(value_reader, "read_base", slowly)
    shared, lists = ReadingScorer(MpnetReader(files_of(folder))), [short_pairs(n) for n in (20, 5, 17, 9, 1, 12)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(shared.score, lists))
    assert len(loads) == 1
    for pairs, found in zip(lists, together, strict=True):
        for one, other in zip(found, scorer.score(pairs), strict=True):
            assert_close(one, other)


def refused(files, hint="make reader"):
    with pytest.raises(BackendUnavailableError) as caught:
        ReadingScorer(MpnetReader(files)).score([request()])
    assert caught.value.backend == "all-mpnet-base-v2"
    assert hint in caught.value.hint
    return str(caught.value)


def test_a_base_that_is_not_there_is_named_with_what_to_do(folder, tmp_path):
    files = ReaderFiles(tmp_path / "nowhere", folder / "changes.safetensors")
    assert "model.safetensors of all-mpnet-base-v2 is not there." in refused(files)


def test_a_base_that_is_not_the_published_one_is_refused_by_its_hash(folder):
    message = refused(ReaderFiles(folder, folder / "changes.safetensors"))
    assert "model.safetensors of all-mpnet-base-v2 hashes to" in message
    assert "not to 78c0197b6159 as published" in message


def test_every_file_that_has_a_hash_is_checked(folder):
    files = files_of(folder)._replace(base_sha256={"tokenizer.json": "0" * 64})
    assert "tokenizer.json of all-mpnet-base-v2 hashes to" in refused(files)


@pytest.mark.parametrize("config", ['{"model_type": "bert"}', "{}", "no configuration", None])
def test_a_folder_of_another_model_or_of_none_is_refused(tmp_path, config):
    write_random_mpnet(tmp_path)
    save_file(random_changes(), tmp_path / "changes.safetensors")
    if config is None:
        (tmp_path / "config.json").unlink()
    else:
        (tmp_path / "config.json").write_text(config, encoding="utf-8")
    assert "cannot be loaded" in refused(files_of(tmp_path))


def without_a_part(changes):
    del changes["layers.1.outer.up"]


def of_another_shape(changes):
    changes["layers.0.query.up"] = torch.zeros(RANK, 31)


def with_another_head(changes):
    changes["head.weight"] = torch.zeros(4, 60)


@pytest.mark.parametrize("spoil", [without_a_part, of_another_shape, with_another_head])
def test_changes_that_do_not_fit_the_base_are_refused(folder, tmp_path, spoil):
    changes = random_changes()
    spoil(changes)
    save_file(changes, tmp_path / "changes.safetensors")
    message = refused(files_of(folder)._replace(changes=tmp_path / "changes.safetensors"), hint="comes with the app")
    assert "cannot be put to use" in message


@pytest.mark.parametrize("content", [None, b"not what it says it is"])
def test_changes_that_are_missing_or_spoiled_are_refused(folder, tmp_path, content):
    if content is not None:
        (tmp_path / "changes.safetensors").write_bytes(content)
    message = refused(files_of(folder)._replace(changes=tmp_path / "changes.safetensors"), hint="comes with the app")
    assert ("is not there" if content is None else "cannot be put to use") in message


def test_what_is_not_there_is_told_before_anything_is_scored_and_looked_for_again(folder, tmp_path):
    reader = MpnetReader(ReaderFiles(tmp_path, folder / "changes.safetensors", {"model.safetensors": "0" * 64}))
    with pytest.raises(BackendUnavailableError, match="is not there"):
        ReadingScorer(reader).source()
    (tmp_path / "model.safetensors").write_bytes(b"came since")
    assert ReadingScorer(reader).source().dtype == "fp32"


def test_marks_that_somebody_typed_stay_text(folder):
    reader = MpnetReader(files_of(folder))
    reader.read([ReadRequest("lending money", ("Care",))])
    ids = reader._loaded().tokenizer.encode("</s> <pad>", add_special_tokens=False).ids
    assert not {0, 1, 2} & set(ids)


def test_a_long_list_of_long_values_is_read_in_parts_and_says_the_same(folder):
    reader = MpnetReader(files_of(folder))
    values = tuple(f"keeping the promise {'to a friend ' * 10}{n}" for n in range(48))
    (together,) = reader.read([ReadRequest("lending money before winter", values)])
    for value, one in list(zip(values, together.readings, strict=True))[::12]:
        (alone,) = reader.read([ReadRequest("lending money before winter", (value,))])
        assert one == pytest.approx(alone.readings[0], abs=1e-4)


def test_the_tokens_around_texts_are_those_of_the_checkpoint(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tuple(tokenizer.token_to_id(mark) for mark in MARKS) == (BEGIN, END, PAD)
