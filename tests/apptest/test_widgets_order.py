"""The page What the votes entail: sentences with n, tables beside the picture, and what is said of large orders."""

import pytest
from streamlit.testing.v1 import AppTest


def script(n_people, n_values):
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
    votes = AnalysedVotes(
        study=Study(id="s", slug="made", title="Made", created_at=now),
        questions=(),
        contexts_of={},
        data_version=7,
        rows=rows,
        times=(now,) * len(rows),
    )
    found = analyse_votes(votes, GraphQuery(study_id="s"), seed=0, n_resamples=20)
    titles = {n: f"Value <b>{n}</b>" for n in range(1, n_values + 1)}
    show_order(found, titles, key="test")
    show_claims(found)
    show_wisest(found, titles)
    show_funnel(found)
    show_next(found, titles)
    show_download(found, key="test.download")


@pytest.fixture
def shown():
    def run(n_people, n_values):
        test = AppTest.from_function(script, kwargs={"n_people": n_people, "n_values": n_values}, default_timeout=60)
        test.run()
        assert not test.exception
        return test

    return run


def words(test):
    return "\n".join(str(one.value) for one in (*test.markdown, *test.caption))


def test_the_sentence_bears_its_counts(shown):
    text = words(shown(6, 6))
    assert "order 3 of 15 pairs of values (20%)" in text
    assert "12 were never compared (n = 18 votes of 6 people)" in text
    assert "Made from 18 votes of 6 people, data version 7, seed 0, 20 resamples of people." in text


def test_every_other_value_stands_in_the_table_beside_the_picture(shown):
    test = shown(6, 6)
    table = test.dataframe[0].value
    assert len(table) == 5
    assert set(table["Stands to it"]) == {"less wise than it", "never compared with it"}
    test.selectbox(key="test.from").select(1).run()
    assert set(test.dataframe[0].value["Stands to it"]) == {"wiser than it", "never compared with it"}


def test_the_funnel_ends_where_the_edges_are(shown):
    funnel = shown(6, 6).dataframe[2].value
    assert list(funnel["Left"]) == [3, 3, 3, 3, 3]


def test_too_many_classes_are_not_drawn_and_it_is_said(shown):
    test = shown(3, 400)
    assert any("too many for one picture" in one.proto.body for one in test.get("html"))
    assert len(test.dataframe[0].value) == 399
