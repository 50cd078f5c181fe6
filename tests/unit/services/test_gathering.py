"""Cards of a file, put together: any order, broken rows, and a model that files what is alone."""

import argparse
import json
from types import SimpleNamespace

import numpy as np
import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from backends.neighbours_faiss import FaissNeighbours
from domain.chat import FailureReason
from domain.errors import BackendError, DataError, UserInputError
from domain.gathered import CardRow
from graph.card_likeness import LikenessBounds
from graph.filing import SURE_FROM
from services.cli_cluster import cluster_file
from services.filing import MAX_FAILED_IN_A_ROW, Filer
from services.gathering import gather_cards, read_cards
from services.settings import Settings

WORDS = "pause glance silence laughter promise debt doubt relief hunger warmth anger hurry rest".split()  # noqa: SIM905  # reads as text
BOUNDS = LikenessBounds(cut=0.7, apart=0.4, band=0.2)


def card(n, *policies, title="Care"):
    return CardRow(id=n, title=title, policies=policies)


def cards(n, seed=0):
    rng = np.random.default_rng(seed)
    return [card(f"c{k}", *rng.choice(WORDS, size=3, replace=False).tolist(), title=WORDS[k % 3]) for k in range(n)]


def gathered(rows, **options):
    return gather_cards(rows, embedder=HashEmbedder(), search=FaissNeighbours(), bounds=BOUNDS, **options)


def together(result):
    groups = {}
    for name, number in result.cluster_of:
        groups.setdefault(number, set()).add(name)
    return {frozenset(group) for group in groups.values()}


def test_spaces_and_the_order_of_policies_are_no_difference():
    result = gathered([card(1, "pause now", "glance"), card(2, "glance", "pause  now "), card(3, "debt", "hurry")])
    assert (result.n_texts, dict(result.cluster_of)) == (2, {1: 1, 2: 1, 3: 2})


@pytest.mark.parametrize("seed", range(4))
def test_another_order_and_other_names_give_the_same_clusters(seed):
    rows = cards(60, seed)
    order = np.random.default_rng(seed).permutation(60)
    turned = gathered([rows[place].model_copy(update={"id": f"x{place}"}) for place in order])
    renamed = {frozenset(f"x{name[1:]}" for name in group) for group in together(gathered(rows))}
    assert renamed == together(turned)
    assert 1 < len(renamed) < 60


def test_no_cards_are_no_clusters():
    assert (gathered([]).n_clusters, gathered([]).cluster_of) == (0, ())


LONE = (card(3, "anger hurry doubt", title="Debt"), card(4, "relief warmth rest", title="Hunger"))
"""Two cards of one person each, like nothing else here; cards 1 and 2 are one value, 5 and 6 another."""
HELD = (
    card(1, "pause glance silence"), card(2, "pause glance silence"),
    card(5, "promise hunger", title="Laughter"), card(6, "promise hunger", title="Laughter"),
)  # fmt: skip


def names(title, sureness=9):
    """Return a model that files every card under the value whose title is given, wherever it stands."""

    def say(request):
        before = request.messages[1].text.split(f":\n   {title}\n")[0]
        return json.dumps({"value": before[-1], "sureness": sureness, "reason": "Both wait."})

    return ScriptedChat(say)


def test_a_card_that_a_model_files_surely_joins_the_value_and_no_value_another():
    assert together(gathered([*HELD, *LONE])) == {frozenset({1, 2}), frozenset({5, 6}), frozenset({3}), frozenset({4})}
    result = gathered([*HELD, *LONE], filer=Filer(names("Care")))
    assert together(result) == {frozenset({1, 2, 3, 4}), frozenset({5, 6})}
    (filing, other) = result.filings
    assert {filing.card_id, other.card_id} == {3, 4}
    assert (filing.value_id, filing.sureness, filing.opinion.value) == (1, 9, "filed")
    assert {value.id for value in filing.offered} == {1, 5}
    assert [answer.reason for answer in filing.answers] == ["Both wait."] * 2
    assert (filing.prompt_id, result.n_alone, result.sure_from) == ("file_card@1", 2, SURE_FROM)


@pytest.mark.parametrize(
    "script",
    [
        lambda _: '{"value": "none", "sureness": 2}',
        lambda _: '{"value": "A", "sureness": 10}',  # another value in each order
        lambda _: "the first",
        lambda _: BackendError("away", backend="x"),
    ],
)
def test_none_a_contradiction_and_failures_leave_every_card_where_likeness_put_it(script):
    rows = [*HELD, *LONE]
    result = gathered(rows, filer=Filer(ScriptedChat(script)))
    assert result.cluster_of == gathered(rows).cluster_of
    assert len(result.filings) == 2


