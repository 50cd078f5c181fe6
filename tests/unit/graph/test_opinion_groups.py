"""Opinion groups: planted camps are found, the same seed gives the same groups, and red-dwarf gives the same ones."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score

from graph.ballots import EDGE_ANSWERS, EDGE_SCORES, Ballots
from graph.opinion_groups import (
    MIN_ANSWERS,
    MIN_PEOPLE,
    OpinionGroups,
    TooFewAnswers,
    find_opinion_groups,
    mean_silhouette,
    project,
)

POLIS_VOTES = np.array([1, -1, 0])


def columns(answer, seen):
    """A table of answers (n_people, n_items) and which of them were given."""
    person, item = np.nonzero(seen)
    return Ballots(
        people=tuple(f"p{n:04}" for n in range(len(answer))),
        items=tuple(f"i{n:03}" for n in range(answer.shape[1])),
        answers=EDGE_ANSWERS,
        scores=EDGE_SCORES,
        person=person,
        item=item,
        answer=answer[seen],
    )


def planted(n_camps, *, seed, n_people=120, n_items=40, seen=0.7):
    """Camps that each hold a random set of answers, with 10 % slips and 10 % not sure."""
    rng = np.random.default_rng(seed)
    creeds = rng.integers(0, 2, (n_camps, n_items))
    camp = np.arange(n_people) % n_camps
    slips = rng.random((n_people, n_items)) < 0.1
    answer = np.where(rng.random((n_people, n_items)) < 0.1, 2, np.where(slips, 1 - creeds[camp], creeds[camp]))
    return columns(answer, rng.random((n_people, n_items)) < seen), camp


def groups_of(ballots, *, seed=0, **options):
    found = find_opinion_groups(ballots, rng=np.random.default_rng(seed), **options)
    assert isinstance(found, OpinionGroups)
    return found


@pytest.mark.parametrize("n_camps", [2, 3])
def test_planted_camps_are_found_and_counted(n_camps):
    ballots, camp = planted(n_camps, seed=n_camps)
    found = groups_of(ballots)
    assert found.codes.max() + 1 == n_camps
    assert adjusted_rand_score(camp, found.codes) == 1.0


def test_the_same_answers_and_seed_give_the_same_groups_and_another_seed_the_same_camps():
    ballots, _ = planted(3, seed=9)
    first, again, other = groups_of(ballots), groups_of(ballots), groups_of(ballots, seed=1)
    assert first.codes.tobytes() == again.codes.tobytes()
    assert first.places.tobytes() == again.places.tobytes()
    assert adjusted_rand_score(first.codes, other.codes) == 1.0


def test_the_largest_group_comes_first():
    ballots, _ = planted(2, seed=4)
    few = ballots.where((ballots.person % 2 == 0) | (ballots.person < 40))
    sizes = np.bincount(groups_of(few).codes[few.n_by_person() >= MIN_ANSWERS])
    assert list(sizes) == sorted(sizes, reverse=True)


def test_people_with_few_answers_are_not_placed():
    ballots, _ = planted(2, seed=5)
    few = ballots.where((ballots.person > 0) | (ballots.item < 3))
    found = groups_of(few)
    assert found.codes[0] == -1
    assert np.isnan(found.places[0]).all()
    assert found.n_people == 119


def test_too_few_people_with_enough_answers_is_a_result_that_says_so():
    ballots, _ = planted(2, seed=6, n_people=MIN_PEOPLE - 1)
    found = find_opinion_groups(ballots, rng=np.random.default_rng(0))
    assert found == TooFewAnswers(n_people=MIN_PEOPLE - 1, n_needed=MIN_PEOPLE, min_answers=MIN_ANSWERS)


def test_places_equal_those_of_a_full_table_with_means_filled_in():
    ballots, _ = planted(3, seed=7)
    table = np.full((len(ballots.people), len(ballots.items)), np.nan)
    table[ballots.person, ballots.item] = 2 * ballots.score() - 1
    filled = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    judge = PCA(n_components=2).fit_transform(filled)
    judge *= np.sqrt(len(ballots.items) / ballots.n_by_person())[:, None]
    ours = project(ballots, rng=np.random.default_rng(0))
    assert np.abs(ours) == pytest.approx(np.abs(judge), abs=1e-5)


def test_silhouette_equals_that_of_scikit_learn():
    rng = np.random.default_rng(8)
    places, codes = rng.normal(size=(60, 2)), rng.integers(0, 3, 60)
    codes[0] = 7
    assert mean_silhouette(places, codes) == pytest.approx(silhouette_score(places, codes), abs=1e-12)
    assert mean_silhouette(places, np.zeros(60, dtype=np.int64)) == -1.0


# red-dwarf calls pandas in ways that its newest release warns of.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("n_camps", "seed"), [(2, 11), (3, 12), (4, 13)])
def test_red_dwarf_places_and_groups_people_in_the_same_way(n_camps, seed):
    judge = pytest.importorskip("reddwarf.implementations.polis", reason="red-dwarf is in the extra dev")
    ballots, _ = planted(n_camps, seed=seed)
    votes = [
        {"participant_id": int(p), "statement_id": int(i), "vote": int(POLIS_VOTES[a]), "modified": 0}
        for p, i, a in zip(ballots.person, ballots.item, ballots.answer, strict=True)
    ]
    theirs = judge.run_pipeline(votes=votes, random_state=0).participants_df.sort_index()
    found = groups_of(ballots)
    assert found.codes.max() == theirs["cluster_id"].max()
    assert adjusted_rand_score(found.codes, theirs["cluster_id"]) == 1.0
    assert np.abs(found.places) == pytest.approx(np.abs(theirs[["x", "y"]].to_numpy()), abs=1e-5)
