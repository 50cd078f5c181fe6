"""A run loses nothing and asks nothing twice, whatever happens to the server, the process or the budget."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from backends.probe_baselines import AlwaysPlace, RandomChoice
from backends.probe_openai import OpenAIStances
from domain.errors import UserInputError
from domain.stances import NOT_TO_DO, TO_DO, AnswerClass, Budget
from services.probe_plans import plan_run
from services.probing import Prober
from services.run_folder import ANSWERS, RunFolder
from stances.orders import order_agreement, pair_orders

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def server_model():
    """Makes models of a server, and closes them in the end."""
    made = []

    def make(server, **more):
        made.append(OpenAIStances("tiny", url=server.url, timeout_s=5, pause_s=0.0, **{"n_in_flight": 4, **more}))
        return made[-1]

    yield make
    for model in made:
        model.close()


def probed(tmp_path, dilemmas, model, *, name="run", **more):
    plan = plan_run(dilemmas, seed=5)
    return Prober(plan=plan, model=model, folder=RunFolder(tmp_path / name), clock=lambda: NOW, **more)


def told(folder):
    return {key: (a.kind, a.probabilities, a.calibrated) for key, a in folder.answers().items()}


def test_a_server_killed_in_mid_run_and_resumed_gives_the_answers_of_an_unbroken_run(
    tmp_path, dilemmas, probe_server, server_model
):
    whole = probed(tmp_path, dilemmas, server_model(probe_server), name="whole")
    assert whole.run().finished_at is not None
    asked_by_whole = Counter(probe_server.asked)

    probe_server.asked.clear()
    probe_server.dies_after = 37
    broken = probed(tmp_path, dilemmas, server_model(probe_server), name="broken")
    card = broken.run()
    assert "does not answer" in card.stopped_because
    assert card.finished_at is None
    kept = {key for key, a in broken.folder.answers().items() if a.kind is AnswerClass.CHOICE}
    assert len(kept) >= 30  # four questions measured the prior

    probe_server.dies_after = None
    resumed = probed(tmp_path, dilemmas, server_model(probe_server), name="broken")
    card = resumed.run()
    assert card.finished_at == NOW
    assert card.classes == {AnswerClass.CHOICE: 80}
    assert told(resumed.folder) == told(whole.folder)
    assert Counter(probe_server.asked) == asked_by_whole
    assert max(count for text, count in asked_by_whole.items() if "Case" in text) == 1


def test_a_line_cut_off_by_a_crash_is_asked_again_and_spoils_no_other(tmp_path, dilemmas):
    prober = probed(tmp_path, dilemmas, AlwaysPlace(0, name="first"))
    prober.run()
    before = told(prober.folder)
    file = tmp_path / "run" / ANSWERS
    file.write_bytes(file.read_bytes()[:-40])
    assert len(prober.folder.answers()) == 79
    card = probed(tmp_path, dilemmas, AlwaysPlace(0, name="first")).run()
    assert card.finished_at is not None
    assert told(prober.folder) == before


def test_a_model_that_always_says_the_first_option_prefers_nothing_after_swapping(tmp_path, dilemmas):
    prober = probed(tmp_path, dilemmas, AlwaysPlace(0, name="first"))
    card = prober.run()
    pairs = pair_orders(prober.folder.answers().values())
    assert card.order_agreement == 0.0
    assert len(pairs) == len(dilemmas)
    for pair in pairs:
        assert pair.probabilities()[TO_DO] == pytest.approx(0.5)
    chosen = Counter(answer.choice for answer in prober.folder.answers().values())
    assert chosen[TO_DO] == chosen[NOT_TO_DO] == len(dilemmas)


def test_a_random_model_agrees_with_itself_about_as_often_as_chance_over_seeds(dilemmas, tmp_path):
    shares = []
    for seed in range(20):
        plan = plan_run(dilemmas, seed=seed)
        folder = RunFolder(tmp_path / str(seed))
        Prober(plan=plan, model=RandomChoice(), folder=folder, clock=lambda: NOW).run()
        shares.append(order_agreement(pair_orders(folder.answers().values())).share)
    # 800 coins: the mean lies within four standard errors of a half.
    assert abs(sum(shares) / len(shares) - 0.5) < 4 * 0.5 / 800**0.5


def test_a_budget_of_calls_ends_the_run_and_the_rest_is_asked_with_more(tmp_path, dilemmas, probe_server, server_model):
    model = server_model(probe_server)
    card = probed(tmp_path, dilemmas, model, budget=Budget(max_calls=10)).run()
    assert "10 calls" in card.stopped_because
    assert card.effort.n_calls == 10
    assert len(probe_server.asked) == 10 + 4
    card = probed(tmp_path, dilemmas, model, budget=Budget(max_calls=80)).run()
    assert card.finished_at is not None
    assert card.effort.n_calls == 80


def test_a_budget_of_tokens_is_never_passed(tmp_path, dilemmas, probe_server, server_model):
    card = probed(tmp_path, dilemmas, server_model(probe_server), budget=Budget(max_tokens=600)).run()
    assert "600 tokens" in card.stopped_because
    assert 0 < card.effort.n_prompt_tokens <= 600


def test_a_stopped_run_keeps_what_was_answered(tmp_path, dilemmas, probe_server, server_model):
    import threading

    stop = threading.Event()
    prober = probed(
        tmp_path, dilemmas, server_model(probe_server), stop=stop,
        on_progress=lambda progress: stop.set() if progress.n_done >= 12 else None,
    )  # fmt: skip
    card = prober.run()
    assert card.stopped_because == "stopped"
    assert 12 <= len(prober.folder.answers()) <= 12 + 4
    assert len(probe_server.asked) == len(prober.folder.answers()) + 4


def test_the_estimate_comes_before_anything_is_sent(tmp_path, dilemmas, probe_server, server_model):
    prober = probed(tmp_path, dilemmas, server_model(probe_server))
    estimate = prober.estimate()
    assert estimate.n_wanted == 80
    assert estimate.effort.n_calls == 84
    assert estimate.effort.n_prompt_tokens > 80 * 20
    assert probe_server.asked == []


def test_another_model_or_seed_cannot_go_on_with_a_run(tmp_path, dilemmas):
    probed(tmp_path, dilemmas, AlwaysPlace(0, name="first")).run()
    with pytest.raises(UserInputError, match="differs in model"):
        probed(tmp_path, dilemmas, AlwaysPlace(-1, name="last")).run()


def test_no_more_requests_are_in_flight_than_allowed(tmp_path, dilemmas, probe_server, server_model):
    probe_server.pause_s = 0.01
    most, now = [0], [0]
    takes = probe_server.takes

    def counting(text):
        with probe_server.lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        is_taken = takes(text)
        with probe_server.lock:
            now[0] -= 1
        return is_taken

    probe_server.takes = counting
    probed(tmp_path, dilemmas, server_model(probe_server, n_in_flight=3)).run()
    assert 1 <= most[0] <= 3


def test_every_line_of_a_run_says_where_it_comes_from(tmp_path, dilemmas, probe_server, server_model):
    prober = probed(tmp_path, dilemmas, server_model(probe_server))
    prober.run()
    lines = (tmp_path / "run" / ANSWERS).read_text(encoding="utf-8").splitlines()
    for line in map(json.loads, lines):
        assert line["provenance"]["revision"] == "tiny-1"
        assert len(line["provenance"]["prompt_hash"]) == 64
        assert "opening" in line["provenance"]["not_honoured"]
