"""Laws of what leaves a study as rows, beside the row by row counting that columns replaced."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import CanonicalValue
from domain.exports import ExportFormat, Side, SplitRule
from domain.graphs import GraphQuery, Thresholds, VoteRow
from domain.people import Source
from domain.studies import Study
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.vote_columns import vote_columns
from storage.interchange import ExportMeta, export_document, votes_without_identity, walked_document
from storage.interchange.networks import network, plain_network, write_network
from storage.interchange.training import (
    Suppressed,
    count_cells,
    held_out_scenarios,
    is_decided,
    is_rejected,
    marker,
    pluralism_rows,
    soft_rows,
    split_votes,
    value_rows,
)
from storage.interchange.training.splits import is_test_side

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VALUE_IDS = ["v9", "v1", "v20", "v3"]
CONTEXTS = ["When b", "When a", 'When "ü" <&>']
PEOPLE = [f"p{n}" for n in range(30)]
LOOSE = Thresholds(min_wiser=1, min_wiser_likelihood=-1, max_entropy=9)
PAIRS = [(one, other) for one in VALUE_IDS for other in VALUE_IDS if one != other]
VALUES = {
    key: CanonicalValue(
        id=key, study_id="s", number=n, title=f"{key} <&> \ufffe", gist="  ", policies=("THINGS",), source=Source.SEED,
        created_at=NOW, updated_at=NOW,
    )
    for n, key in enumerate(VALUE_IDS, 1)
}  # fmt: skip


@st.composite
def vote_rows(draw, pairs=PAIRS, contexts=CONTEXTS, min_size=0):
    """Legal votes: no self-loops, one per person, pair and context."""
    key = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(pairs), st.sampled_from(contexts))
    keys = draw(st.lists(key, unique=True, min_size=min_size, max_size=60))
    answers = draw(st.lists(st.sampled_from(list(EdgeAnswer)), min_size=len(keys), max_size=len(keys)))
    return [VoteRow(p, s, w, c, a) for (p, (s, w), c), a in zip(keys, answers, strict=True)]


crowded = vote_rows(pairs=PAIRS[:1], contexts=CONTEXTS[:2], min_size=16)
groups = st.lists(st.sampled_from(["x", "x", "y", "z", None]), min_size=len(PEOPLE), max_size=len(PEOPLE)).map(
    lambda said: {person: {"region": group} for person, group in zip(PEOPLE, said, strict=True) if group}
)


def cell_of(rows, src, wiser, context):
    own = [row for row in rows if row[1:4] == (src, wiser, context)]
    back = [row for row in rows if row[1:4] == (wiser, src, context)]
    said = [sum(row.answer is answer for row in own) for answer in EdgeAnswer]
    n_back = sum(row.answer is EdgeAnswer.WISER for row in back)
    return (src, wiser, context, *said, n_back, len(own) + len(back), len({row.person_id for row in own}))


@given(vote_rows(), st.randoms(use_true_random=False))
def test_cells_are_those_counted_row_by_row_in_whatever_order_votes_come(rows, random):
    keys = sorted({(row.context, row.src_id, row.wiser_id) for row in rows})
    expected = [cell_of(rows, src, wiser, context) for context, src, wiser in keys]
    random.shuffle(rows)
    cells = count_cells(vote_columns(rows))
    assert [tuple(cell) for cell in cells] == expected
    for at, cell in enumerate(cells):
        assert len(cells.said(at)) == cell.n_own()


@given(vote_rows())
def test_a_pair_is_asked_once_in_a_context_and_never_chosen_both_ways(rows):
    cells = count_cells(vote_columns(rows))
    made = list(value_rows(cells, values=VALUES, thresholds=LOOSE, mark=marker(None)))
    asked = [example.row["prompt"][0]["content"] for example in made if example.use is ExportFormat.PROMPTS]
    assert len(asked) == len(set(asked)) == len({(row.context, frozenset(row[1:3])) for row in rows})
    decided = {cell[:3] for cell in cells if is_decided(cell, LOOSE)}
    rejected = {cell[:3] for cell in cells if is_rejected(cell, LOOSE)} - decided
    only_rejected = [key for key in rejected if (key[1], key[0], key[2]) not in decided]
    n_by_use = Counter(example.use for example in made)
    assert n_by_use[ExportFormat.DPO] == len(decided)
    assert n_by_use[ExportFormat.KTO] == 2 * len(decided) + len(only_rejected)


def split_row_by_row(rows, *, rule, seed, near_contexts, near_values):
    held_out = held_out_scenarios(Counter(row.context for row in rows), test_share=0.4, seed=seed)
    sides = {Side.TRAIN: [], Side.TEST: []}
    for row in rows:
        is_test = row.context in held_out
        is_test_person = is_test
        if rule is SplitRule.BOTH and held_out:
            is_test_person = is_test_side(row.person_id, test_share=0.4, seed=seed)
        if is_test is is_test_person:
            sides[Side.TEST if is_test else Side.TRAIN].append(row)
    beside = {other for row in sides[Side.TEST] for other in near_contexts.get(row.context, ())}
    asked = {
        frozenset(pair)
        for row in sides[Side.TEST]
        for pair in product((row[1], *near_values.get(row[1], ())), (row[2], *near_values.get(row[2], ())))
    }
    near = [row for row in sides[Side.TRAIN] if row.context in beside or frozenset(row[1:3]) in asked]
    sides[Side.TRAIN] = [row for row in sides[Side.TRAIN] if row not in near]
    return sides, len(rows) - sum(map(len, sides.values())) - len(near), len(near)


@given(
    vote_rows(),
    st.sampled_from([SplitRule.BOTH, SplitRule.SCENARIO]),
    st.integers(0, 5),
    st.sampled_from([{}, {"When a": ["When b"], "When b": ["When a"]}]),
    st.sampled_from([{}, {"v9": ["v20", "not voted on"], "v20": ["v9"]}]),
)
def test_sides_are_those_that_votes_go_to_one_by_one(rows, rule, seed, near_contexts, near_values):
    expected, n_crossing, n_near = split_row_by_row(
        rows, rule=rule, seed=seed, near_contexts=near_contexts, near_values=near_values
    )
    made = split_votes(
        vote_columns(rows),
        rule=rule,
        test_share=0.4,
        seed=seed,
        scenario_of={context: context for context in CONTEXTS},
        near_contexts=near_contexts,
        near_values=near_values,
    )
    assert {side: list(votes.rows()) for side, votes in made.votes.items()} == expected
    assert (made.n_crossing, made.n_near) == (n_crossing, n_near)
    assert made.n_people == {side: len({row.person_id for row in some}) for side, some in expected.items()}
    assert made.n_scenarios == {side: len({row.context for row in some}) for side, some in expected.items()}


@given(crowded, groups)
def test_no_group_below_five_is_shown_nor_follows_from_what_is_shown(rows, attributes):
    cells = count_cells(vote_columns(rows))
    known = {"values": VALUES, "attributes": attributes, "mark": marker(None)}
    made = [example.row for example in soft_rows(cells, suppressed=Suppressed(), **known)]
    for everyone in (row for row in made if row["attribute"] == "everyone"):
        ends = ("context", "source_value_id", "wiser_value_id")
        own = [row for row in made if row["attribute"] == "region" and all(row[end] == everyone[end] for end in ends)]
        hidden = everyone["people"] - sum(row["people"] for row in own)
        assert all(row["people"] >= 5 for row in (everyone, *own))
        assert not own or hidden == 0 or hidden >= 5
    for example in pluralism_rows(cells, suppressed=Suppressed(), **known):
        assert all(group["people"] >= 5 for group in example.row["groups"])


def graph_of(rows):
    query = GraphQuery(study_id="s", thresholds=LOOSE)
    return build_graph(query, values=list(VALUES.values()), rows=rows, roots={}, n_cards={})


@given(vote_rows(), st.integers(0, 3))
def test_single_votes_are_those_given_sorted_by_a_person_s_new_number(rows, seed):
    graph = graph_of(rows)
    made = list(votes_without_identity(graph, vote_columns(rows), rng=np.random.default_rng(seed))())
    people = sorted({row.person_id for row in rows})
    alias = dict(zip(people, (np.random.default_rng(seed).permutation(len(people)) + 1).tolist(), strict=True))
    expected = sorted((alias[p], VALUES[s].number, VALUES[w].number, c, a.value) for p, s, w, c, a in rows)
    assert [tuple(vote.values()) for vote in made] == expected


@given(vote_rows())
def test_graphml_written_as_it_is_walked_is_what_networkx_writes_of_the_whole(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("graphml")
    about = {
        "study": Study(id="s", slug="small", title='<"S">', created_at=NOW),
        "questions": (),
        "contexts": (),
        "meta": ExportMeta(NOW, "1.0", 3, "ab", {}),
    }
    graph = graph_of(rows)
    whole = export_document(graph, **about)
    nx.write_graphml_xml(plain_network(network(whole)), folder / "whole", named_key_ids=True)
    write_network(folder / "walked", walked_document(graph, **about), ExportFormat.GRAPHML)
    assert (folder / "walked").read_bytes() == (folder / "whole").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["walked", "whole"]
