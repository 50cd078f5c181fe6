"""The pages of stances as widgets: pictures with tables and sentences, what is not to be read, ways to raw replies."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from domain.graphs import GraphQuery
from domain.kaleido import ScorerInfo, ScoreSource, Valence, ValueScore
from domain.people import Source
from services import stance_readings, stance_runs
from services.container import Services
from services.kaleido_parts import KaleidoParts
from services.settings import Settings
from ui import runtime
from ui.widgets import valence_panel


def script(page, share, runs, simulated):
    """Write runs into the data folder of the services in use, then draw one page over them."""
    from datetime import UTC, datetime

    from domain.provenance import Provenance
    from domain.stances import Answer, AnswerClass, Condition, OptionOrder, ProbeItem, ProbeOption, RunCard
    from services.stance_runs import write_theories
    from services.starter import ensure_starter
    from ui.runtime import services
    from ui.widgets.compare_models import show_comparison
    from ui.widgets.model_and_graph import show_beside
    from ui.widgets.run_choice import ChosenRun
    from ui.widgets.runs_panel import show_runs
    from ui.widgets.stances_panel import show_report

    now = datetime(2026, 3, 1, tzinfo=UTC)
    folder = services().stance_readings.shelf.folder
    items = [
        ProbeItem(
            id=str(at), dataset="made", text=f"Case {at} of a <b>bold</b> kind.",
            groups={"topic_group": ("home", "work")[at % 2]},
            options=(ProbeOption(key="to_do", text="Speak up", values=("honesty", "courage")),
                     ProbeOption(key="not_to_do", text="Stay quiet", values=("calm",))),
        )
        for at in range(30)
    ]  # fmt: skip
    for name in runs:
        if (folder / name).exists():
            continue
        (folder / name).mkdir(parents=True)
        systems = ("", "Be bold.") if share == "steered" else ("",)
        conditions = [
            Condition(template="shown", order=order, system=told) for told in systems for order in OptionOrder
        ]
        answers = []
        asked = items[20:] if (share, name) == ("fewer", "two") else items
        for item in asked:
            for condition in conditions:
                doing = {
                    "first": 0.9 if condition.order is OptionOrder.GIVEN else 0.1,
                    "steered": 0.85 if condition.system and int(item.id) < 12 else 0.15,
                }.get(share, 0.85)
                kind = AnswerClass.REFUSAL if item.id == "7" else AnswerClass.CHOICE
                answers.append(
                    Answer(
                        item_id=item.id, condition=condition.key, family=condition.family, order=condition.order,
                        kind=kind, raw="I would rather not." if kind is AnswerClass.REFUSAL else "1",
                        probabilities={"to_do": doing, "not_to_do": 1 - doing} if kind is AnswerClass.CHOICE else {},
                        method="log_probabilities", provenance=Provenance(backend=name, made_at=now),
                    )
                )  # fmt: skip
        card = RunCard(
            id=name, dataset="made", model=f"model {name}", method="log_probabilities", conditions=tuple(conditions),
            seed=0, n_items=30, n_answers_wanted=60, started_at=now, finished_at=now,
            classes={AnswerClass.CHOICE: 58, AnswerClass.REFUSAL: 2},
        )  # fmt: skip
        (folder / name / "items.jsonl").write_text("".join(i.model_dump_json() + "\n" for i in asked), "utf-8")
        (folder / name / "answers.jsonl").write_text("".join(a.model_dump_json() + "\n" for a in answers), "utf-8")
        (folder / name / "run.json").write_text(card.model_dump_json(), "utf-8")
        write_theories(folder / name, {"Virtue": {"courage": "Courage", "honesty": "Truthfulness"}})
    ensure_starter(services().desk)
    match page:
        case "report":
            show_report(ChosenRun(runs[0], "choices"), key="stances")
        case "compare":
            show_comparison(key="compare")
        case "graph":
            study = services().studies.all()[0]
            if simulated:
                services().simulation.run(study, n_participants=12, seed=1)
            show_beside(study.id, key="beside")
        case "runs":
            show_runs(key="runs")


@pytest.fixture
def shown(tmp_path, monkeypatch):
    monkeypatch.setattr(stance_runs, "PACKAGED", tmp_path / "none")
    services = Services(Settings(data_dir=tmp_path, embedder="hash", testing=True))
    runtime.use(services)

    def run(page, *, share="steady", runs=("one", "two"), simulated=False):
        app = AppTest.from_function(script, args=(page, share, list(runs), simulated), default_timeout=90).run()
        assert not app.exception
        return app

    yield run
    runtime.use(None)
    services.close()


def words(app):
    return " ".join(one.value for one in [*app.markdown, *app.caption]) + " ".join(one.body for one in app.get("html"))


def test_a_stance_has_pictures_tables_and_a_sentence_with_n(shown):
    app = shown("report")
    assert "More often than coin tossing would, it acts for **Courage, Truthfulness**" in words(app)
    assert "58 choices, 2 refusals" in words(app)
    assert len(app.get("plotly_chart")) == 3
    table = app.dataframe[0].value
    assert set(table["Label"]) == {"Courage", "Truthfulness"}
    assert table["Always to do"].tolist() == [100.0, 100.0]


def test_a_stance_that_follows_places_says_that_it_is_not_to_be_read(shown):
    said = words(shown("report", share="first"))
    assert "This stance is not to be read" in said
    assert "Nothing here lies further from 0 than coin tossing would put it" in said


def test_a_point_leads_to_its_item_and_raw_reply(shown):
    app = shown("report")
    app.selectbox(key="stances.label.None").select(("value", "honesty")).run()
    app.selectbox(key="stances.item").select("7").run()
    assert not app.exception
    assert "I would rather not." in app.dataframe[-1].value["Raw reply"].tolist()
    assert "Case 7 of a \\<b\\>bold\\</b\\> kind" in words(app)


def test_two_models_that_say_the_same_do_not_differ(shown):
    app = shown("compare")
    assert "0 of 5 values and dimensions differ" in words(app)
    assert app.selectbox(key="compare.second").value != app.selectbox(key="compare.first").value


def test_what_a_system_text_changed_leads_to_the_dilemmas_that_changed(shown):
    app = shown("compare", share="steered", runs=("one",))
    assert "Told “Be bold.”, model one chose otherwise in 11 of 29 dilemmas" in words(app)
    changed = app.selectbox(key="compare.steering.changed.doing")
    assert [one.partition(":")[0] for one in changed.options] == [str(at) for at in range(12) if at != 7]
    app.multiselect(key="compare.steering.upheld").select("courage").run()
    assert not app.exception
    assert "11 choices changed towards it, 0 away from it" in words(app)
    app.multiselect(key="compare.steering.given_up").select("courage").run()
    assert "A value stands on both sides" in words(app)


def test_only_items_that_both_runs_asked_are_offered(shown):
    app = shown("compare", share="fewer", runs=("one", "two"))
    app.selectbox(key="compare.first").select("one").run()
    app.selectbox(key="compare.second").select("two").run()
    assert not app.exception
    offered = [one.partition(":")[0] for one in app.selectbox(key="compare.item").options]
    assert offered == [str(at) for at in range(20, 30)]


def test_two_models_are_not_taken_for_one_with_a_system_text(shown):
    assert "What the system text changed" not in [one.value for one in shown("compare").subheader]


def test_nothing_linked_is_said_and_a_person_can_link(shown):
    app = shown("graph", simulated=True)
    assert "Nothing is linked" in words(app)
    number = app.selectbox(key="beside.correct").value
    app.multiselect(key=f"beside.means.{number}").select("honesty").run()
    app.button(key="beside.keep").click().run()
    assert not app.exception
    assert "1 were decided by a person" in words(app)


def test_the_list_of_runs_leads_to_refusals(shown):
    app = shown("runs")
    assert "**2 runs with 120 answers in all.**" in words(app)
    assert "58 choices, 2 refusals" in words(app)
    assert app.dataframe[0].value["State"].tolist() == ["whole", "whole"]


def test_without_a_run_the_pages_say_what_would_fill_them(shown):
    app = shown("compare", runs=())
    assert "There is no run over dilemmas yet" in words(app)
    assert "There is no run yet" in words(shown("runs", runs=()))


def test_a_cell_of_the_win_matrix_and_a_topic_lead_to_their_dilemmas(shown):
    app = shown("report")
    app.selectbox(key="stances.battle").select(0).run()
    assert len(app.selectbox(key="stances.battle.item").options) == 30
    app.selectbox(key="stances.group").select("home").run()
    assert not app.exception
    assert len(app.selectbox(key="stances.item").options) == 15


@pytest.fixture
def everybody(monkeypatch):
    """Let simulated people make a graph."""
    monkeypatch.setattr(stance_readings, "GraphQuery", partial(GraphQuery, sources=frozenset(Source)))


def test_a_linked_value_of_the_scatter_leads_to_its_dilemmas(shown, everybody):
    app = shown("graph", simulated=True)
    for number in app.selectbox(key="beside.correct").options[:2]:
        app.selectbox(key="beside.correct").select(number).run()
        at = app.selectbox(key="beside.correct").value
        app.multiselect(key=f"beside.means.{at}").select("honesty").run()
        app.button(key="beside.keep").click().run()
    app.selectbox(key="beside.value.None").select_index(0).run()
    assert not app.exception
    assert len(app.selectbox(key="beside.value.item").options) == 30


def test_the_second_route_says_in_one_sentence_which_scorer_gives_it(shown, everybody):
    said = words(shown("graph", simulated=True))
    assert "tells no valence" in said
    assert "MORALGRAPH_SCORER=kaleido:FOLDER" in said


class Taught:
    """Says that every value supports what is done and opposes what is left."""

    name = "taught"

    def info(self):
        return ScorerInfo(name=self.name, summary="Made up.", not_for=("anything",), has_valence=True)

    def source(self):
        return ScoreSource(checkpoint="taught")

    def score(self, pairs, **_):
        return [
            ValueScore(
                relevance=1, scorer=self.name, source=self.source(),
                valence=Valence(supports=float(doing), either=0, opposes=float(not doing)),
            )
            for doing in [pair.situation.startswith("Speak up") for pair in pairs]
        ]  # fmt: skip


def test_the_second_route_is_scored_on_demand_and_leads_to_dilemmas(shown, everybody, monkeypatch):
    monkeypatch.setattr(KaleidoParts, "scorer", Taught())
    monkeypatch.setattr(valence_panel, "staff_act", lambda _, doing: doing(None) is not None)
    app = shown("graph", runs=("one",), simulated=True)
    app.multiselect(key=f"beside.means.{app.selectbox(key='beside.correct').value}").select("honesty").run()
    app.button(key="beside.keep").click().run()
    assert "; 0 of them are scored" in words(app)
    assert "By valence no answered dilemma" not in words(app), "nothing is scored while a page is drawn"
    app.number_input(key="beside.valence.n.one").set_value(3)
    app.run()
    app.button(key="beside.valence.start").click().run()
    while not all(job.is_over for job in runtime.services().valence.jobs()):
        time.sleep(0.01)
    app.run()
    assert not app.exception
    assert "Read by valence over 3 dilemmas" in words(app)
    assert "By valence no answered dilemma sets the two values" in words(app), "all values stand on one side"


def test_statements_are_chosen_by_cell_and_read_without_the_taste_for_a_word(tmp_path, monkeypatch):
    services = Services(Settings(data_dir=tmp_path, embedder="hash", testing=True))
    runtime.use(services)
    try:
        app = AppTest.from_function(statements_script, default_timeout=90).run()
        assert not app.exception
        n_all = len(app.selectbox(key="statements.item").options)
        app.selectbox(key="statements.cell").select_index(0).run()
        assert 0 < len(app.selectbox(key="statements.item").options) < n_all
        app.toggle(key="statements.calibrated").set_value(True).run()
        assert not app.exception
    finally:
        runtime.use(None)
        services.close()


def statements_script():
    """Draw the run of statements that ships."""
    from ui.widgets.statements_panel import show_statements

    show_statements(key="statements")
