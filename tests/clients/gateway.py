"""API Gateway on loopback in front of the API's function and its authorizer, in this process."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from functions.http.api.handler import handler as api
from functions.http.authorizer.handler import handler as authorizer
from tests.unit.support.functions import context


@contextmanager
def served() -> Iterator[str]:
    """Serve the API and yield its address. It answers one request at a time, because moto needs that."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Gateway(BaseHTTPRequestHandler):
    _turn = threading.Lock()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self._turn:
            status, headers, told = self._asked(body.decode())
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(told))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer

    def _asked(self, body: str) -> tuple[int, dict[str, str], bytes]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if "authorization" not in headers:
            return 401, {}, b'{"message":"Unauthorized"}'
        known = authorizer({"headers": headers}, context())
        if not known["isAuthorized"]:
            return 403, {}, b'{"message":"Forbidden"}'
        answer = api(self._event(headers, body, known["context"]), context())
        told = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
        return answer["statusCode"], answer["headers"], told

    def _event(self, headers: dict[str, str], body: str, known: dict[str, Any]) -> dict[str, Any]:
        url = urlsplit(self.path)
        return {
            "version": "2.0",
            "routeKey": "ANY /v1/{proxy+}",
            "rawPath": url.path,
            "rawQueryString": url.query,
            "queryStringParameters": self._query(url.query) or None,
            "headers": headers,
            "requestContext": {
                "http": {"method": self.command, "path": url.path},
                "stage": "$default",
                "requestId": "request-1",
                "authorizer": {"lambda": known},
            },
            "body": body or None,
            "isBase64Encoded": False,
        }

    @staticmethod
    def _query(text: str) -> dict[str, str]:
        """If a name is repeated, its values are joined by commas."""
        pairs = parse_qsl(text)
        return {name: ",".join(value for other, value in pairs if other == name) for name, _ in pairs}

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the test's own output is enough."""
