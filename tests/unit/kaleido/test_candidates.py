"""A diverse set: what goes goes for one reason that is told, and what stays is what the published walk would keep."""

import numpy as np
import pytest

from domain.kaleido import (
    CandidateRules,
    Generated,
    KindThresholds,
    NgramBounds,
    NoValence,
    ScoreFailure,
    ScoreFailureReason,
    ScoreSource,
    ValueScore,
    Vrd,
    VrdKind,
)
from domain.seq2seq import ModelIdentity
from kaleido.candidates import CutReason, thin, weigh
from kaleido.likeness_of_words import word_likeness, words_of
from kaleido.readings import ScoredVrd
from kaleido.scorer import LONG_LIST, KaleidoScorer
from kaleido.stems import stem
from kaleido.thresholds import OWN_RULES

SOURCE = ScoreSource(checkpoint="made")
FREE = KindThresholds(value=1, right=1, duty=1)
NO_CUT = KindThresholds(value=0, right=0, duty=0)
NO_BOUND = NgramBounds(f1=1, precision=1, recall=1)


def score(relevance: float) -> ValueScore:
    return ValueScore(relevance=relevance, no_valence=NoValence.UNAVAILABLE, scorer="made", source=SOURCE)


def one(text: str, relevance: float, kind: VrdKind = VrdKind.VALUE) -> ScoredVrd:
    return ScoredVrd(Vrd(kind=kind, text=text), score(relevance))


def rules(**given: object) -> CandidateRules:
    return CandidateRules(**({"min_relevance": NO_CUT, "ngram": NO_BOUND, "embedding": FREE} | given))


def apart(n: int) -> np.ndarray:
    return np.eye(n, dtype=np.float32)


def texts(found) -> list[str]:
    return [o.vrd.text for o in found]


@pytest.mark.parametrize(
    ("word", "its"),
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("agreed", "agre"),
        ("hopping", "hop"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("vietnamization", "vietnam"),
        ("electricity", "electr"),
        ("adjustment", "adjust"),
        ("adoption", "adopt"),
        ("controlling", "control"),
        ("cease", "ceas"),
        ("was", "was"),
        ("été", "été"),
    ],
)
def test_words_have_the_stems_of_the_published_algorithm(word, its):
    assert stem(word) == its


def test_likeness_is_that_of_the_longest_common_run_of_stems():
    first, second = words_of("Right to make one's own choices"), words_of("Making a choice")
    assert first == ("make", "one", "s", "own", "choic")
    assert second == ("make", "a", "choic")
    assert word_likeness(first, second) == pytest.approx((0.5, 0.4, 2 / 3))
    assert words_of("誠実 さ") == ("誠実", "さ")
    assert words_of("🙂") == ()
    assert word_likeness((), ("a",)) == (0, 0, 0)


def test_a_value_below_the_threshold_of_its_kind_goes_and_one_on_it_stays():
    least = KindThresholds(value=0.5, right=0.8, duty=0)
    given = [
        one("Right to rest", 0.7, VrdKind.RIGHT),
        one("Care", 0.5),
        one("Order", 0.49),
        one("Duty", 0, VrdKind.DUTY),
    ]
    found = thin(given, apart(4), rules(min_relevance=least))
    assert texts(found.kept) == ["Care", "Duty"]
    assert [(cut.vrd.text, cut.reason, cut.kept) for cut in found.cut] == [
        ("Right to rest", CutReason.RELEVANCE, None),
        ("Order", CutReason.RELEVANCE, None),
    ]


@pytest.mark.parametrize("bound", ["f1", "precision", "recall"])
def test_any_of_the_three_figures_above_its_bound_cuts(bound):
    given = [one("Respect for a friend", 0.9), one("Respect", 0.8)]
    figures = word_likeness(words_of("Respect for a friend"), words_of("Respect"))
    at = getattr(figures, bound)
    kept = thin(given, apart(2), rules(ngram=NO_BOUND.model_copy(update={bound: min(1.0, at)})))
    assert texts(kept.kept) == texts(given)
    cut = thin(given, apart(2), rules(ngram=NO_BOUND.model_copy(update={bound: at - 0.01})))
    assert texts(cut.kept) == ["Respect for a friend"]
    assert cut.cut[0].reason is CutReason.WORDS
    assert cut.cut[0].kept == given[0].vrd
    assert cut.cut[0].likeness == pytest.approx(figures.f1)


