"""A server on this machine that answers probes by a rule, counts what it was asked, and can die in the middle."""

import hashlib
import json
import math
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from domain.stances import NOT_TO_DO, TO_DO, ProbeItem, ProbeOption


class ProbeServer:
    """Answers with log-probabilities that depend on the question alone; after ``dies_after`` questions it hangs up."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.dies_after: int | None = None
        self.pause_s = 0.0
        self.has_log_probabilities = True
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.probes = self
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def takes(self, text: str) -> bool:
        """Note the question; tell whether it is answered."""
        with self.lock:
            if self.dies_after is not None and len(self.asked) >= self.dies_after:
                return False
            if text != "Say 1 or 2.":
                self.asked.append(text)
            return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_GET(self) -> None:
        self.send(200, {"data": [{"id": "tiny", "owned_by": "us"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        probes = self.server.probes
        time.sleep(probes.pause_s)
        if not probes.takes(text):
            self.close_connection = True
            return
        share = hashlib.sha256(text.encode()).digest()[0] / 512 + 0.25
        choice = {"message": {"content": "1" if share > 0.5 else "2"}}
        if probes.has_log_probabilities:
            told = [{"token": "1", "logprob": math.log(share)}, {"token": " 2", "logprob": math.log(1 - share)}]
            choice["logprobs"] = {"content": [{"token": "1", "top_logprobs": told}]}
        answer = {"choices": [choice] * body.get("n", 1), "model": "tiny-1", "usage": {"prompt_tokens": 7}}
        self.send(200, answer)

    def send(self, status: int, data: dict) -> None:
        payload = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


@pytest.fixture
def probe_server():
    server = ProbeServer()
    yield server
    server.close()


@pytest.fixture
def dilemmas():
    """Forty dilemmas of no great interest."""
    return tuple(
        ProbeItem(
            id=str(number),
            dataset="made",
            text=f"Case {number}: a neighbour asks for help on your free day.",
            options=(
                ProbeOption(key=TO_DO, text=f"Help with {number}", values=("kindness",)),
                ProbeOption(key=NOT_TO_DO, text=f"Rest instead of {number}", values=("rest",)),
            ),
        )
        for number in range(40)
    )
