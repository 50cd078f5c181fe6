"""The promises of ``domain.protocols.ValueScorer``, kept by every scorer there is, on models that are made here.

What a kind of scorer promises beyond them: ``test_small_scorers``, ``test_value_reader`` and ``test_value_scorers``.
"""

import hashlib
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from pydantic import ValidationError
from safetensors.torch import save_file

from backends.fakes import HashEmbedder, ScriptedChat
from backends.made_reader import random_changes, write_random_mpnet
from backends.made_t5 import TINY, write_random_t5
from backends.probe_tables import TableStances, hashed
from backends.seq2seq_t5 import T5Seq2Seq
from backends.value_reader import MpnetReader, ReaderFiles
from domain.kaleido import ScoreFailureReason, ScoreRequest, ValueScore, Vrd, VrdKind, kind_of
from domain.protocols import ValueScorer
from kaleido.asking import AT_ONCE as PAIRS_AT_ONCE
from kaleido.asking import AskedScorer
from kaleido.likeness import AT_ONCE as TEXTS_AT_ONCE
from kaleido.likeness import Curve, LikenessScorer
from kaleido.reading import MOST_AT_ONCE, ReadingScorer
from kaleido.scorer import KaleidoScorer
from kaleido.weighing import WeighedScorer
from services.language_scorer import LanguageScorer, read_shares
from services.score_rows import read_pairs

LENDING = "a neighbour lends money to a friend and asks for it back before winter"
CURVE = Curve(
    embedder="hash@1", situation_mean=(0.01,) * 64, value_mean=(0.02,) * 64, slope=4.0, intercept=0.1, quality=()
)
MOST_WORDS = 60
"""The made embedder reads so many words of a text."""
BATCH_PAIRS, QUESTION_TOKENS = 4, 22
"""The made Kaleido takes so many pairs at once; each of the two questions about one of ``pairs`` has so many tokens."""


class Made(NamedTuple):
    """A scorer on a made model."""

    scorer: ValueScorer
    heard: list[str]
    """Texts that went into its model, in order."""
    again: Callable[[], ValueScorer]
    """Makes it anew."""
    batch: int
    """Pairs that go through together, where all are as long and each has a situation of its own."""
    sees_kind: bool
    takes_any_value: bool
    """However long it is; others say that it is too long."""

    def listen(self, pairs):
        """Return the scores of the pairs and the texts that the model met for them."""
        start = len(self.heard)
        return self.scorer.score(pairs), self.heard[start:]


class BeginningEmbedder(HashEmbedder):
    """Reads the first words of a text alone."""

    def __init__(self, heard):
        super().__init__()
        self._heard = heard

    def embed(self, texts):
        self._heard += texts
        return super().embed([" ".join(text.split()[:MOST_WORDS]) for text in texts])

    def are_cut(self, texts):
        return [len(text.split()) > MOST_WORDS for text in texts]


def make_default(_, heard):
    return lambda: LikenessScorer(BeginningEmbedder(heard), CURVE)


def make_asked(_, heard):
    def says(asked):
        texts = [message.text for message in asked.messages]
        heard.extend(texts)
        digest = hashlib.sha256("".join(texts).encode()).digest()
        pull = ("supports", "opposes", "either")[digest[1] % 3]
        return json.dumps({"relevant": ("yes", "no")[digest[0] % 2], "pull": pull})

    return lambda: AskedScorer(lambda: ScriptedChat(says), name="llm:scripted")


def heard_table(heard):
    def tells(asked):
        heard.extend(message.text for message in asked.messages)
        return hashed(asked)

    return TableStances(tells)


def make_weighed(_, heard):
    return lambda: WeighedScorer(heard_table(heard), read_shares, name="llm:table")


def make_language(folder, heard):
    return lambda: LanguageScorer("llm:table", lambda: heard_table(heard), make_asked(folder, heard)())


def make_reader(folder, heard):
    class Hearing(MpnetReader):
        def read(self, asked):
            heard.extend(text for one in asked for text in (one.situation, *one.values))
            return super().read(asked)

    write_random_mpnet(folder)
    save_file(random_changes(), folder / "changes.safetensors")
    files = ReaderFiles(folder, folder / "changes.safetensors", base_sha256={})
    return lambda: ReadingScorer(Hearing(files))


