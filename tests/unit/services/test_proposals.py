"""Proposed values beside a graph: chosen, what the graph lacks, in files with their source, gone after an erasure."""

import csv
import io
import json
import time

import numpy as np
import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from domain.kaleido import KindThresholds, NoValence, ScoreRequest, ScorerInfo, Vrd, VrdKind
from kaleido.asking import AskedScorer
from kaleido.proposing import AskedProposer
from kaleido.readings import ScoredVrd
from services.container import Services
from services.proposals import Proposals, choose, lacking, unasked_pulls, with_scores
from services.score_files import ActionValues, actions_csv, actions_json, shown_csv, shown_json
from services.scoring import Scored, compare
from services.settings import Settings
from services.shown_values import read_shown, shown_together

SITUATION = "A friend asks what I think of her novel."
TITLES = ("Telling the truth", "Rest")
INFO = ScorerInfo(name="llm:scripted", summary="It is made.", not_for=("Anything.",), has_valence=True)


def talks(request):
    if not request.prompt_id.startswith("values_for"):
        return '{"relevant": "yes", "pull": "opposes"}'
    if "Name the values" in request.messages[0].text:
        return json.dumps({"names": ["telling the truth", "=Loyalty to friends", "loyalty to a friend"]})
    return json.dumps({"names": []})


@pytest.fixture
def chat():
    return ScriptedChat(talks)


@pytest.fixture
def proposals(chat):
    return Proposals(
        lambda: AskedScorer(lambda: chat, name="llm:scripted"), lambda: AskedProposer(lambda: chat), HashEmbedder
    )


def settled(proposals):
    for _ in range(500):
        found = proposals.ask(SITUATION, TITLES)
        if found.is_done:
            return found.found
        time.sleep(0.01)
    return pytest.fail("it never ends")


def graph(chat):
    scorer = AskedScorer(lambda: chat, name="llm:scripted")
    vrds = [Vrd(kind=VrdKind.VALUE, text=title) for title in TITLES]
    scores = scorer.score([ScoreRequest(situation=SITUATION, vrd=vrd) for vrd in vrds])
    return Scored(tuple(map(ScoredVrd, vrds, scores)), (), 2, 2, is_done=True)


def test_nothing_is_looked_at_before_it_is_asked_for(proposals):
    assert proposals.look(SITUATION, TITLES) is None


def test_what_the_graph_names_is_not_lacking_and_what_it_does_not_is(proposals):
    proposed = settled(proposals)
    assert proposed.similarities.shape == (3, 2)
    chosen = choose(proposed, proposals.rules())
    assert len(chosen.kept) == 2
    assert [one.vrd.text for one in lacking(proposed, chosen)] == ["=Loyalty to friends"]
    assert not lacking(proposed, chosen, same_from=-1.0)
    assert np.all(np.abs(proposed.similarities) <= 1)


def test_what_a_lowered_slider_keeps_is_lacking_like_the_rest(proposals):
    proposed = settled(proposals)
    scored = [one._replace(score=one.score.model_copy(update={"relevance": 0.3})) for one in proposed.weighed.scored]
    proposed = proposed._replace(weighed=proposed.weighed._replace(scored=tuple(scored)))
    rules = proposals.rules()
    assert not choose(proposed, rules).kept
    low = rules.model_copy(update={"min_relevance": KindThresholds(value=0.2, right=0.2, duty=0.2)})
    found = lacking(proposed, choose(proposed, low))
    assert [(one.vrd.text, one.relevance) for one in found] == [("=Loyalty to friends", 0.3)]


