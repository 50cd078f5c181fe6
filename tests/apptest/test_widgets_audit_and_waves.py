"""The widgets of Process audit and Over time: what is shown, what is hidden, and what the sentences say."""

from datetime import date
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from ui.widgets import waves_panel


def script(n_second):
    from datetime import UTC, datetime

    import numpy as np

    from domain.people import Participant, Source
    from domain.plurality import (
        AuditSection,
        BridgingSection,
        GroupAnalysis,
        GroupSize,
        GroupsSection,
        InfluenceRow,
        OpinionSection,
        OverTimeSection,
        RunCard,
    )
    from graph.audit import Amount, Kind, Measured, audit
    from graph.groups import grouping_by
    from services.group_rows import audit_row
    from services.process_measures import TEXTS
    from ui.widgets.audit_panel import show_audit, show_influence

    now = datetime(2026, 3, 1, tzinfo=UTC)
    towns = ["North"] * 20 + ["South"] * 20
    people = [
        Participant(
            id=f"p{at:02}",
            study_id="s",
            alias=f"a{at}",
            source=Source.PERSON,
            attributes={"town": town},
            created_at=now,
        )
        for at, town in enumerate(towns)
    ]
    asked = [p.id for at, p in enumerate(people) if at < 20 + n_second]
    finished = {p: Amount(float(at < 19)) for at, p in enumerate(asked)}
    minutes = {p: Amount(10.0 + at % 7) for at, p in enumerate(asked)}
    measures = [
        Measured(name="finished", kind=Kind.SHARE, by_person=finished),
        Measured(name="minutes", kind=Kind.MEDIAN, by_person=minutes),
        Measured(name="represented", kind=Kind.SHARE, by_person={}),
    ]
    lines = audit(measures, grouping_by(people, attribute="town"), rng=np.random.default_rng(0))
    moved = InfluenceRow(
        group="North", n_people=20, n_votes=60, edges_lost=3, edges_gained=1, top_left=(1,), top_entered=(2,),
        usual=(1.0, 4.0), p=0.4, words="no difference shown at this size",
    )  # fmt: skip
    found = GroupAnalysis(
        run=RunCard(
            study_id="s", data_version=1, until=None, attribute="town", seed=0, n_people=40, n_in_groups=40,
            n_not_given=0, n_votes=0, n_voters=0, min_cell=5, n_shuffles=9, n_resamples=9,
        ),
        groups=GroupsSection(
            sizes=tuple(GroupSize(name=name, n_people=20, n_votes=0) for name in ("North", "South")),
            edges=(),
            disagreement=None,
            opinion=OpinionSection(n_people=0, n_missing=20, min_answers=7, words="too few"),
        ),
        bridging=BridgingSection(
            edges=(), values=(), intercept_needed=0.32, n_upheld_edges=0, n_upheld_values=0, unsettled=0.0, words="",
            n_too_few=0,
        ),
        audit=AuditSection(
            rows=tuple(audit_row(line, text=TEXTS[line.name]) for line in lines), influence=(moved,)
        ),
        over_time=OverTimeSection(waves=(), changes=(), n_rose=0, n_fell=0, n_flipped=0, words=""),
    )  # fmt: skip
    show_audit(found, key="audit")
    show_influence(found, {1: "Candour", 2: "Patience"})


def waves_script(n_later):
    from datetime import UTC, datetime, timedelta

    from domain.graphs import VoteRow
    from domain.votes import EdgeAnswer
    from graph.over_time import TimedVote, waves_by_date
    from services.group_rows import over_time_section
    from ui.widgets.waves_panel import show_waves

    now = datetime(2026, 3, 1, tzinfo=UTC)
    later = now + timedelta(days=9)
    votes = [TimedVote(VoteRow(f"a{n}", "1", "2", "When asked", EdgeAnswer.WISER), now) for n in range(30)]
    votes += [TimedVote(VoteRow(f"b{n}", "1", "2", "When asked", EdgeAnswer.NOT_WISER), later) for n in range(n_later)]
    waves = waves_by_date(votes, starts=[now, later] if n_later else [now])
    show_waves(over_time_section(waves, number=int), {1: "Candour", 2: "Patience"}, key="waves")


HIDDEN = "hidden"


