"""Issues, rotates, expires and revokes authorization codes, access and refresh tokens (protocol sections 1.2-1.6)."""

import secrets
from collections import deque
from dataclasses import dataclass

SECRETS_KEPT = 50_000


@dataclass(frozen=True)
class Code:
    value: str
    open_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    expires_at: float


@dataclass(frozen=True)
class Token:
    """An access or refresh token. Both tokens of an authorization have the same `authorization` number."""

    value: str
    open_id: str
    scopes: tuple[str, ...]
    authorization: int
    expires_at: float


@dataclass(frozen=True)
class Issued:
    """An issued secret, which may have expired."""

    kind: str
    value: str


class Tokens:
    def __init__(self) -> None:
        self.issued: deque[Issued] = deque(maxlen=SECRETS_KEPT)
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._authorizations = 0

    def new_code(
        self, open_id: str, scopes: tuple[str, ...], redirect_uri: str, challenge: str | None, expires_at: float
    ) -> Code:
        value = f"{secrets.token_urlsafe(32)}*1!{secrets.randbelow(9000) + 1000}.va"
        self.issued.append(Issued("code", value))
        code = self._codes[value] = Code(value, open_id, scopes, redirect_uri, challenge, expires_at)
        return code

    def use_code(self, value: str) -> Code | None:
        """Remove and return a code. It can be used only once, even if the request is refused."""
        return self._codes.pop(value, None)

    def new_authorization(self) -> int:
        self._authorizations += 1
        return self._authorizations

    def new_access(self, open_id: str, scopes: tuple[str, ...], authorization: int, expires_at: float) -> Token:
        return self._keep(self._access, "act", open_id, scopes, authorization, expires_at)

    def new_refresh(self, open_id: str, scopes: tuple[str, ...], authorization: int, expires_at: float) -> Token:
        return self._keep(self._refresh, "rft", open_id, scopes, authorization, expires_at)

    def access(self, value: str, now: float) -> Token | None:
        token = self._access.get(value)
        return token if token and token.expires_at > now else None

    def use_refresh(self, value: str, now: float) -> Token | None:
        """Remove and return a refresh token, because it can be used only once."""
        token = self._refresh.pop(value, None)
        return token if token and token.expires_at > now else None

    def owner(self, value: str) -> str | None:
        """The open_id of a token's creator, even if the token has expired."""
        token = self._access.get(value) or self._refresh.get(value)
        return token.open_id if token else None

    def drop_access_of(self, authorization: int) -> None:
        self._access = {key: one for key, one in self._access.items() if one.authorization != authorization}

    def drop_creator(self, open_id: str) -> None:
        self._codes = {key: code for key, code in self._codes.items() if code.open_id != open_id}
        self._access = {key: token for key, token in self._access.items() if token.open_id != open_id}
        self._refresh = {key: token for key, token in self._refresh.items() if token.open_id != open_id}

    def granted(self, open_id: str, now: float) -> set[str]:
        """The scopes of the creator's unexpired authorizations."""
        alive = [one for one in self._refresh.values() if one.open_id == open_id and one.expires_at > now]
        return {scope for token in alive for scope in token.scopes}

    def _keep(
        self,
        kept: dict[str, Token],
        kind: str,
        open_id: str,
        scopes: tuple[str, ...],
        authorization: int,
        expires_at: float,
    ) -> Token:
        value = f"{kind}.{secrets.token_urlsafe(40)}!{secrets.randbelow(9000) + 1000}.va"
        self.issued.append(Issued("access_token" if kind == "act" else "refresh_token", value))
        token = kept[value] = Token(value, open_id, scopes, authorization, expires_at)
        return token
