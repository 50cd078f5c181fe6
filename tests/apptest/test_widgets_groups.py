"""The widgets of Groups and bridging: pictures with tables and sentences, and what is said where people are few."""

import pytest
from streamlit.testing.v1 import AppTest

from services import analysis_groups


def script(n_first, n_second, seen):
    from datetime import UTC, datetime

    import numpy as np

    from domain.cards import CanonicalValue
    from domain.graphs import GraphQuery, VoteRow
    from domain.people import Participant, Source
    from domain.votes import EdgeAnswer
    from graph.over_time import TimedVote
    from graph.simulated_voters import Electorate, simulate_voters
    from services.analysis_groups import analyse_groups
    from services.group_material import Material
    from ui.widgets.groups_panel import show_bridging, show_download, show_groups

    now = datetime(2026, 3, 1, tzinfo=UTC)
    plan = Electorate(first_camp=n_first, second_camp=n_second, seen=seen)
    ballots, camp = simulate_voters(plan, rng=np.random.default_rng(0))
    rows = zip(ballots.person.tolist(), ballots.item.tolist(), ballots.answer.tolist(), strict=True)
    answers = list(EdgeAnswer)
    values = {
        f"{n:06}": CanonicalValue(
            id=f"{n:06}", study_id="s", number=n, title=f"Value {n}", policies=("X",), source=Source.SEED,
            created_at=now, updated_at=now,
        )
        for n in range(1, 26)
    }  # fmt: skip
    material = Material(
        data_version=3,
        people=tuple(
            Participant(
                id=ballots.people[row], study_id="s", alias=f"calm-river-{row}", source=Source.PERSON,
                attributes={"town": ("North", "South")[side]}, created_at=now,
            )
            for row, side in enumerate(camp.tolist())
        ),
        votes=tuple(
            TimedVote(VoteRow(ballots.people[p], "000001", f"{i + 2:06}", "When asked", answers[a]), now)
            for p, i, a in rows
        ),
        draws=(), cards=(), value_of={}, values=values, steps=(), survey=(),
    )  # fmt: skip
    found = analyse_groups(material, GraphQuery(study_id="s"), attribute="town", seed=0)
    titles = {value.number: value.title for value in values.values()}
    show_groups(found, titles, key="sides")
    show_bridging(found, titles, key="bridge")
    show_download(found, slug="s", key="download")


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setattr(analysis_groups, "N_RESAMPLES", 20)
    monkeypatch.setattr(analysis_groups, "N_SHUFFLES", 99)

    def run(*plan):
        app = AppTest.from_function(script, args=plan, default_timeout=60).run()
        assert not app.exception
        return app

    return run


def words(app):
    return " ".join(one.value for one in app.markdown)


def test_two_towns_are_drawn_side_by_side_with_a_table_and_a_sentence_with_n(shown):
    app = shown(40, 30, 0.8)
    assert "**North (40), South (30)**" in words(app)
    assert "n = 70 people): people of different groups differ more" in words(app)
    assert "On 24 of 24 pairs answers of at least two groups may be shown" in words(app)
    assert "6 edges are upheld across camps** (n = 70 people)" in words(app)
    assert len(app.get("plotly_chart")) == 2
    pairs, contexts, sides, opinion, edges, values = (table.value for table in app.dataframe)
    assert pairs["Groups"].tolist() == ["North / South"]
    assert pairs["Questions"].tolist() == [24]
    assert (contexts["Without"].tolist(), contexts["Difference"].tolist()) == (["When asked"], ["–"])
    assert "With “not sure” left out, the difference over all groups is **+" in words(app)
    assert "n = 70 people, 24 questions" in words(app)
    assert opinion["Difference on other questions"].tolist()[0].startswith("+")
    assert "(n = 70 people with at least 7 answers)" in words(app)
    assert len(sides) == len(edges) == 24
    assert set(sides["Pair"].str.slice(0, 8)) == {"Value 1 "}
    assert len(values) == 0


def test_a_town_of_four_is_never_shown(shown):
    app = shown(40, 4, 1.0)
    assert "South" not in words(app)
    assert len(app.get("plotly_chart")) == 1, "there is nothing to hold side by side"
    assert not any("South" in table.value.to_csv() for table in app.dataframe)


