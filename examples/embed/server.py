"""My site, at http://localhost:3000: it shows index.html, and asks Dropcast for links to embed.

BASE: Dropcast's address. KEY: an API key with the scope publish, which stays on this server.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PORT = int(os.environ.get("PORT", "3000"))
ORIGIN = f"http://localhost:{PORT}"
PAGE = Path(__file__).with_name("index.html").read_bytes()


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("text/html", PAGE)

    def do_POST(self) -> None:
        if self.headers["Origin"] != ORIGIN:  # no other site may ask for links
            return self.send_error(403)
        # The user comes from your own session, never from the browser's request. This site has one user.
        user_id = os.environ.get("SITE_USER", "me")
        wish = {"user_id": user_id, "origin": ORIGIN, "page": self.path.removeprefix("/embeds/")}
        headers = {"Authorization": f"Bearer {os.environ['KEY']}"}
        try:
            with urlopen(Request(f"{os.environ['BASE']}/v1/embeds", json.dumps(wish).encode(), headers)) as link:
                self._answer("application/json", link.read())
        except HTTPError as refused:  # Dropcast says why, and what to do
            self.log_error("%s", refused.read().decode())
            self.send_error(502)

    def _answer(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Cache-Control", "no-store")  # a link works once
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Site).serve_forever()
