"""Codes and tokens of TikTok API for Business, for advertisers and account holders (protocol sections 12, 13.0)."""

import secrets
from collections import deque
from dataclasses import dataclass
from typing import Literal

from sandbox.state.tokens import Issued

GrantKind = Literal["advertiser", "holder"]


@dataclass(frozen=True)
class BusinessGrant:
    """An advertiser's consent for some advertiser accounts, or a creator's consent for some scopes."""

    kind: GrantKind
    advertiser_ids: tuple[str, ...] = ()
    open_id: str = ""
    """The creator's open_id on the developer portal; empty for an advertiser."""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BusinessCode:
    value: str
    grant: BusinessGrant
    redirect_uri: str
    expires_at: float


@dataclass(frozen=True)
class BusinessToken:
    value: str
    grant: BusinessGrant
    expires_at: float | None
    """None: no expiry."""


class BusinessTokens:
    def __init__(self, issued: deque[Issued]) -> None:
        self._issued = issued
        self._codes: dict[str, BusinessCode] = {}
        self._access: dict[str, BusinessToken] = {}
        self._refresh: dict[str, BusinessToken] = {}

    def new_code(self, grant: BusinessGrant, redirect_uri: str, expires_at: float) -> BusinessCode:
        value = secrets.token_hex(20)
        self._issued.append(Issued("business_code", value))
        code = self._codes[value] = BusinessCode(value, grant, redirect_uri, expires_at)
        return code

    def use_code(self, value: str) -> BusinessCode | None:
        """Remove and return a code. It can be used only once, even if the request is refused."""
        return self._codes.pop(value, None)

    def new_access(self, grant: BusinessGrant, expires_at: float | None) -> BusinessToken:
        return self._keep(self._access, "business_access_token", grant, expires_at)

    def new_refresh(self, grant: BusinessGrant, expires_at: float) -> BusinessToken:
        return self._keep(self._refresh, "business_refresh_token", grant, expires_at)

    def access(self, value: str, now: float) -> BusinessToken | None:
        return _unexpired(self._access.get(value), now)

    def refresh(self, value: str, now: float) -> BusinessToken | None:
        return _unexpired(self._refresh.get(value), now)

    def forget_refresh(self, value: str) -> None:
        self._refresh.pop(value, None)

    def owner(self, value: str) -> str | None:
        """The open_id of the token's holder, even if the token has expired."""
        token = self._access.get(value) or self._refresh.get(value)
        return (token.grant.open_id or None) if token else None

    def drop_holder(self, open_id: str) -> None:
        for kept in (self._access, self._refresh):
            for value in [one.value for one in kept.values() if one.grant.open_id == open_id]:
                del kept[value]

    def drop_advertisers(self) -> None:
        for value in [one.value for one in self._access.values() if one.grant.kind == "advertiser"]:
            del self._access[value]

    def _keep(
        self, kept: dict[str, BusinessToken], kind: str, grant: BusinessGrant, expires_at: float | None
    ) -> BusinessToken:
        value = secrets.token_hex(20)
        self._issued.append(Issued(kind, value))
        token = kept[value] = BusinessToken(value, grant, expires_at)
        return token


def _unexpired(token: BusinessToken | None, now: float) -> BusinessToken | None:
    return token if token and (token.expires_at is None or token.expires_at > now) else None