def test_hidden_cells_say_that_they_are_hidden_and_not_how_many_people_they_lack(shown):
    app = shown(20, 7, 0.5)
    (table,) = [one.value for one in app.dataframe if {"Pair", "South"} <= set(one.value)]
    hidden = [cell for cell in table["South"] if "wiser" not in cell and cell != "–"]
    assert hidden
    assert set(hidden) == {"hidden"}
    assert "Hidden: fewer than five people" in " ".join(one.value for one in app.caption)


def hidden_script():
    """A pair that six, eight and three people of three towns answered: the guard hides the three and the six."""
    from datetime import UTC, datetime

    from domain.cards import CanonicalValue
    from domain.graphs import GraphQuery, VoteRow
    from domain.people import Participant, Source
    from domain.votes import EdgeAnswer
    from graph.over_time import TimedVote
    from services.analysis_groups import analyse_groups
    from services.group_material import Material
    from services.waves import waves_section
    from ui.widgets.groups_panel import show_groups
    from ui.widgets.waves_panel import show_waves

    now = datetime(2026, 3, 1, tzinfo=UTC)
    values = {
        f"{n:06}": CanonicalValue(
            id=f"{n:06}", study_id="s", number=n, title=f"Value {n}", policies=("X",), source=Source.SEED,
            created_at=now, updated_at=now,
        )
        for n in (1, 2)
    }  # fmt: skip
    towns = ["A"] * 7 + ["B"] * 9 + ["C"] * 6
    voters = {"A": 6, "B": 8, "C": 3}
    people = tuple(
        Participant(
            id=f"p{at:02}", study_id="s", alias=f"a{at}", source=Source.PERSON, attributes={"town": town},
            created_at=now,
        )
        for at, town in enumerate(towns)
    )  # fmt: skip
    votes = tuple(
        TimedVote(VoteRow(person.id, "000001", "000002", "When asked", EdgeAnswer.WISER), now)
        for at, person in enumerate(people)
        if at - towns.index(towns[at]) < voters[towns[at]]
    )
    material = Material(
        data_version=3, people=people, votes=votes, draws=(), cards=(), value_of={}, values=values, steps=(), survey=(),
    )  # fmt: skip
    found = analyse_groups(material, GraphQuery(study_id="s"), attribute="town", seed=0)
    show_groups(found, {}, key="sides")
    show_waves(waves_section(material, round_attribute="town"), {}, key="waves")


def test_where_a_group_of_six_is_hidden_no_sentence_denies_that_six_answered(shown):
    app = AppTest.from_function(hidden_script, default_timeout=60).run()
    assert not app.exception
    (table,) = [one.value for one in app.dataframe if {"Pair", "A", "B"} <= set(one.value)]
    assert (table["A"].tolist(), table["C"].tolist()) == (["hidden"], ["hidden"])
    assert table["B"].tolist() == ["8 wiser, 0 not, 0 unsure"]
    notices = " ".join(str(node.proto.body) for node in app.main if node.type == "html")
    said = " ".join([words(app), notices, *(one.value for one in app.caption)])
    assert "there is no question on which answers of two groups may be shown" in said
    assert "There is no pair yet on which answers of two groups may be shown" in said
    assert "There is no pair yet whose answers may be shown in both waves" in said
    assert "answered by five" not in said


def opinion_script(sizes):
    from domain.plurality import OpinionSection
    from ui.widgets.disagreement_panel import show_opinion_groups

    show_opinion_groups(OpinionSection(n_people=43, n_missing=0, min_answers=7, sizes=tuple(sizes), words="found"))


@pytest.mark.parametrize(("sizes", "is_said"), [([40], True), ([30, 13], False)])
def test_a_small_rest_of_opinion_groups_is_said_not_to_be_shown(sizes, is_said):
    app = AppTest.from_function(opinion_script, args=(sizes,), default_timeout=30).run()
    assert not app.exception
    assert ("Fewer than five people are in smaller groups" in words(app)) is is_said