def make_kaleido(folder, heard):
    class Hearing(T5Seq2Seq):
        batch_tokens = 2 * BATCH_PAIRS * QUESTION_TOKENS

        def tokenize(self, texts):
            heard.extend(texts)
            return super().tokenize(texts)

    write_random_t5(folder, TINY, texts=[LENDING, "[Relevance]: [Valence]: Situation: Promise 0123456789"], seed=1)
    return lambda: KaleidoScorer(Hearing(str(folder)), name="kaleido:made")


class Maker(NamedTuple):
    """How a scorer is made, and what is known of it."""

    make: Callable
    batch: int
    sees_kind: bool = True
    takes_any_value: bool = False


MAKERS = {
    "default": Maker(make_default, TEXTS_AT_ONCE, sees_kind=False),
    "asked": Maker(make_asked, PAIRS_AT_ONCE, takes_any_value=True),
    "weighed": Maker(make_weighed, TableStances.n_in_flight, takes_any_value=True),
    "language": Maker(make_language, TableStances.n_in_flight, takes_any_value=True),
    "reader": Maker(make_reader, MOST_AT_ONCE, sees_kind=False),
    "kaleido": Maker(make_kaleido, BATCH_PAIRS),
}


@pytest.fixture(scope="module", params=list(MAKERS))
def made(request, tmp_path_factory):
    maker, heard = MAKERS[request.param], []
    again = maker.make(tmp_path_factory.mktemp(request.param), heard)
    scorer = again()
    scorer.score(pairs(1))  # what is read once, such as the words of the answers, is read by now
    return Made(scorer, heard, again, *maker[1:])


def request(situation=LENDING, text="Honesty", kind=VrdKind.VALUE):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def pairs(n):
    """Return pairs of equal length, each with a situation of its own."""
    kinds = list(VrdKind)
    return [request(f"lending money {n:03}", f"Promise {n:03}", kinds[n % 3]) for n in range(n)]


ODD = {
    "placeholders of Kaleido": request("I put VRD, TEXT, ACTION and SITUATION on the table", "ACTION", VrdKind.DUTY),
    "placeholders of prompts": request("They wrote {{value}}, {{kind}}, {text} and %s", "{{situation}}"),
    "other scripts": request("借りたお金を返さない 🙂 e\u0301té", "Честность", VrdKind.RIGHT),
    "right to left": request("صديق يقترض المال ولا يعيده", "הגינות", VrdKind.DUTY),
    "emoji alone": request("🙂", "🙂"),
    "lines and tabs": request("a\tb\nc", "Keep:\ta promise"),
}
LONG = [request("winter " * 400, "Care"), request("x" * 700, "Care"), request("мир " * 900, "Care")]
FENCED = request('>>> {"relevant": "yes"} <<<', ">>>")


def assert_same(one, other):
    assert isinstance(one, ValueScore), one
    assert isinstance(other, ValueScore), other
    assert one.relevance == pytest.approx(other.relevance, abs=1e-4)
    assert (one.valence is None) == (other.valence is None)
    if one.valence is not None:
        assert one.valence.model_dump() == pytest.approx(other.valence.model_dump(), abs=1e-4)
    rest = {"relevance", "valence"}
    assert one.model_dump(exclude=rest) == other.model_dump(exclude=rest)


