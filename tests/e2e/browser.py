"""A person's browser on its way from a connect link to TikTok's consent page and back."""

import re
from html import unescape

import httpx

from local.stack_client import StackClient

START = "/oauth/tiktok/start"
CALLBACK = "/oauth/tiktok/callback"
FINISH = "/oauth/tiktok/finish"


class Browser:
    """One browser with its own cookies. It follows no redirect by itself."""

    def __init__(self, journey: StackClient) -> None:
        self.journey = journey
        self.http = httpx.Client(base_url=journey.stack.base_url, follow_redirects=False, timeout=30)

    def open(self, url: str) -> httpx.Response:
        """Go to `url`."""
        return self.http.get(url)

    def press(self, connect_url: str) -> httpx.Response:
        """Open the link and press the button of its page. The answer redirects to TikTok, or says why it does not."""
        return self.press_on(self.open(connect_url))

    def press_on(self, page: httpx.Response, path: str = START) -> httpx.Response:
        """Press the button of a page that another browser may have opened. The form goes to `path`."""
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        to = path if " action=" in page.text else str(page.url)
        return self.http.post(to, data={name: unescape(value) for name, value in fields.items()})

    def consent(self, connect_url: str, creator: str) -> str:
        """Go from the link through TikTok's page as `creator`. Return the callback's address without opening it."""
        to_tiktok = self.press(connect_url)
        assert to_tiktok.is_redirect, to_tiktok.text
        wish = {"authorize_url": to_tiktok.headers["location"], "username": creator}
        return self.journey.sandbox("POST", "/authorize", json=wish)["redirect_to"]