@pytest.mark.parametrize(
    ("bounds", "kept"),
    [
        ({"precision": 0.6}, 2),  # rouge_score's precision of score(lower, upper): common words over those of the upper
        ({"precision": 0.19}, 1),
        ({"recall": 0.6}, 1),  # and its recall: over those of the lower
    ],
)
def test_precision_is_over_the_words_of_the_kept_value_and_recall_over_those_of_the_lower_one(bounds, kept):
    given = [one("Honesty and trust in friendship", 0.9), one("Honesty", 0.8)]
    found = thin(given, apart(2), rules(ngram=NO_BOUND.model_copy(update=bounds)))
    assert len(found.kept) == kept


def test_one_that_is_like_a_value_that_went_itself_stays():
    near = np.array([[1, 0], [0.8, 0.6], [0.28, 0.96]], dtype=np.float32)
    found = thin(
        [one("a", 0.9), one("b", 0.8), one("c", 0.7)],
        near,
        rules(embedding=KindThresholds(value=0.75, right=1, duty=1)),
    )
    assert texts(found.kept) == ["a", "c"]
    assert (found.cut[0].reason, found.cut[0].kept.text) == (CutReason.MEANING, "a")
    assert found.cut[0].likeness == pytest.approx(0.8)


def test_kinds_are_compared_only_where_the_rules_say_so():
    given = [one("Right to privacy", 0.9, VrdKind.RIGHT), one("Privacy", 0.8)]
    strict = rules(ngram=NgramBounds(f1=0.5, precision=0.5, recall=0.5))
    assert texts(thin(given, apart(2), strict).kept) == ["Right to privacy", "Privacy"]
    across = thin(given, apart(2), strict.model_copy(update={"across_kinds": True}))
    assert texts(across.kept) == ["Right to privacy"]
    assert (across.count(CutReason.WORDS), across.count(CutReason.MEANING)) == (1, 0)


def test_nothing_generated_is_an_empty_set():
    assert thin([], np.zeros((0, 4), dtype=np.float32), rules()) == ((), ())


class Counting:
    """A model that finds every fifth value relevant, and counts what it is asked."""

    name, max_tokens, batch_tokens = "made", 128, 1024

    def __init__(self):
        self.asked = {"relevance": 0, "valence": 0}

    def config(self):
        return {}

    def identity(self):
        return ModelIdentity("made", "", "fp32")

    def tokenize(self, texts):
        return [tuple(text.encode()) for text in texts]

    def option_logits(self, questions, *, position):
        for question in questions:
            self.asked["relevance" if len(question.options) == 2 else "valence"] += 1
        return [self._logits(question) for question in questions]

    def _logits(self, question):
        number = int(bytes(question.tokens).rsplit(b" ", 1)[1])
        return (2.0 if number % 5 == 0 else -2.0, 0.0, 0.0)[: len(question.options)]


class Alike:
    """An embedder for which everything means the same."""

    name, dim = "made", 2

    def embed(self, said):
        return np.array([[1, 0]] * len(said), dtype=np.float32)


@pytest.mark.parametrize(("n", "n_asked"), [(LONG_LIST - 1, LONG_LIST - 1), (LONG_LIST, LONG_LIST // 5), (100, 20)])
def test_of_a_long_list_the_valence_is_asked_of_what_is_relevant_alone(n, n_asked):
    model = Counting()
    vrds = tuple(Vrd(kind=VrdKind.DUTY, text=f"Promise {number}") for number in range(n))
    found = weigh(
        "A friend asks.",
        Generated(vrds, 0, 0),
        scorer=KaleidoScorer(model, name="kaleido:made"),
        embedder=Alike(),
        min_relevance=OWN_RULES.min_relevance,
    )
    assert model.asked == {"relevance": n, "valence": n_asked}
    assert sum(one.score.valence is not None for one in found.scored) == n_asked
    spared = {one.score.no_valence for one in found.scored if one.score.valence is None}
    assert spared == ({NoValence.BELOW_CUT} if n_asked < n else set())


def test_what_was_generated_is_scored_sorted_and_what_has_no_score_is_counted():
    class Scorer:
        name = "made"

        def score(self, pairs, **_):
            given = {"Care": score(0.2), "Honesty": score(0.9), "Rest": score(0.9)}
            lost = ScoreFailure(reason=ScoreFailureReason.REFUSED)
            return [given.get(pair.vrd.text, lost) for pair in pairs]

    vrds = tuple(Vrd(kind=VrdKind.VALUE, text=text) for text in ("Care", "Lost", "Honesty", "Rest"))
    found = weigh("A friend asks.", Generated(vrds, 3, 1), scorer=Scorer(), embedder=Alike())
    assert texts(found.scored) == ["Honesty", "Rest", "Care"]
    assert found.vectors.shape == (3, 2)
    assert [failure.reason for failure in found.failed] == [ScoreFailureReason.REFUSED]
    assert found.generated.n_malformed == 3
