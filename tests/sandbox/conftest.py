"""A real sandbox on a free port, and a small app that uses it."""

import hashlib
import http.server
import json
import mimetypes
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from sandbox.running import running
from sandbox.settings import Settings

REDIRECT_URI = "http://127.0.0.1:9999/callback"
BUSINESS_REDIRECT_URI = "http://127.0.0.1:9999/business/callback/"
CHUNK = 10_000_000


def box(kind: bytes, payload: bytes) -> bytes:
    return (8 + len(payload)).to_bytes(4) + kind + payload


def small_video(size: int = 4_000) -> bytes:
    """The outline of an MP4 of exactly `size` bytes."""
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    head = box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", box(b"trak", box(b"mdia", handler)))
    return head + box(b"mdat", bytes(size - len(head) - 8))


@dataclass
class App:
    """An app of TikTok, over plain HTTP."""

    url: str
    http: httpx.Client

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        response = self.http.request(method, f"/_sandbox/{path}", json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def settings(self, **change: Any) -> None:
        self.admin("PATCH", "settings", change)

    def fault(self, route: str, kind: str, **more: Any) -> None:
        self.admin("POST", "faults", {"route": route, "kind": kind, **more})

    def journal(self, **query: Any) -> list[dict[str, Any]]:
        return self.admin("GET", f"journal?{urlencode(query)}")["items"]

    def post(self, publish_id: str) -> dict[str, Any]:
        return self.admin("GET", f"posts/{publish_id}")

    def authorize_url(self, **change: Any) -> str:
        query = {
            "client_key": "ck",
            "scope": "user.info.basic,video.publish,video.upload",
            "redirect_uri": REDIRECT_URI,
            "state": "s1",
            "response_type": "code",
        }
        return f"{self.url}/v2/auth/authorize/?{urlencode(query | change)}"

    def consent(self, username: str, **more: Any) -> dict[str, str]:
        """The query that the app's callback receives."""
        authorize = more.pop("authorize_url", None) or self.authorize_url()
        said = self.admin("POST", "authorize", {"authorize_url": authorize, "username": username, **more})
        return {key: values[0] for key, values in parse_qs(urlsplit(said["redirect_to"]).query).items()}

    def token(self, **form: str) -> httpx.Response:
        return self.http.post("/v2/oauth/token/", data={"client_key": "ck", "client_secret": "secret", **form})

    def connect(self, username: str = "tom.private", **more: Any) -> dict[str, Any]:
        code = self.consent(username, **more)["code"]
        reply = self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def call(self, path: str, token: str, body: Any = None) -> httpx.Response:
        return self.http.post(f"/v2/{path}", json=body or {}, headers={"Authorization": f"Bearer {token}"})

    def init(self, token: str, size: int, *, mode: str = "video", chunk: int | None = None, **post: Any) -> Any:
        count = size // chunk if chunk else 1
        plan = {"video_size": size, "chunk_size": chunk or size, "total_chunk_count": count}
        info = {"privacy_level": "SELF_ONLY", "brand_content_toggle": False, "brand_organic_toggle": False, **post}
        body = {"post_info": info, "source_info": {"source": "FILE_UPLOAD", **plan}}
        return self.call(f"post/publish/{mode}/init/", token, body).json()

    def put(self, upload_url: str, data: bytes, first: int, total: int, **headers: str) -> httpx.Response:
        chosen = {
            "Content-Type": "video/mp4",
            "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}",
            **headers,
        }
        return self.http.put(upload_url, content=data, headers=chosen)

    def upload(self, token: str, video: bytes, **more: Any) -> str:
        started = self.init(token, len(video), **more)
        assert started["error"]["code"] == "ok", started
        assert self.put(started["data"]["upload_url"], video, 0, len(video)).status_code == 201
        return started["data"]["publish_id"]

    def status(self, token: str, publish_id: str) -> dict[str, Any]:
        return self.call("post/publish/status/fetch/", token, {"publish_id": publish_id}).json()["data"]


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    settings = Settings(
        client_key="ck",
        client_secret=SecretStr("secret"),
        redirect_uris=[REDIRECT_URI],
        business_app_id="77",
        business_secret=SecretStr("business-secret"),
        business_redirect_uris=[BUSINESS_REDIRECT_URI],
        ensembledata_token=SecretStr("ensemble-token"),
    )
    with running(settings) as url:
        yield url


@pytest.fixture(scope="session")
def http_client(sandbox_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox_url, timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture
def app(sandbox_url: str, http_client: httpx.Client) -> App:
    http_client.cookies.clear()
    http_client.post("/_sandbox/reset").raise_for_status()
    return App(sandbox_url, http_client)


@pytest.fixture
def video() -> bytes:
    return small_video()


@pytest.fixture
def video_of() -> Callable[[int], bytes]:
    return small_video


@dataclass
class Receiver:
    """An app's web server: it receives webhooks, and serves files."""

    url: str = ""
    got: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The answers to the next webhooks. All further webhooks get 200."""
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def wait_for(self, count: int, seconds: float = 10) -> list[tuple[str, bytes]]:
        deadline = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < deadline, f"{len(self.got)} webhooks of {count} came"
            time.sleep(0.01)
        return self.got

    @property
    def events(self) -> list[str]:
        return [json.loads(body)["event"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.headers["TikTok-Signature"], body))
            self._answer(kept.answers.pop(0) if kept.answers else 200, b"")

        def do_GET(self) -> None:
            self._answer(*kept.files.get(self.path, (404, b"")))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/video.mp4")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", mimetypes.guess_type(self.path)[0] or "application/octet-stream")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield kept
        server.shutdown()


@pytest.fixture
def pkce() -> tuple[str, str]:
    """A verifier and TikTok's challenge for it."""
    verifier = secrets.token_urlsafe(48)
    return verifier, hashlib.sha256(verifier.encode()).hexdigest()
