"""The page What the votes entail: sentences with n, tables beside the picture, and what is said of large orders."""

import pytest
from streamlit.testing.v1 import AppTest


def script(n_people, n_values, n_beside=0, n_outside=0):
    from datetime import UTC, datetime

    from domain.graphs import GraphQuery, VoteRow
    from domain.studies import Study
    from domain.votes import EdgeAnswer
    from services.analysis import analyse_votes
    from services.analysis_votes import AnalysedVotes
    from ui.widgets.order_panel import show_claims, show_download, show_funnel, show_next, show_order, show_wisest

    now = datetime(2026, 3, 1, tzinfo=UTC)
    rows = tuple(
        VoteRow(f"p{person}", f"{low:09}", f"{low + 1:09}", "When asked", EdgeAnswer.WISER)
        for person in range(n_people)
        for low in range(1, n_values, 2)
    )
    rows += tuple(VoteRow(f"p{n}", f"{1:09}", f"{3:09}", "When asked", EdgeAnswer.NOT_SURE) for n in range(n_beside))
    outside = {f"{n_values + 1 + n:09}": frozenset({"When asked"}) for n in range(n_outside)}
    votes = AnalysedVotes(
        study=Study(id="s", slug="made", title="Made", created_at=now),
        questions=(),
        contexts_of={},
        data_version=7,
        rows=rows,
        times=(now,) * len(rows),
    )
    found = analyse_votes(votes, GraphQuery(study_id="s"), seed=0, n_resamples=20, with_cards=outside)
    titles = {n: f"Value <b>{n}</b>" for n in range(1, n_values + n_outside + 1)}
    show_order(found, titles, key="test")
    show_claims(found)
    show_wisest(found, titles)
    show_funnel(found)
    show_next(found, titles)
    show_download(found, key="test.download")


@pytest.fixture
def shown():
    def run(n_people, n_values, **more):
        kwargs = {"n_people": n_people, "n_values": n_values, **more}
        test = AppTest.from_function(script, kwargs=kwargs, default_timeout=60)
        test.run()
        assert not test.exception
        return test

    return run


def words(test):
    return "\n".join(str(one.value) for one in (*test.markdown, *test.caption))


def test_the_sentence_bears_its_counts(shown):
    text = words(shown(6, 6))
    assert "order 3 of 15 pairs of values (20%)" in text
    assert "0 were hardly compared (fewer than 5 people were asked), 12 were never compared" in text
    assert "(n = 18 votes of 6 people)" in text
    assert "Made from 18 votes of 6 people, data version 7, seed 0, 20 resamples of people, program" in text


def test_every_other_value_stands_in_the_table_beside_the_picture(shown):
    test = shown(6, 6)
    table = test.dataframe[0].value
    assert len(table) == 5
    assert set(table["Stands to it"]) == {"less wise than it", "never compared with it"}
    test.selectbox(key="test.from").select(1).run()
    assert set(test.dataframe[0].value["Stands to it"]) == {"wiser than it", "never compared with it"}


def test_the_funnel_ends_where_the_edges_are(shown):
    funnel = next(one.value for one in shown(6, 6).dataframe if "Removed" in one.value)
    assert list(funnel["Left"]) == [3, 3, 3, 3, 3]


def test_every_place_bears_its_range(shown):
    places = next(one.value for one in shown(6, 6).dataframe if "Place" in one.value)
    assert len(places) == 6
    assert list(places["Place"]) == [1, 1, 1, 4, 4, 4]
    assert set(places["Place (95 %)"]) == {"1 to 1", "4 to 4"}


def test_a_pair_asked_of_one_person_is_hardly_compared_and_may_be_asked_next(shown):
    test = shown(6, 6, n_beside=1)
    left_open = next(one.value for one in test.dataframe if "People asked" in one.value)
    assert left_open.to_dict("records") == [
        {"One": "1 Value <b>1</b>", "Other": "3 Value <b>3</b>", "People asked": 1, "State": "hardly compared"}
    ]
    assert "1 were hardly compared" in words(test)
    to_ask = next(one.value for one in test.dataframe if "Asked so far" in one.value)
    assert ("1 Value <b>1</b>", "3 Value <b>3</b>", 1) in set(
        zip(to_ask["One"], to_ask["Other"], to_ask["Asked so far"], strict=True)
    )


def test_a_pair_asked_of_five_people_is_on_a_par_and_is_not_asked_again(shown):
    test = shown(6, 6, n_beside=5)
    left_open = next(one.value for one in test.dataframe if "People asked" in one.value)
    assert set(left_open["State"]) == {"on a par: compared, left open"}
    to_ask = next(one.value for one in test.dataframe if "Asked so far" in one.value)
    assert set(to_ask["Asked so far"]) == {0}


def test_a_value_without_an_edge_is_offered_with_the_one_that_ties_it_best(shown):
    test = shown(6, 6, n_outside=1)
    assert "**1 more values have a card or a vote and no edge yet.**" in words(test)
    joining = [one.value for one in test.dataframe if "Asked so far" in one.value][1]
    assert list(joining["Other"]) == ["7 Value <b>7</b>"]


def test_too_many_classes_are_not_drawn_and_it_is_said(shown):
    test = shown(3, 400)
    assert any("too many for one picture" in one.proto.body for one in test.get("html"))
    assert len(test.dataframe[0].value) == 399
