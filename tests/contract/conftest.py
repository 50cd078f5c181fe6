"""A small server on this machine that speaks the OpenAI chat shape, well or badly as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class ChatServer:
    """Answers every request in ``way``; ``bodies`` keeps what was asked.

    Ways: ``well``, ``401``, ``429``, ``500``, ``slow``, ``hang up`` (in the middle of the reply), ``quiet end`` (a
    stream that stops without saying so), ``length``, ``filtered``, ``empty``, ``no choices``, ``no json``,
    ``half emoji`` (a lone surrogate), ``controls``.
    """

    def __init__(self) -> None:
        self.way = "well"
        self.text = "What did you notice in that moment?"
        self.bodies: list[dict] = []
        self.keys: list[str] = []
        self.silence_s = 1.5
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.chat = self
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply_text(self) -> str:
        return {
            "empty": "",
            "half emoji": "What \ud83d now?",
            "controls": "Wh\x00at \u202enow?\r\n",
        }.get(self.way, self.text)

    def finish(self) -> str:
        return {"length": "length", "filtered": "content_filter"}.get(self.way, "stop")


class Handler(BaseHTTPRequestHandler):
    """Answers one request as the chat server is told."""

    @property
    def chat(self) -> ChatServer:
        return self.server.chat

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.chat.bodies.append(body)
        self.chat.keys.append(self.headers.get("Authorization", ""))
        if self.chat.way == "slow":
            time.sleep(self.chat.silence_s)
        with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up, as it should
            self._answer(is_stream=bool(body.get("stream")))

    def _answer(self, *, is_stream: bool) -> None:
        if self.chat.way in {"401", "429", "500"}:
            error = {"error": {"message": f"this is {self.chat.way}", "type": "t", "code": None}}
            self._send(int(self.chat.way), json.dumps(error))
        elif self.chat.way == "no json":
            self._send(200, "<html>Welcome to the proxy</html>", kind="text/html")
        elif is_stream:
            self._stream()
        elif self.chat.way == "hang up":
            self._begin(200, "application/json", length=10_000)
            self.wfile.write(b'{"id": "x", "choices": [{"mess')
        else:
            self._send(200, json.dumps(self._completion()))

    def _completion(self) -> dict:
        message = {"role": "assistant", "content": self.chat.reply_text()}
        choice = {"index": 0, "message": message, "finish_reason": self.chat.finish()}
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "tiny-1",
            "choices": [] if self.chat.way == "no choices" else [choice],
            "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
        }

    def _stream(self) -> None:
        self._begin(200, "text/event-stream")
        text = self.chat.reply_text()
        half = len(text) // 2
        for piece in (text[:half], text[half:]):
            self._event({"content": piece}, None)
            if self.chat.way == "hang up":
                self.wfile.write(b'ffff\r\ndata: {"id"')
                return
            if self.chat.way == "quiet end":
                self._chunk(b"")
                return
        self._event({}, self.chat.finish())
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, delta: dict, finish: str | None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
        event = {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "tiny-1",
            "choices": [] if self.chat.way == "no choices" else [choice],
        }
        self._chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def _begin(self, status: int, kind: str, *, length: int | None = None) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def _send(self, status: int, text: str, *, kind: str = "application/json") -> None:
        content = text.encode()
        self._begin(status, kind, length=len(content))
        self.wfile.write(content)


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    """Start a chat server of this machine."""
    server = ChatServer()
    yield server
    server.close()