def test_a_card_that_is_filed_without_being_sure_stays():
    result = gathered([*HELD, *LONE], filer=Filer(names("Care", sureness=SURE_FROM - 1)))
    assert result.cluster_of == gathered([*HELD, *LONE]).cluster_of
    assert [one.opinion.value for one in result.filings] == ["filed"] * 2


def test_whoever_asks_for_less_sureness_has_more_cards_join():
    rows = [*HELD, *LONE]
    chat = names("Care", sureness=6)
    assert together(gathered(rows, filer=Filer(chat), sure_from=6)) == {frozenset({1, 2, 3, 4}), frozenset({5, 6})}
    stays = gathered(rows, filer=Filer(chat), sure_from=7)
    assert (stays.sure_from, stays.cluster_of) == (7, gathered(rows).cluster_of)


def test_a_model_is_asked_about_no_more_cards_than_allowed_those_most_like_a_value_first():
    chat = names("Care")
    every, one = gathered([*HELD, *LONE], filer=Filer(names("Care"))), gathered([*HELD, *LONE], filer=Filer(chat, 1))
    assert one.filings == every.filings[:1]
    assert every.filings[0].offered[0].likeness >= every.filings[1].offered[0].likeness
    assert (len(chat.requests), one.n_alone) == (2, 2)


def test_a_model_that_is_away_is_asked_about_a_few_cards_only():
    rows = [
        *HELD,
        *(
            card(10 + n, word, title=word)
            for n, word in enumerate(("anger", "rest", "doubt", "hurry", "warmth", "relief", "debt"))
        ),
    ]
    away = ScriptedChat(lambda _: BackendError("away", backend="x"))
    result = gathered(rows, filer=Filer(away))
    assert len(result.filings) == MAX_FAILED_IN_A_ROW < result.n_alone
    assert result.filings[0].answers[0].failure is not None


def test_a_model_that_raises_gives_failures_with_its_reason():
    class Raising:
        name = "raising"

        def complete(self, requests):
            raise BackendError("no such host", backend="x")

    filing = gathered([*HELD, *LONE], filer=Filer(Raising())).filings[0]
    assert filing.answers[0].failure.reason is FailureReason.UNAVAILABLE
    assert "no such host" in filing.answers[0].failure.detail


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("{}", "a list of cards is needed"),
        ('[{"id": 1, "title": "A", "policies": ["b"]}, {"id": 2, "title": "A"}]', "row 2, column 'policies'"),
        ('[{"id": 1, "title": "", "policies": ["b"]}]', "row 1, column 'title'"),
        ('[{"id": 1, "title": "A", "policies": "b"}]', "row 1, column 'policies'"),
        ("[7]", "row 1"),
        ('[{"id": 1, "title": "A", "policies": ["b"]}, {"id": "1", "title": "B", "policies": ["c"]}]', "the same id"),
    ],
)
def test_a_broken_row_is_named(tmp_path, content, said):
    path = tmp_path / "cards.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"cards\.json") as error:
        read_cards(path)
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be opened"):
        read_cards(tmp_path / "none.json")


def run(tmp_path, capsys, rows, **options):
    (tmp_path / "cards.json").write_text(json.dumps(rows), encoding="utf-8")
    given = {"source": tmp_path / "cards.json", "out": tmp_path / "out.json", "cut": 0.47, "judge": False}
    arguments = argparse.Namespace(**{**given, "most_cards": 5, "sure_from": SURE_FROM, "json": True, **options})
    cluster_file(SimpleNamespace(embedder=HashEmbedder(), chat=None, settings=Settings()), arguments)
    return json.loads(capsys.readouterr().out)


def test_the_command_writes_each_id_with_its_cluster_and_ignores_further_columns(tmp_path, capsys):
    rows = [{"id": 5, "title": "A", "policies": ["pause"], "more": 1}, {"id": 6, "title": "A", "policies": ["pause"]}]
    report = run(tmp_path, capsys, rows)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {"5": 1, "6": 1}
    assert (report["n_cards"], report["n_clusters"], report["n_texts"]) == (2, 1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards.json", "out.json"]


@pytest.mark.parametrize("options", [{"cut": 0}, {"cut": 1.5}, {"most_cards": -1}, {"judge": True}])
def test_options_that_cannot_be_are_explained(tmp_path, capsys, options):
    with pytest.raises(UserInputError):
        run(tmp_path, capsys, [], **options)


def test_where_the_result_cannot_be_written_it_says_so(tmp_path, capsys):
    with pytest.raises(UserInputError, match="cannot be written"):
        run(tmp_path, capsys, [], out=tmp_path / "none" / "out.json")