def test_pulls_that_were_spared_are_asked_for_together_once_one_of_them_is_shown(proposals):
    proposed = settled(proposals)
    spared = {"valence": None, "no_valence": NoValence.BELOW_CUT}
    scored = proposed.weighed.scored
    later = [one._replace(score=one.score.model_copy(update=spared)) for one in scored[1:]]
    proposed = proposed._replace(weighed=proposed.weighed._replace(scored=(scored[0], *later)))
    chosen = choose(proposed, proposals.rules())
    assert unasked_pulls(proposed, chosen) == tuple(one.vrd for one in later)
    assert unasked_pulls(proposed, chosen._replace(kept=scored[:1])) == ()
    found = Scored(scored[1:], (), 2, 2, is_done=True)
    assert all(one.score.valence for one in with_scores(chosen, found).kept)
    assert [one.vrd for one in with_scores(chosen, found).kept] == [one.vrd for one in chosen.kept]


def test_a_value_that_the_graph_names_is_shown_once_as_the_graphs(proposals, chat):
    proposed = settled(proposals)
    shown = shown_together(graph(chat), choose(proposed, proposals.rules()))
    assert [(one.vrd.text, one.origin) for one in shown] == [
        ("Rest", "graph"),
        ("Telling the truth", "graph"),
        ("=Loyalty to friends", "machine-made"),
    ]
    assert read_shown(shown).overall.opposes == pytest.approx(1)


def test_files_bear_source_and_origin_and_no_formula(proposals, chat):
    proposed = settled(proposals)
    rules = proposals.rules()
    chosen = choose(proposed, rules)
    shown = shown_together(graph(chat), chosen)
    rows = list(csv.DictReader(io.StringIO(shown_csv(SITUATION, shown))))
    assert [row["origin"] for row in rows] == ["graph", "graph", "machine-made"]
    assert rows[2]["value"] == "'=Loyalty to friends"
    assert {row["checkpoint"] for row in rows} == {"scripted"}
    assert all(row["template_hash"] for row in rows)
    document = json.loads(shown_json(SITUATION, shown, INFO, rules=rules, chosen=chosen))
    assert document["source"]["checkpoint"] == "scripted"
    assert [one["origin"] for one in document["values"]] == ["graph", "graph", "machine-made"]
    assert [one["reason"] for one in document["cut"]] == ["words"]
    assert document["rules"] == rules.model_dump(mode="json")
    assert "cut" not in json.loads(shown_json(SITUATION, shown, INFO))
    assert shown_csv(SITUATION, []) == ""


def test_two_actions_leave_as_the_rows_of_each_with_its_pull_and_as_one_document(chat):
    scored = graph(chat)
    sides = [ActionValues(action, shown_together(scored, None)) for action in ("Praise it", "=Tell her")]
    rows = list(csv.DictReader(io.StringIO(actions_csv(sides))))
    assert [row["situation"] for row in rows] == ["Praise it", "Praise it", "'=Tell her", "'=Tell her"]
    assert {float(row["pull"]) for row in rows} == {-1.0}
    assert {row["checkpoint"] for row in rows} == {"scripted"}
    document = json.loads(actions_json(sides, INFO, compare(scored, scored)))
    assert [one["situation"] for one in document["actions"]] == ["Praise it", "=Tell her"]
    assert document["comparison"]["first"] == -2
    assert len(document["comparison"]["differences"]) == 2


def test_an_erasure_drops_proposals_and_explanations(tmp_path, proposals):
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    services.first_start()
    services.kaleido.__dict__["proposals"] = proposals
    settled(proposals)
    vrd = Vrd(kind=VrdKind.VALUE, text="Rest")
    proposals.ask_why(SITUATION, vrd)
    services.kaleido.forget(services.studies.all()[0].id)
    assert proposals.look(SITUATION, TITLES) is None
    assert proposals.look_why(SITUATION, vrd) is None
    services.close()


def test_only_scorers_with_a_model_that_writes_propose(tmp_path):
    def rules_of(scorer):
        services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True, scorer=scorer))
        found = services.kaleido.proposals.rules()
        services.close()
        return found

    assert rules_of("default") is None
    assert rules_of("llm:packaged") is None, "a model that only tells probabilities writes nothing"
    assert rules_of("llm:openai:local@http://127.0.0.1:9/v1") is not None
