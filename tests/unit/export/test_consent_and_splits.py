"""Whose words may train, and what is on which side."""

from datetime import UTC, datetime

import pytest

from domain.cards import CanonicalValue, Card, CardStatus, CardText, Origin, Policy
from domain.exports import Side, SplitRule
from domain.graphs import Thresholds, VoteRow
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.vote_columns import vote_columns
from storage.interchange.training import (
    count_cells,
    covered_values,
    divide_questions,
    held_out_scenarios,
    is_decided,
    is_rejected,
    near_texts,
    split_votes,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
W, N, U = EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE


def value(key, *, source=Source.PERSON, card=None, **more):
    return CanonicalValue(
        id=key, study_id="s", number=int(key[1:]) + 1, title=key, policies=("THINGS",), source=source,
        founded_by_card_id=card, created_at=NOW, updated_at=NOW, **more,
    )  # fmt: skip


def card(key, person, *, borrowed=None, status=CardStatus.CONFIRMED):
    policy = Policy(text="THINGS", origin=Origin.BORROWED if borrowed else Origin.OWN, borrowed_from=borrowed)
    text = CardText(title=key, policies=(policy,))
    return Card(
        id=key, study_id="s", person_id=person, source=Source.PERSON, status=status, text=text,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def covered(values, cards, agreed):
    return covered_values(values, cards={c.id: c for c in cards}, agreed=agreed)


def test_starter_words_may_train_and_words_without_an_author_may_not():
    values = [value("v0", source=Source.SEED), value("v1", source=Source.IMPORTED), value("v2")]
    assert covered(values, [], {"p"}) == {"v0"}


def test_words_of_a_person_may_train_only_if_that_person_agreed():
    values = [value("v0", card="c0"), value("v1", card="c1")]
    assert covered(values, [card("c0", "yes"), card("c1", "no")], {"yes"}) == {"v0"}


def test_a_line_borrowed_from_someone_who_said_no_keeps_the_card_out():
    values = [value("v0", card="c0"), value("v1", card="c1")]
    assert covered(values, [card("c0", "no"), card("c1", "yes", borrowed="v0")], {"yes"}) == frozenset()
    assert covered(values, [card("c0", "yes"), card("c1", "yes", borrowed="v0")], {"yes"}) == {"v0", "v1"}


def test_hidden_and_withdrawn_words_stay_out():
    values = [value("v0", card="c0"), value("v1", source=Source.SEED, is_withdrawn=True)]
    assert covered(values, [card("c0", "yes", status=CardStatus.HIDDEN)], {"yes"}) == frozenset()


def votes(n_people=40, contexts=10):
    return [
        VoteRow(f"p{n}", f"v{2 * c}", f"v{2 * c + 1}", f"c{c}", W) for n in range(n_people) for c in range(contexts)
    ]


def split(rows, rule, *, like=None, near=None, share=0.2, seed=0):
    scenario = {row.context: row.context for row in rows}
    return split_votes(
        vote_columns(rows),
        rule=rule,
        test_share=share,
        seed=seed,
        scenario_of=scenario,
        near_contexts=near or {},
        near_values=like or {},
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_person_and_no_scenario_is_on_both_sides(seed):
    made = split(votes(), SplitRule.BOTH, seed=seed)
    train, test = made.votes[Side.TRAIN], made.votes[Side.TEST]
    assert train
    assert test
    assert not {v.person_id for v in train.rows()} & {v.person_id for v in test.rows()}
    assert not train.voted_contexts() & test.voted_contexts()
    assert len(train) + len(test) + made.n_crossing + made.n_near == 400


def test_by_scenario_alone_every_vote_is_used():
    made = split(votes(), SplitRule.SCENARIO)
    assert len(made.votes[Side.TRAIN]) + len(made.votes[Side.TEST]) == 400
    assert not made.votes[Side.TRAIN].voted_contexts() & made.votes[Side.TEST].voted_contexts()


def test_one_scenario_alone_is_all_for_training():
    made = split(votes(contexts=1), SplitRule.BOTH)
    assert len(made.votes[Side.TRAIN]) == 40
    assert len(made.votes[Side.TEST]) == 0


def test_a_pair_of_the_test_side_or_one_nearly_like_it_is_taken_from_training():
    rows = votes()
    held = held_out_scenarios({f"c{c}": 40 for c in range(10)}, test_share=0.2, seed=0)
    tested, other = min(held), min({f"c{c}" for c in range(10)} - held)
    ends = (f"v{2 * int(other[1:])}", f"v{2 * int(other[1:]) + 1}")
    asked = (f"v{2 * int(tested[1:])}", f"v{2 * int(tested[1:]) + 1}")
    like = {one: {other} for one, other in zip(asked, ends, strict=True)}
    made = split(rows, SplitRule.SCENARIO, like=like)
    assert made.n_near == 40
    assert other not in made.votes[Side.TRAIN].voted_contexts()


def test_where_two_scenarios_meet_training_gives_way():
    rows = votes()
    held = held_out_scenarios({f"c{c}": 40 for c in range(10)}, test_share=0.2, seed=0)
    tested, beside = min(held), min({f"c{c}" for c in range(10)} - held)
    made = split(rows, SplitRule.SCENARIO, near={tested: {beside}, beside: {tested}})
    assert made.n_near == 40
    assert beside not in made.votes[Side.TRAIN].voted_contexts()


QUESTIONS = [
    ["What should I say to a friend?", "What should I say to my friends?"],
    ["How do I choose a school?", "How to choose a school"],
    ["Is it right to lie?"],
    ["Who should pay for the bridge?", "When may a promise be broken?"],
]


@pytest.mark.parametrize("seed", range(10))
def test_questions_in_nearly_the_same_words_are_asked_on_one_side(seed):
    made = divide_questions(QUESTIONS, rule=SplitRule.BOTH, test_share=0.4, seed=seed)
    assert set(made.side_of) == {text for texts in QUESTIONS for text in texts}
    assert set(made.side_of.values()) == {Side.TRAIN, Side.TEST}
    assert all(made.side_of[texts[0]] is made.side_of[texts[1]] for texts in QUESTIONS[:2])
    assert made.n_near == 0


def test_a_question_between_two_groups_is_asked_on_neither_side():
    words = [f"word{n}" for n in range(30)]
    chain = [" ".join(words[n : n + 8]) for n in range(12)]
    made = divide_questions([chain], rule=SplitRule.BOTH, test_share=0.3, seed=1)
    assert made.n_near > 0
    near = near_texts({text: text for text in chain})
    assert not any(
        made.side_of.get(a) is Side.TRAIN and made.side_of.get(b) is Side.TEST for a in near for b in near[a]
    )


def test_without_a_split_every_question_is_for_training():
    made = divide_questions(QUESTIONS, rule=SplitRule.NONE, test_share=0.2, seed=0)
    assert set(made.side_of.values()) == {Side.TRAIN}


def cell(wiser, not_wiser, unsure, less_wise=0):
    rows = [VoteRow(f"w{n}", "a", "b", "c", W) for n in range(wiser)]
    rows += [VoteRow(f"n{n}", "a", "b", "c", N) for n in range(not_wiser)]
    rows += [VoteRow(f"u{n}", "a", "b", "c", U) for n in range(unsure)]
    rows += [VoteRow(f"l{n}", "b", "a", "c", W) for n in range(less_wise)]
    return next(iter(count_cells(vote_columns(rows))))


def test_cells_count_both_directions():
    counted = cell(3, 1, 1, less_wise=2)
    assert counted[3:] == (3, 1, 1, 2, 7, 5)


@pytest.mark.parametrize(
    ("counts", "decided", "rejected"),
    [((5, 0, 0), True, False), ((0, 5, 0), False, True), ((1, 0, 0), False, False), ((3, 3, 3), False, False),
     ((2, 2, 0), False, False), ((5, 0, 0, 5), False, False)],
)  # fmt: skip
def test_a_cell_is_decided_by_the_rule_of_the_graph(counts, decided, rejected):
    assert is_decided(cell(*counts), Thresholds()) is decided
    assert is_rejected(cell(*counts), Thresholds()) is rejected
