"""Machine-made values on the Kaleidoscope: only by a press, marked, thinned out, counted, explained, failing well."""

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from backends.fakes import HashEmbedder, ScriptedChat
from backends.made_t5 import TINY, write_random_t5
from backends.seq2seq_t5 import T5Options, T5Seq2Seq
from domain.chat import ChatFailure, FailureReason
from domain.errors import BackendUnavailableError
from domain.kaleido import Generated, Vrd
from domain.seq2seq import ModelIdentity
from kaleido.asking import AskedScorer
from kaleido.proposing import AskedProposer
from kaleido.scorer import LONG_LIST, KaleidoScorer
from kaleido.thresholds import OWN_RULES
from services.container import Services
from services.proposals import Proposals
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime

SITUATION = "A friend asks what I think of her novel."
REFUSED = ChatFailure(reason=FailureReason.REFUSED, detail="It would not answer.")
NAMES = {"values": ["Telling the truth", "Telling truth", "Loyalty"], "rights": ["Right to an answer"], "duties": []}


def panel():
    from ui.runtime import services
    from ui.widgets.kaleidoscope_panel import scorer_in_use
    from ui.widgets.kaleidoscope_quality import show_scorer
    from ui.widgets.kaleidoscope_values import show_situation

    situation = "A friend asks what I think of her novel."
    values = services().kaleido.scoring.values_of(services().studies.all()[0].id)
    info = scorer_in_use()
    source = show_situation(situation, values, info, key="k")
    if source is not None:
        show_scorer(info, source, key="k")


class Weak:
    """A model for which every value has a relevance of a third, save those whose last letter is an "e"."""

    name, max_tokens, batch_tokens = "weak", 10_000, 100_000

    def __init__(self):
        self.n_valence = 0

    def config(self):
        return {}

    def identity(self):
        return ModelIdentity("weak", "", "fp32")

    def tokenize(self, texts):
        return [tuple(text.encode()) for text in texts]

    def option_logits(self, questions, *, position):
        self.n_valence += sum(len(one.options) == 3 for one in questions)
        return [(2.0 if one.tokens[-1] == ord("e") else -0.7, 0.0, 0.0)[: len(one.options)] for one in questions]


class Many:
    """Proposes a long list, of which two are relevant."""

    def rules(self):
        return OWN_RULES

    def candidates(self, situation, *, cancel=None):
        names = ["care", "patience", *(f"no. {n}" for n in range(LONG_LIST))]
        return Generated(tuple(Vrd(kind="Value", text=name) for name in names), 0, 0)


def talks(request):
    """A chat model that names values, answers about each, and says why; it never says what kind of model it is."""
    if request.prompt_id.startswith("values_for"):
        kind = next(kind for kind in NAMES if f"Name the {kind}" in request.messages[0].text)
        return json.dumps({"names": NAMES[kind]})
    if request.prompt_id.startswith("why_here"):
        return "She asked <b>you</b>, so an answer is owed."
    return '{"relevant": "yes", "pull": "supports"}'


@pytest.fixture
def services(tmp_path):
    made = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    ensure_starter(made.desk)
    runtime.use(made)
    yield made
    runtime.use(None)
    made.close()


def use(services, scorer, generator):
    services.kaleido.__dict__["scorer"] = scorer
    services.kaleido.__dict__["proposals"] = Proposals(lambda: scorer, lambda: generator, HashEmbedder)


def use_chat(services, script):
    chat = ScriptedChat(script)
    use(services, AskedScorer(lambda: chat, name="llm:scripted"), AskedProposer(lambda: chat))


def vrds_of(services):
    return services.kaleido.scoring.values_of(services.studies.all()[0].id)


def until(is_done):
    for _ in range(1_000):
        if is_done():
            return
        time.sleep(0.01)
    pytest.fail("it never ends")


def drawn(services):
    until(lambda: services.kaleido.scoring.ask(SITUATION, vrds_of(services)).is_done)
    return AppTest.from_function(panel, default_timeout=20).run()


def pressed(app, label):
    next(button for button in app.button if button.label == label).click().run()


def proposed(services, app):
    pressed(app, "Propose values for this situation")
    titles = [vrd.text for vrd in vrds_of(services)]
    until(lambda: services.kaleido.proposals.look(SITUATION, titles).is_done)
    return app.run()


def words(app):
    return " ".join([*(m.value for m in app.markdown), *(str(n.proto.body) for n in app.main if n.type == "html")])


def table(app):
    return next(one.value for one in app.dataframe if "From" in one.value.columns)


def test_nothing_is_proposed_before_a_press(services):
    use_chat(services, talks)
    app = drawn(services)
    assert not app.exception
    assert set(table(app)["From"]) == {"graph"}
    assert "graph lacks" not in " ".join(one.value for one in app.subheader)


def test_proposed_values_are_marked_grouped_thinned_out_and_counted(services):
    use_chat(services, talks)
    app = proposed(services, drawn(services))
    assert not app.exception
    rows = table(app)
    made = rows[rows["From"] == "machine-made"]
    assert set(made["Value"]) == {"Telling the truth", "Loyalty", "Right to an answer"}
    assert "3 machine-made values stay of 4 that were written" in words(app)
    assert "Cut: 1 (1 for much the same words)" in words(app)
    headings = [one.value for one in app.subheader]
    assert headings[:2] == ["Values", "Rights"]
    assert "What the situation needs and the graph lacks" in headings
    assert "Loyalty" in words(app)


