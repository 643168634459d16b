"""Browsers with separate cookie jars, which call the connect function's handler."""

import base64
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import begin_connection
from functions.http.connect.handler import handler
from tests.unit.support.functions import context

RETURN_TO = "https://app.example/done"
START = "/oauth/tiktok/start"
CALLBACK = "/oauth/tiktok/callback"
FINISH = "/oauth/tiktok/finish"


def link(user_id: str = "user-1", *, confirm: bool = False, **more: Any) -> str:
    """The secret of a new link."""
    connection = begin_connection(user_id, RETURN_TO, confirm=confirm, **more)
    assert isinstance(connection, ConnectLink)
    return connection.connect_url.split("?c=")[1]


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@dataclass
class Browser:
    """Keeps the cookies that it receives, and sends them back."""

    jar: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._send("GET", path, query, "")

    def post(self, path: str, fields: dict[str, str], **query: str) -> dict[str, Any]:
        return self._send("POST", path, query, urlencode(fields))

    def press(self, page: dict[str, Any], path: str) -> dict[str, Any]:
        """Press the button of a page. A form without an action is sent to the page's own address."""
        query = {} if " action=" in page["body"] else page["opened at"]
        return self.post(path, fields_of(page["body"]), **query)

    def to_tiktok(self, link_id: str) -> str:
        """Open the link and press its button; return TikTok's address."""
        answer = self.press(self.get(START, c=link_id), START)
        assert answer["statusCode"] == 303, answer
        return answer["headers"]["Location"]

    def _send(self, method: str, path: str, query: dict[str, str], body: str) -> dict[str, Any]:
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "headers": {},
            "cookies": [f"{name}={value}" for name, value in self.jar.items()],
            "queryStringParameters": query,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "body": base64.b64encode(body.encode()).decode(),
            "isBase64Encoded": True,
        }
        answer = handler(event, context()) | {"opened at": query}
        for cookie in answer.get("cookies", []):
            pair, *attributes = cookie.split("; ")
            name, _, value = pair.partition("=")
            self.jar[name] = value
            if "Max-Age=0" in attributes:
                del self.jar[name]
        return answer


def returned(browser: Browser, authorize_url: str, **more: str) -> dict[str, Any]:
    """Let TikTok redirect `browser` back after a consent."""
    return browser.get(CALLBACK, state=query_of(authorize_url)["state"], **(more or {"code": "canary-code"}))


def recognised(browser: Browser, authorize_url: str) -> dict[str, Any]:
    """The page that shows which account was connected."""
    return browser.press(returned(browser, authorize_url), CALLBACK)


def handed_over(browser: Browser, authorize_url: str) -> dict[str, str]:
    """The parameters at return_to after both buttons."""
    answer = browser.press(recognised(browser, authorize_url), FINISH)
    assert answer["statusCode"] == 303, answer
    assert answer["headers"]["Location"].startswith(f"{RETURN_TO}?")
    return query_of(answer["headers"]["Location"])
