"""A loopback server that gives scripted answers in turn and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Script:
    """``answers``: (status, body, headers) in turn; the last one is repeated."""

    answers: Sequence[tuple[int, bytes, dict[str, str]]]
    url: str = ""
    authorizations: list[str | None] = field(default_factory=list)

    def next(self) -> tuple[int, bytes, dict[str, str]]:
        return self.answers[min(len(self.authorizations), len(self.answers)) - 1]


@contextmanager
def scripted_server(*answers: tuple[int, bytes, dict[str, str]]) -> Iterator[Script]:
    script = Script(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.authorizations.append(self.headers.get("Authorization"))
            status, body, headers = script.next()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (the name is the standard library's)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
