"""A server that messages are posted to, and that answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from faults.server import server_context

__all__ = ["Answered", "Posted", "Receiver"]


class Answered(NamedTuple):
    """How one message is answered."""

    status: int = 204
    headers: Mapping[str, str] = {}
    #: Seconds before the answer; the test's end ends them.
    after_s: float = 0.0
    #: Hang up instead.
    hangs_up: bool = False


class Posted(NamedTuple):
    """A message that came."""

    path: str
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes

    @property
    def titles(self) -> list[str]:
        return [item["title"] for item in self.json["data"]["items"]]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Answers on 127.0.0.1 as *answers* say, one after the other, and then with 204."""

    def __init__(self, *answers: Answered, tls: bool = False) -> None:
        self.answers = list(answers)
        self.posted: list[Posted] = []
        self._stopped = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._receive(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            context = server_context()
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._server.handle_error = lambda *_: None  # who does not trust it hangs up
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def _receive(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.posted.append(Posted(handler.path, headers, body))
        answer = self.answers.pop(0) if self.answers else Answered()
        if answer.hangs_up or self._stopped.wait(answer.after_s):
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in {"Content-Length": "0", **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
