"""Requests an embed's pages from the console function's handler, like a browser on a site that embeds them."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dropcast import ids
from dropcast.access.embed_store import EmbeddedPage
from dropcast.access.embeds import EmbedLink, current_embed, make_embed
from dropcast.access.key_store import ApiKey
from tests.unit.support.accounts import NOW
from tests.unit.support.console import Shown, Visitor, new_key

SITE = "https://app.example"


def link_for(key: ApiKey, page: EmbeddedPage = "post", **whose: str) -> tuple[str, str]:
    """The embed's id, and the secret of its link."""
    link = make_embed(key.caller(), ids.new_id("emb"), NOW, origin=SITE, page=page, **whose)  # pyright: ignore[reportArgumentType]
    assert isinstance(link, EmbedLink), link
    return link.embed_id, link.url.partition("#")[2]


def exchange(embed_id: str, secret: str, headers: dict[str, str] | None = None, cookies: Any = None) -> Shown:
    body = json.dumps({"secret": secret})
    return Visitor(cookies or {}).send("POST", f"/embed/{embed_id}/session", headers or {}, {}, body)


@dataclass
class Embedded:
    """An open page of an embed. Its paths are below `home`."""

    embed_id: str
    token: str

    @property
    def home(self) -> str:
        return f"/embed/{self.embed_id}"

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Shown:
        return self.send("GET", path, headers, query)

    def post(self, path: str, form: dict[str, str]) -> Shown:
        """Send a form. The session's CSRF token is added unless the form has one."""
        return self.send("POST", path, {}, {}, urlencode({"csrf": self.csrf(), **form}))

    def send(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        body: str | None = None,
    ) -> Shown:
        own = {"authorization": f"Bearer {self.token}", "hx-request": "true"}
        return Visitor().send(method, f"{self.home}{path}", own | (headers or {}), query or {}, body)

    def csrf(self) -> str:
        found = current_embed(self.embed_id, self.token)
        assert found, "the embed has ended"
        return found.session.csrf


def embedded(page: EmbeddedPage = "post", key: ApiKey | None = None, **whose: str) -> Embedded:
    """An open page for the account or the user in `whose`. It needs the fixture `cloud`."""
    embed_id, secret = link_for(key or new_key("publish")[0], page, **whose)
    answer = exchange(embed_id, secret)
    assert answer.status == 200, answer.text
    return Embedded(embed_id, json.loads(answer.text)["token"])