def test_a_slider_changes_the_set_without_asking_the_model_again(services):
    use_chat(services, talks)
    app = proposed(services, drawn(services))
    for key in ("f1", "precision", "recall"):
        app.slider(key=f"k.rules.words.{key}").set_value(1.0)
    for kind in ("value", "right", "duty"):
        app.slider(key=f"k.rules.meaning.{kind}").set_value(1.0)
    services.kaleido.proposals._generator = lambda: AskedProposer(lambda: ScriptedChat([]))
    app.run()
    assert not app.exception
    assert "4 machine-made values stay of 4" in words(app)


def test_what_a_slider_brings_back_is_asked_which_way_it_pulls(services):
    model = Weak()
    use(services, KaleidoScorer(model, name="kaleido:weak"), Many())
    app = proposed(services, drawn(services))
    assert "2 machine-made values stay" in words(app)
    n_before = model.n_valence
    for key in ("words.f1", "words.precision", "words.recall", "meaning.value"):
        app.slider(key=f"k.rules.{key}").set_value(1.0)
    app.slider(key="k.rules.least.value").set_value(0.2)
    app.run()
    assert not app.exception
    assert f"{LONG_LIST + 2} machine-made values stay" in words(app)
    until(lambda: model.n_valence == n_before + LONG_LIST)
    until(lambda: not table(app.run())["Supports"].isna().any())
    assert not [one for one in app.caption if "Hollow" in one.value]
    app.slider(key="k.rules.least.value").set_value(0.1).run()
    assert model.n_valence == n_before + LONG_LIST


def test_values_are_proposed_for_a_graph_that_has_none(services, monkeypatch):
    use_chat(services, talks)
    monkeypatch.setattr(services.kaleido.scoring, "values_of", lambda _: ())
    app = drawn(services)
    assert "A model can propose some, above." in words(app)
    app = proposed(services, app)
    assert not app.exception
    assert set(table(app)["From"]) == {"machine-made"}
    assert "the graph is empty" in words(app)
    assert "means much the same" not in words(app)


def test_where_no_proposed_value_stays_nothing_is_said_of_what_the_graph_lacks(services):
    use_chat(services, lambda request: talks(request).replace("yes", "no"))
    app = proposed(services, drawn(services))
    assert not app.exception
    assert "0 machine-made values stay of 4 that were written" in words(app)
    assert "no machine-made value stays" in words(app)
    assert "means much the same" not in words(app)


def test_an_explanation_comes_on_a_press_as_text_with_its_model_named(services):
    use_chat(services, talks)
    app = drawn(services)
    assert "an answer is owed" not in words(app)
    pressed(app, "Explain")
    vrd = app.selectbox[0].value
    until(lambda: services.kaleido.proposals.look_why(SITUATION, vrd).is_done)
    app.run()
    assert "She asked &lt;b&gt;you&lt;/b&gt;, so an answer is owed." in words(app)
    assert "Written by scripted" in words(app)


def test_a_refusal_is_said_in_a_sentence_and_can_be_tried_again(services):
    lines = {"refuses": True}

    def script(request):
        is_asked = request.prompt_id.startswith(("values_for", "why_here"))
        return REFUSED if is_asked and lines["refuses"] else talks(request)

    use_chat(services, script)
    app = proposed(services, drawn(services))
    assert "No values were proposed: declined by the model. It would not answer." in words(app)
    lines["refuses"] = False
    pressed(app, "Try again")
    titles = [vrd.text for vrd in vrds_of(services)]
    until(lambda: services.kaleido.proposals.look(SITUATION, titles).is_done)
    assert "3 machine-made values stay" in words(app.run())


def test_a_server_that_goes_down_while_it_writes_is_said_and_the_scores_stay(services):
    def script(request):
        if request.prompt_id.startswith("values_for"):
            return BackendUnavailableError("The server does not answer.", backend="x")
        return talks(request)

    use_chat(services, script)
    app = proposed(services, drawn(services))
    assert not app.exception
    assert "the model could not be reached" in words(app)
    assert len(table(app)) == len(vrds_of(services))


def test_lines_of_a_checkpoint_that_say_nothing_are_counted_not_crashed_on(services, tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_random_t5(folder, TINY, texts=["a friend asks for the truth"], seed=3)
    model = T5Seq2Seq(str(folder), T5Options(max_tokens=56))
    scorer = KaleidoScorer(model, name="kaleido:/srv/models/tiny", n_candidates=6)
    use(services, scorer, scorer)
    app = proposed(services, drawn(services))
    assert not app.exception
    assert "worded as in: model card" in words(app)
    assert "kaleido:tiny" in words(app)
    assert "/srv" not in words(app)
    assert "its end was left out" in words(app)
    assert "machine-made values stay of 6 that were written" in words(app)
    pressed(app, "Explain")
    vrd = app.selectbox[0].value
    until(lambda: services.kaleido.proposals.look_why(SITUATION, vrd).is_done)
    app.run()
    assert not app.exception
    assert "Written by tiny" in words(app)
