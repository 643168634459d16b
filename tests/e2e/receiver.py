"""Webhook receivers: one for each path of a server on this machine."""

import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Got:
    """One request."""

    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> dict[str, Any]:
        """The event, if `secret` is one of the signing secrets; otherwise WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]


class Receivers:
    """`got` has the requests by path. `answers` has the statuses of the next answers by path. Further answers
    are 204.
    """

    def __init__(self) -> None:
        self.got: defaultdict[str, list[Got]] = defaultdict(list)
        self.answers: defaultdict[str, list[int]] = defaultdict(list)
        receivers = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receivers.got[self.path].append(Got(headers, body))
                planned = receivers.answers[self.path]
                self.send_response_only(planned.pop(0) if planned else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
