"""How much time the asking of probes adds to the model: beside a stub server, and the packaged model beside itself.

Run from the checkout: ``python -m benchmarks.speed.bench_probes``. The stub runs in a process of its own, answers each
question after 200 ms, and takes any number at a time; the ideal is 64 questions every 200 ms. The packaged model is
asked the same dilemmas in both orders twice: each question from its first word, and sharing the common beginning.
With ``--server URL --model NAME`` a vLLM server is asked instead; see ``bench_server``.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from backends.probe_llamacpp import LlamaCppStances
from backends.probe_openai import OpenAIStances
from backends.registry import find_stance_model
from benchmarks.speed.bench_server import against_vllm
from domain.errors import MoralGraphError
from domain.stances import NOT_TO_DO, TO_DO, ProbeItem, ProbeOption
from services.probe_plans import plan_run, read_dataset
from services.probing import Prober
from services.run_folder import RunFolder

DELAY_S = 0.2
IN_FLIGHT = 64
BAR_SHARE = 0.9
BAR_RATIO = 1.5
ROUNDS = 3
STARTER = Path(__file__).parents[2] / "assets" / "starter" / "probes" / "dilemmas.json"
ANSWER = json.dumps(
    {
        "choices": [
            {
                "message": {"content": "1"},
                "logprobs": {
                    "content": [{"top_logprobs": [{"token": "1", "logprob": -0.3}, {"token": "2", "logprob": -1.35}]}]
                },
            }
        ],
        "model": "stub",
        "usage": {"prompt_tokens": 100, "completion_tokens": 1},
    }
).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)


def serve(port: "multiprocessing.queues.Queue[int]") -> None:
    """Answer every request after the delay, on a connection that stays open."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                if b"content-length:" in head:
                    await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
                await asyncio.sleep(DELAY_S)
                writer.write(HEAD + ANSWER)
                await writer.drain()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def made_items(n: int) -> list[ProbeItem]:
    """Return dilemmas about as long as the published ones."""
    options = (ProbeOption(key=TO_DO, text="Do the one thing"), ProbeOption(key=NOT_TO_DO, text="Do the other thing"))
    return [
        ProbeItem(id=str(i), dataset="made", text=f"Case {i}. " + "Someone has to decide here. " * 11, options=options)
        for i in range(n)
    ]


def against_stub(n_items: int) -> dict[str, object]:
    """Ask a stub everything, answers written to disk; return the share of the ideal."""
    port: multiprocessing.queues.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    server.start()
    model = OpenAIStances("stub", url=f"http://127.0.0.1:{port.get()}/v1", n_in_flight=IN_FLIGHT)
    try:
        with tempfile.TemporaryDirectory() as folder:
            probed(model, made_items(IN_FLIGHT), Path(folder) / "warm")
            memory_before = peak_mb()
            worked = time.process_time()
            seconds, n_calls = probed(model, made_items(n_items), Path(folder) / "run")
            worked = time.process_time() - worked
    finally:
        model.close()
        server.terminate()
    ideal = n_calls / IN_FLIGHT * DELAY_S
    return {
        "calls": n_calls, "seconds": round(seconds, 2), "per_second": round(n_calls / seconds, 1),
        "ideal_per_second": IN_FLIGHT / DELAY_S, "share_of_ideal": round(ideal / seconds, 3), "bar": BAR_SHARE,
        "cpu_ms_per_call": round(worked / n_calls * 1000, 2), "cpu_ms_to_spare": DELAY_S / IN_FLIGHT * 1000,
        "memory_grew_mb": round(peak_mb() - memory_before, 1),
    }  # fmt: skip


def probed(model: OpenAIStances, items: list[ProbeItem], folder: Path) -> tuple[float, int]:
    """Run a plan; return seconds and calls."""
    prober = Prober(plan=plan_run(items), model=model, folder=RunFolder(folder), clock=lambda: datetime.now(UTC))
    started = time.perf_counter()
    card = prober.run()
    return time.perf_counter() - started, card.effort.n_calls


def embedded(n_items: int) -> dict[str, object]:
    """Ask the packaged model the same dilemmas in both orders, with and without sharing beginnings."""
    path = find_stance_model()
    if path is None:
        return {"skipped": "the packaged model is not installed"}
    plan = plan_run(read_dataset(str(STARTER), None), limit=n_items)
    requests = [plan.request(question) for question in plan.questions()]
    n_threads = len(os.sched_getaffinity(0))
    seconds: dict[str, list[float]] = {"one_at_a_time": [], "sharing_beginnings": []}
    for _ in range(ROUNDS):  # in turn, with the same threads: what else runs here then slows both
        for name, found in seconds.items():
            model = LlamaCppStances(path, shares_beginnings=name == "sharing_beginnings", n_threads=n_threads)
            list(model.ask(requests[:1]))
            started = time.perf_counter()
            list(model.ask(requests))
            found.append(time.perf_counter() - started)
            model.close()
    rates = {name: len(requests) / median(found) for name, found in seconds.items()}
    ratio = median(alone / shared for alone, shared in zip(*seconds.values(), strict=True))
    return {
        "calls": len(requests), "rounds": ROUNDS, "threads": n_threads,
        **{f"{name}_per_second": round(rate, 2) for name, rate in rates.items()},
        "ratio": round(ratio, 2), "bar": BAR_RATIO,
    }  # fmt: skip


def peak_mb() -> float:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1500, help="dilemmas for the stub, two questions each")
    parser.add_argument("--embedded", type=int, default=24, help="dilemmas for the packaged model")
    parser.add_argument("--server", help="address of a vLLM server, such as http://127.0.0.1:8091/v1")
    parser.add_argument("--model", default="smollm2", help="name of its model")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side at the server")
    parser.add_argument("--wordings", type=int, choices=[1, 2, 3], default=3, help="of each dilemma, for the server")
    arguments = parser.parse_args()
    begun = {
        "benchmark": "probes", "cores": len(os.sched_getaffinity(0)), "load_before": round(os.getloadavg()[0], 2),
    }  # fmt: skip
    print(json.dumps(begun | measured(arguments), indent=1))


def measured(arguments: argparse.Namespace) -> dict[str, object]:
    """Return the figures of the server where one is named, else those of the stub and of the packaged model."""
    if arguments.server:
        n_rounds, n_wordings = arguments.rounds, arguments.wordings
        return {"vllm": against_vllm(arguments.server, arguments.model, n_rounds=n_rounds, n_wordings=n_wordings)}
    return {
        "in_flight": IN_FLIGHT, "delay_ms": DELAY_S * 1000,
        "stub": against_stub(arguments.n), "embedded": embedded(arguments.embedded),
    }  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except MoralGraphError as error:
        sys.exit(str(error))