@pytest.mark.parametrize("length", ["none", "one", "one less than a batch", "a batch", "one more than a batch"])
def test_any_number_of_pairs_has_as_many_scores_in_order(made, length):
    lengths = {"none": 0, "one": 1, "one less than a batch": made.batch - 1, "a batch": made.batch}
    n, told = lengths.get(length, made.batch + 1), []
    found = made.scorer.score(pairs(n), progress=lambda done, every: told.append((done, every)))
    assert len(found) == n
    for place in {0, n // 2, n - 1} if n else ():
        assert_same(found[place], made.scorer.score([pairs(n)[place]])[0])
    assert told == sorted(told)
    assert not n or told[-1] == (n, n)
    assert n <= made.batch or (made.batch, n) in told


def test_scores_tell_pairs_apart(made):
    assert len({(one.relevance, one.valence) for one in made.scorer.score(pairs(12))}) > 3


def test_a_pair_has_the_same_score_alone_and_in_any_company(made):
    every = [*pairs(9), *ODD.values(), *LONG, FENCED, pairs(1)[0]]
    together, backwards = made.scorer.score(every), made.scorer.score(every[::-1])[::-1]
    for pair, one, other in zip(every, together, backwards, strict=True):
        assert_same(one, other)
        assert_same(one, made.scorer.score([pair])[0])


def test_equal_pairs_are_asked_once_and_answered_each(made):
    found, heard = made.listen(pairs(3) * 5)
    assert sorted(heard) == sorted(made.listen(pairs(3))[1])
    assert found[:3] == found[3:6] == found[12:]


@pytest.mark.parametrize("name", list(ODD))
def test_text_of_any_script_or_form_reaches_the_model_as_it_was_written(made, name):
    pair = ODD[name]
    (found,), heard = made.listen([pair])
    assert isinstance(found, ValueScore)
    assert not found.is_shortened
    assert any(pair.situation in text for text in heard)
    assert any(pair.vrd.text in text for text in heard)


def test_a_long_situation_is_marked_and_its_end_counts_no_more_and_the_value_does(made):
    begun = f"{LENDING} " * 90
    one, other, careful, short = made.scorer.score(
        [request(f"{begun}for care"), request(f"{begun}to lend!"), request(f"{begun}for care", "Care"), request()]
    )
    assert [each.is_shortened for each in (one, other, careful, short)] == [True, True, True, False]
    assert_same(one, other)
    assert_same(short, made.scorer.score([request()])[0])
    _, heard = made.listen([request(f"{begun}for care", "Care")])
    assert any("Care" in text for text in heard)


def test_a_value_is_never_cut(made):
    long = "promise " * 900
    found, heard = made.listen([request(text="Care"), request(text=long)])
    if made.takes_any_value:
        assert isinstance(found[1], ValueScore)
        assert any(long.strip() in text for text in heard)
    else:
        assert found[1].reason is ScoreFailureReason.TOO_LONG
    assert_same(found[0], made.scorer.score([request(text="Care")])[0])


@pytest.mark.parametrize("kind", list(VrdKind))
def test_each_kind_has_a_relevance_and_a_valence_that_sums_to_one_or_none(made, kind):
    for one in made.scorer.score([request(text=f"Promise {n}", kind=kind) for n in range(3)]):
        assert 0 <= one.relevance <= 1
        assert made.scorer.info().has_valence == (one.valence is not None)
        if one.valence is not None:
            assert one.valence.supports + one.valence.either + one.valence.opposes == pytest.approx(1)


def test_the_kind_is_put_to_the_model_or_makes_no_difference(made):
    (value,), heard = made.listen([request(kind=VrdKind.VALUE)])
    (right,), heard_of_right = made.listen([request(kind=VrdKind.RIGHT)])
    assert (heard != heard_of_right) == made.sees_kind
    if not made.sees_kind:
        assert_same(value, right)


def test_a_row_of_an_unknown_kind_is_named_and_reaches_no_scorer(made, tmp_path):
    rows = [{"situation": LENDING, "vrd": word, "text": f"Of the kind {word}"} for word in ("duty", "virtue", "Rights")]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    read = read_pairs(tmp_path / "pairs.jsonl", made.scorer.source())
    assert read.bad == ("line 2: 'virtue' is neither value, right nor duty",)
    found, heard = made.listen([pair.request for pair in read.pairs])
    assert [isinstance(one, ValueScore) for one in found] == [True, True]
    assert not any("virtue" in text for text in heard)


@pytest.mark.parametrize("word", ["virtue", "", "valuable", "right?"])
def test_an_unknown_kind_is_no_kind(word):
    assert kind_of(word) is None
    with pytest.raises(ValidationError):
        Vrd(kind=word, text="Honesty")


def test_a_cancel_types_what_is_left(made):
    found = made.scorer.score(pairs(3), cancel=lambda: True)
    assert [one.reason for one in found] == [ScoreFailureReason.CANCELLED] * 3


def test_the_same_call_gives_the_same_scores_and_so_does_another_load(made):
    found = made.scorer.score(pairs(9))
    assert made.scorer.score(pairs(9)) == found
    assert made.again().score(pairs(9)) == found


def test_a_scorer_says_what_its_scores_are_not_and_each_score_what_made_it(made):
    info, (score,) = made.scorer.info(), made.scorer.score([request()])
    assert info.name == score.scorer == made.scorer.name
    assert info.not_for
    assert info.has_valence == (score.valence is not None) == (not info.valence_line)
    assert score.source == made.scorer.source()
    assert score.source.checkpoint
    assert score.source.template_hash or score.source.revision
