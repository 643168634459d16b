"""Uses a running stack through its public interfaces: connects accounts, publishes and follows publishes."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from local.stack import LocalStack

_RESTING = ("published", "failed", "cancelled", "in_inbox", "unknown")
# The pauses between two polls. They grow during a long wait, because each poll is a call of a function.
_POLL_S, _LATER_POLL_S, _LATER_S = 0.2, 0.5, 5


@dataclass(frozen=True)
class StackClient:
    """A client for one stack: for its API, its bucket and its sandbox."""

    stack: LocalStack

    def api(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> httpx.Response:
        """Call the API with the stack's key."""
        authorized = {"Authorization": f"Bearer {self.stack.api_key}", **(headers or {})}
        return httpx.request(
            method, self.stack.base_url + path, headers=authorized, timeout=30, trust_env=False, **request
        )

    def sandbox(self, method: str, path: str, **request: Any) -> Any:
        """Call the sandbox's admin API; return the JSON."""
        answer = httpx.request(
            method, f"{self.stack.sandbox_url}/_sandbox{path}", timeout=30, trust_env=False, **request
        )
        answer.raise_for_status()
        return answer.json()

    def connect(
        self, username: str, *, user_id: str = "user-1", scopes: list[str] | None = None, **creator: Any
    ) -> str:
        """Create a creator in the sandbox, connect it through the real OAuth routes and return the account_id."""
        self.sandbox("POST", "/creators", json={"username": username, **creator})
        return self.consent(username, user_id=user_id, scopes=scopes)

    def consent(self, username: str, *, user_id: str = "user-1", scopes: list[str] | None = None) -> str:
        """Connect a creator of the sandbox through the real OAuth routes and return the account_id."""
        link = self.api("POST", "/v1/connections", json={"user_id": user_id}).raise_for_status().json()
        with httpx.Client(follow_redirects=False, timeout=30, trust_env=False) as browser:
            to_tiktok = press_start(browser, link["connect_url"])
            consent = {"authorize_url": to_tiktok.headers["location"], "username": username, "scopes": scopes}
            back = self.sandbox("POST", "/authorize", json=consent)["redirect_to"]
            browser.get(back).raise_for_status()
        items = self.api("GET", "/v1/accounts", params={"user_id": user_id}).json()["items"]
        found = [item["account_id"] for item in items if username in (item["username"], item["nickname"])]
        if not found:
            raise LookupError(f"{username} is not among the accounts of {user_id}")
        return found[0]

    def upload(self, path: Path, key: str, **extra: Any) -> None:
        """Put a file into the stack's bucket."""
        with path.open("rb") as file:
            self.stack.client("s3").put_object(Bucket=self.stack.bucket, Key=key, Body=file, **extra)

    def drop(self, account_id: str, path: Path, name: str, options: dict[str, Any] | None) -> None:
        """Drop a video. The sidecar is stored first."""
        key = f"drop/{account_id}/{name}"
        if options is not None:
            body = json.dumps(options).encode()
            self.stack.client("s3").put_object(Bucket=self.stack.bucket, Key=f"{key.rsplit('.', 1)[0]}.json", Body=body)
        self.upload(path, key)

    def drop_photos(self, account_id: str, pictures: dict[str, bytes], name: str, options: dict[str, Any]) -> None:
        """Drop photos. `pictures` has the content of each by its file name. The sidecar is stored last."""
        s3, folder = self.stack.client("s3"), f"drop/{account_id}/{name}.photos"
        for picture, data in pictures.items():
            s3.put_object(Bucket=self.stack.bucket, Key=f"{folder}/{picture}", Body=data)
        s3.put_object(Bucket=self.stack.bucket, Key=f"{folder}.json", Body=json.dumps(options).encode())

    def publish(self, account_id: str, key: str, **options: Any) -> dict[str, Any]:
        """POST /v1/publishes for an object in the bucket; return the answer."""
        source = {"type": "s3", "bucket": self.stack.bucket, "key": key}
        body = {"account_id": account_id, "source": source, "privacy_level": "SELF_ONLY", **options}
        return self.api("POST", "/v1/publishes", json=body).raise_for_status().json()

    def show(self, publish_id: str) -> dict[str, Any]:
        """Fetch a publish."""
        return self.api("GET", f"/v1/publishes/{publish_id}").raise_for_status().json()

    def follow(self, publish_id: str, *, seconds: float = 120) -> Iterator[dict[str, Any]]:
        """Poll a publish and yield each answer, until it is published, failed, cancelled, in_inbox or unknown.

        TimeoutError after `seconds`.
        """
        began = time.monotonic()
        while True:
            shown = self.show(publish_id)
            yield shown
            if shown["state"] in _RESTING:
                return
            waited = time.monotonic() - began
            if waited > seconds:
                raise TimeoutError(f"publish {publish_id} is still {shown['state']} after {seconds} s")
            time.sleep(_POLL_S if waited < _LATER_S else _LATER_POLL_S)

    def until_rest(self, publish_id: str, *, seconds: float = 120) -> dict[str, Any]:
        """Poll a publish as `follow` does. Return only the last answer."""
        *_, last = self.follow(publish_id, seconds=seconds)
        return last

    def received(self, tiktok_publish_id: str) -> dict[str, Any]:
        """The post as the sandbox received it."""
        return self.sandbox("GET", f"/posts/{tiktok_publish_id}")


def press_start(browser: httpx.Client, connect_url: str) -> httpx.Response:
    """Open a connect link and submit its form; the answer redirects to TikTok."""
    page = browser.get(connect_url)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return browser.post(connect_url.partition("?")[0], data=fields)


def query_of(url: str) -> dict[str, str]:
    """The query of `url` as a dict, with one value per name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