def run(page, *args):
    app = AppTest.from_function(page, args=args, default_timeout=60).run()
    assert not app.exception
    return app


def words(app):
    return " ".join(one.value for one in app.markdown)


def test_a_difference_is_named_and_what_was_not_recorded_is_listed():
    app = run(script, 20)
    assert "**1 of 2 measures show a difference** by town" in words(app)
    assert "Invited and finished (n = 40): a difference is shown: lowest South, highest North." in words(app)
    assert "Minutes from joining to the end (n = 40): no difference shown at this size." in words(app)
    notices = " ".join(str(node.proto.body) for node in app.main if node.type == "html")
    assert "Not recorded in this study: Felt represented." in notices
    table = app.dataframe[0].value
    assert table["North"].tolist()[0].startswith("95% (")
    assert len(app.get("plotly_chart")) == 1


def test_four_people_are_hidden_on_the_page_as_well_and_so_is_the_other_group():
    app = run(script, 4)
    table = app.dataframe[0].value
    assert table["South"].tolist() == table["North"].tolist() == [HIDDEN] * 2
    assert "nothing to compare: fewer than two groups have figures that may be shown." in words(app)
    assert not app.get("plotly_chart")


def test_influence_names_values_by_title():
    table = run(script, 20).dataframe[1].value
    assert table["Leave the top ten"].tolist() == ["Candour"]
    assert "loses 3 and gains 1 of its edges" in words(run(script, 20))


@pytest.mark.parametrize(
    ("n_later", "said"), [(30, "1 of 1 pairs moved"), (4, "nothing to compare: no pair has answers that may be shown")]
)
def test_waves_say_what_moved_or_that_they_are_too_small(n_later, said):
    app = run(waves_script, n_later)
    assert said in words(app).replace("Nothing to", "nothing to")
    assert len(app.get("plotly_chart")) == (n_later == 30)
    (row,) = app.dataframe[0].value.to_dict("records")
    assert row["Pair"] == "Candour → Patience"
    assert row["What happened"] == ("flipped" if n_later == 30 else "not compared")
    assert row["Later"] == ("0 of 30 wiser" if n_later == 30 else HIDDEN)


def rounds_script(names):
    from domain.plurality import OverTimeSection, WaveRow
    from ui.widgets.waves_panel import show_waves

    waves = tuple(WaveRow(name=name, n_people=9, n_votes=9) for name in names)
    show_waves(
        OverTimeSection(by="round", waves=waves, changes=(), n_rose=0, n_fell=0, n_flipped=0, words="x"), {}, key="w"
    )


def test_rounds_whose_names_look_like_dates_keep_their_names():
    names = ["2024-05-01 10:00", "2024-05-01 14:00", "20240502"]
    said = words(run(rounds_script, names))
    assert all(f"{name}: 9 votes" in said for name in names)
    assert "Compared are 2024-05-01 10:00 and 20240502." in said


def test_one_wave_alone_says_what_is_missing():
    app = run(waves_script, 0)
    shown = " ".join(str(node.proto.body) for node in app.main if node.type == "html")
    assert "There is only one wave" in shown
    assert not app.get("plotly_chart")


def controls_script():
    import streamlit as st

    from ui.widgets.waves_panel import waves_of

    st.markdown(f"asked: {waves_of('s1', key='waves')}")


@pytest.mark.parametrize("attributes", [{}, {"phase": 40}])
def test_waves_are_by_date_and_by_round_where_the_study_has_an_attribute(monkeypatch, attributes):
    def over_time(query, *, starts, round_attribute):
        return f"{len(starts)} starts, rounds {round_attribute or 'none'}"

    groups = SimpleNamespace(attributes=lambda *_, **__: attributes, over_time=over_time)
    monkeypatch.setattr(waves_panel, "services", lambda: SimpleNamespace(groups=groups))
    app = run(controls_script)
    assert words(app) == "asked: 0 starts, rounds none"
    assert len(app.selectbox) == len(attributes)
    if attributes:
        app.selectbox(key="waves.by").select("phase").run()
        assert words(app) == "asked: 0 starts, rounds phase"
        assert not app.date_input
        app.selectbox(key="waves.by").select("").run()
    app.date_input(key="waves.day").set_value(date(2026, 3, 2)).run()
    assert words(app) == "asked: 1 starts, rounds none"
