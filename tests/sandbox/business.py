"""An app of TikTok API for Business, over plain HTTP."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.sandbox.conftest import BUSINESS_REDIRECT_URI as BACK
from tests.sandbox.conftest import App

V13 = "/open_api/v1.3"
SCOPES = "comment.list,comment.list.manage,discovery.search.words"


@dataclass
class BusinessApp:
    app: App
    app_id: str = "77"
    secret: str = "business-secret"

    def holder_url(self, **change: Any) -> str:
        query = {
            "client_key": self.app_id,
            "scope": SCOPES,
            "response_type": "code",
            "redirect_uri": BACK,
            "state": "s",
        }
        return f"{self.app.url}/business/auth?{urlencode(query | change)}"

    def advertiser_url(self, **change: Any) -> str:
        query = {"app_id": self.app_id, "state": "s", "redirect_uri": BACK}
        return f"{self.app.url}/portal/auth?{urlencode(query | change)}"

    def consent(self, authorize_url: str, **wish: Any) -> dict[str, str]:
        """The query that the app's callback receives."""
        said = self.app.admin("POST", "authorize", {"authorize_url": authorize_url, **wish})
        return {key: values[0] for key, values in parse_qs(urlsplit(said["redirect_to"]).query).items()}

    def post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        return self._answer(self.app.http.post(V13 + path, json=body, headers=_token(token)))

    def get(self, path: str, token: str = "", **query: Any) -> dict[str, Any]:
        return self._answer(self.app.http.get(V13 + path, params=query, headers=_token(token)))

    def exchange(self, code: str, **change: Any) -> dict[str, Any]:
        client = {"client_id": self.app_id, "client_secret": self.secret}
        body = {**client, "grant_type": "authorization_code", "auth_code": code, "redirect_uri": BACK}
        return self.post("/tt_user/oauth2/token/", body | change)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        client = {"client_id": self.app_id, "client_secret": self.secret}
        body = {**client, "grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post("/tt_user/oauth2/refresh_token/", body)

    def exchange_advertiser(self, code: str, **change: Any) -> dict[str, Any]:
        body = {"app_id": self.app_id, "secret": self.secret, "auth_code": code}
        return self.post("/oauth2/access_token/", body | change)

    def holder(self, username: str = "lena.public", **change: Any) -> dict[str, Any]:
        """The tokens of a creator who consented."""
        code = self.consent(self.holder_url(**change), username=username)["auth_code"]
        return self.exchange(code)["data"]

    def advertiser(self) -> tuple[str, str]:
        """The token of an advertiser who consented, and the id of one advertiser account."""
        data = self.exchange_advertiser(self.consent(self.advertiser_url())["auth_code"])["data"]
        return data["access_token"], data["advertiser_ids"][0]

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200, response.text
        return response.json()


def _token(token: str) -> dict[str, str]:
    return {"Access-Token": token} if token else {}
