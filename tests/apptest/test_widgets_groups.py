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
    assert "24 of 24 pairs" in words(app)
    assert "6 edges are upheld across camps** (n = 70 people)" in words(app)
    assert len(app.get("plotly_chart")) == 2
    sides, edges, values = (table.value for table in app.dataframe)
    assert len(sides) == len(edges) == 24
    assert set(sides["Pair"].str.slice(0, 8)) == {"Value 1 "}
    assert len(values) == 0


def test_a_town_of_four_is_never_shown(shown):
    app = shown(40, 4, 1.0)
    assert "South" not in words(app)
    assert len(app.get("plotly_chart")) == 1, "there is nothing to hold side by side"
    assert "South" not in app.dataframe[0].value.to_csv()


def test_hidden_cells_say_how_many_people_are_missing(shown):
    app = shown(20, 7, 0.5)
    cells = app.dataframe[0].value["South"].tolist()
    assert any(cell.endswith("more needed") for cell in cells)
    assert not any(cell.startswith("hidden") and "wiser" in cell for cell in cells)
