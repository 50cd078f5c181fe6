"""A hub of models on this machine, a small model on it, and what the tests ask of the folder it comes into."""

import hashlib
import io
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from services.llm_fetch import OpenModel, fetch
from services.settings import Settings

CONTENT = bytes(range(256)) * 3000
MODEL = OpenModel(
    title="A model of the tests",
    repository="someone/a-model-GGUF",
    revision="0" * 40,
    file="a-model.gguf",
    n_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
)
PATH = "/someone/a-model-GGUF/resolve/" + "0" * 40 + "/a-model.gguf"
ELSEWHERE = "/store/of/large/files"


class Ask(NamedTuple):
    """A request as the hub saw it."""

    path: str
    range: str | None


class Hub:
    """A hub on this machine that sends on to its store, as the real one does, and misbehaves on demand."""

    def __init__(self):
        self.content = CONTENT
        self.status = None
        self.knows_ranges = True
        self.tells_length = True
        self.cuts_after = None
        self.asked = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                hub.asked.append(Ask(self.path, self.headers["Range"]))
                hub.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, handler):
        if self.status is not None or handler.path not in {PATH, ELSEWHERE}:
            handler.send_error(self.status or 404)
            return
        if handler.path == PATH:
            handler.send_response(302)
            handler.send_header("Location", ELSEWHERE)
            handler.end_headers()
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"] or "")
        start = int(wanted[1]) if wanted and self.knows_ranges else 0
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        if self.tells_length:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: self.cuts_after])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def bring(hub, tmp_path, **options):
    return fetch(MODEL, data_dir=tmp_path, hub=hub.address, out=io.StringIO(), **options)


def names_in(tmp_path):
    return sorted(p.name for p in (tmp_path / "models").glob("*"))


def part_of(tmp_path):
    return tmp_path / "models" / "a-model.gguf.part"


def settings_of(tmp_path, **more):
    named = {f"MORALGRAPH_{name}": value for name, value in more.items()}
    return Settings.from_env({"MORALGRAPH_DATA_DIR": str(tmp_path), **named})
