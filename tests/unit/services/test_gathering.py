"""Cards of a file, put together: any order, broken rows, and a model at the border."""

import argparse
import json
from types import SimpleNamespace

import numpy as np
import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from backends.neighbours_faiss import FaissNeighbours
from domain.errors import DataError, UserInputError
from domain.gathered import CardRow
from graph.card_likeness import LikenessBounds
from services.cli_cluster import cluster_file
from services.gathering import Judge, gather_cards, read_cards

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


def test_two_that_a_model_calls_different_in_both_orders_are_kept_apart():
    rows = [card(1, "pause glance silence laughter"), card(2, "pause glance silence debt")]
    bounds = LikenessBounds(cut=0.5, apart=0.3, band=0.5)
    search = {"embedder": HashEmbedder(), "search": FaissNeighbours(), "bounds": bounds}
    assert gather_cards(rows, **search).n_clusters == 1
    chat = ScriptedChat(['{"opinion": "different", "reason": "Debt."}'] * 2)
    judged = gather_cards(rows, judge=Judge(chat), **search)
    assert judged.n_clusters == 2
    assert [j.answers[0].reason for j in judged.judgements] == ["Debt."]


def test_two_that_a_model_calls_the_same_are_joined_and_failures_change_nothing():
    rows = [card(1, "pause glance silence laughter"), card(2, "pause glance silence debt")]
    bounds = LikenessBounds(cut=0.95, apart=0.3, band=0.6)
    search = {"embedder": HashEmbedder(), "search": FaissNeighbours(), "bounds": bounds}
    same = ScriptedChat(['{"opinion": "same"}'] * 2)
    assert gather_cards(rows, judge=Judge(same), **search).n_clusters == 1
    broken = gather_cards(rows, judge=Judge(ScriptedChat(["same", '{"opinion": "same"}'])), **search)
    assert (broken.n_clusters, broken.judgements[0].opinion.value) == (2, "failed")


def test_a_model_is_asked_about_no_more_pairs_than_allowed():
    chat = ScriptedChat(['{"opinion": "unsure"}'] * 6)
    result = gathered(cards(40), judge=Judge(chat, most_pairs=3))
    assert len(result.judgements) == 3 < result.n_borderline
    assert len(chat.requests) == 6


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
    arguments = argparse.Namespace(**{**given, "most_pairs": 5, "json": True, **options})
    cluster_file(SimpleNamespace(embedder=HashEmbedder(), chat=None), arguments)
    return json.loads(capsys.readouterr().out)


def test_the_command_writes_each_id_with_its_cluster_and_ignores_further_columns(tmp_path, capsys):
    rows = [{"id": 5, "title": "A", "policies": ["pause"], "more": 1}, {"id": 6, "title": "A", "policies": ["pause"]}]
    report = run(tmp_path, capsys, rows)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {"5": 1, "6": 1}
    assert (report["n_cards"], report["n_clusters"], report["n_texts"]) == (2, 1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards.json", "out.json"]


@pytest.mark.parametrize("options", [{"cut": 0}, {"cut": 1.5}, {"most_pairs": -1}, {"judge": True}])
def test_options_that_cannot_be_are_explained(tmp_path, capsys, options):
    with pytest.raises(UserInputError):
        run(tmp_path, capsys, [], **options)


def test_where_the_result_cannot_be_written_it_says_so(tmp_path, capsys):
    with pytest.raises(UserInputError, match="cannot be written"):
        run(tmp_path, capsys, [], out=tmp_path / "none" / "out.json")
