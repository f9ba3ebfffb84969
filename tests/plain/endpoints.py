"""A small model of this machine: speaks the protocol of /chat/completions, and answers what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Served:
    """Where it listens, and every request that came: (path, headers, body)."""

    url: str
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)


def envelope(content: object, finish: str = "stop") -> bytes:
    """An answer in the form of the protocol."""
    said = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": finish}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode()


def raw(body: bytes, code: int = 200, kind: str = "application/json", **headers: str) -> Say:
    """Answer these very bytes."""

    def say(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return say


def says(content: object, finish: str = "stop") -> Say:
    """Answer as a model that says `content`."""
    return raw(envelope(content, finish))


def drips(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    """A byte now and then, without an end: no single read ever waits long."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


def sleeps(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    """No answer for longer than anyone waits in a test."""
    time.sleep(1.0)


@contextmanager
def served(say: Say) -> Iterator[Served]:
    """The model, as long as the test needs it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            here.asked.append((self.path, dict(self.headers), body))
            say(self, body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here = Served(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
