"""Signs a browser in to the console without using its pages."""

import re
from typing import Any

import httpx

from local.stack import LocalStack


def session_cookie_of(stack: LocalStack, key: str) -> Any:
    """The cookie of a new session for the API key `key`, in Playwright's form."""
    with httpx.Client(base_url=stack.public_url, timeout=60, trust_env=False) as browser:
        [token] = re.findall(r'name="token" value="([^"]+)"', browser.get("/console/sign-in").text)
        browser.post("/console/sign-in", data={"token": token, "key": key, "next": ""})
        return {"name": "dropcast_session", "value": browser.cookies["dropcast_session"], "url": stack.public_url}
