"""One-time links, and the OAuth states that replace them. DynamoDB stores only hashes of ids and states.

Rows have `expires_at` for the table's TTL. DynamoDB deletes them late, so this module checks the time too.
"""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Literal

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import dynamo, vault
from dropcast.aws.tables import CONNECTIONS, EXISTING, Item

# The consent page to which a link leads: the open API's page, or one of the two pages of TikTok API for Business.
ConsentKind = Literal["login", "advertiser", "account"]


@dataclass(frozen=True)
class Link:
    """A one-time link: the user of the new connection, the address to which the browser returns, and the requested
    scopes.

    `confirm`: the account is inactive until the caller confirms it. `account_id`: the account whose comments a business
    connection will serve.
    """

    user_id: str
    return_to: str | None
    scopes: tuple[str, ...] = ()
    confirm: bool = False
    consent: ConsentKind = "login"
    account_id: str | None = None


@dataclass(frozen=True)
class Attempt:
    """The secrets that bind one browser's consent at TikTok: `state` in the address, and `browser` in a cookie.

    `expires_at` is in seconds since the epoch. `verifier` and `challenge` belong to PKCE, if the consent uses PKCE.
    """

    state: str = field(repr=False)
    browser: str = field(repr=False)
    expires_at: int
    verifier: SecretStr | None = None
    challenge: str | None = None


@dataclass(frozen=True)
class OAuthState:
    """The state of a browser that was sent to TikTok. `browser_hash`: the hash of the secret in the cookie."""

    link: Link
    browser_hash: str
    sealed_verifier: bytes | None
    challenge: str | None
    state_hash: str

    def verifier(self) -> SecretStr:
        """The decrypted PKCE verifier. ValueError for a consent without PKCE."""
        if self.sealed_verifier is None:
            raise ValueError("TikTok API for Business has no PKCE")
        return vault.unseal(self.sealed_verifier, _context(self.state_hash))


@dataclass(frozen=True)
class Outcome:
    """The outcome of a consent: the id of the new connection (`connected`), or the code of the problem (`error`).

    `missing`: the requested scopes that TikTok did not grant. `log_id`: TikTok's id of the call.
    """

    connected: str | None = None
    missing: tuple[str, ...] = ()
    error: str | None = None
    log_id: str | None = None


@dataclass(frozen=True)
class SpentState:
    """A state that was used at `at` (seconds since the epoch), and its outcome once it is known.

    `browser_hash` is the hash of the secret in the cookie of the browser that used the state. It is empty if the
    consent began in another browser.
    """

    link: Link
    browser_hash: str
    at: int
    outcome: Outcome | None


def hashed(secret: str) -> str:
    """The hash that is stored in place of a random id, state or cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def put_link(link_id: str, link: Link, expires_at: int) -> None:
    """Store a new link until `expires_at` (seconds since the epoch)."""
    CONNECTIONS.put(_link_key(link_id) | _link_values(link) | {"expires_at": expires_at})


def get_link(link_id: str, *consents: ConsentKind) -> Link | None:
    """The link. None if it was used or expired, never existed, or if its kind of consent is not in `consents`."""
    item = _live(_link_key(link_id))
    link = _link(item) if item else None
    return link if link and link.consent in consents else None


def begin_attempt(link_id: str, link: Link, attempt: Attempt) -> OAuthState | None:
    """Replace the link by its only state, in one write. None if the link was already used."""
    verifier = attempt.verifier
    item = (
        _state_key(hashed(attempt.state))
        | _link_values(link)
        | {
            "browser_hash": hashed(attempt.browser),
            "verifier": vault.seal(verifier, _context(hashed(attempt.state))) if verifier else None,
            "challenge": attempt.challenge,
            "expires_at": attempt.expires_at,
        }
    )
    entries = [CONNECTIONS.delete_entry(_link_key(link_id), EXISTING), CONNECTIONS.put_entry(item)]
    return _state(item, attempt.state) if dynamo.write_all(entries) else None


def get_state(state: str, *consents: ConsentKind) -> OAuthState | None:
    """The state. None if it was used or expired, never existed, or if its kind of consent is not in `consents`."""
    item = _live(_state_key(hashed(state)))
    found = _state(item, state) if item else None
    return found if found and found.link.consent in consents else None


def spend_state(state: str, *, elsewhere: bool = False) -> bool:
    """Mark the state as used. False if it was already used. The table's TTL deletes it later.

    elsewhere: the consent began in a different browser from the one that uses the state. Then neither browser may see
    the outcome.
    """
    update = f"SET spent_at = :now REMOVE verifier{', browser_hash' if elsewhere else ''}"
    unspent = f"{EXISTING} AND attribute_not_exists(spent_at)"
    return CONNECTIONS.update_if(_state_key(hashed(state)), update, unspent, {"now": clock.now()})


def spent_at(state: str) -> int:
    """When the state was used, in seconds since the epoch. 0 if it is unused or does not exist."""
    return (CONNECTIONS.get(_state_key(hashed(state))) or {}).get("spent_at", 0)


def put_outcome(state: str, outcome: Outcome, expires_at: int) -> None:
    """Store the outcome of a used state until `expires_at` (seconds since the epoch)."""
    CONNECTIONS.update_if(
        _state_key(hashed(state)),
        "SET outcome = :outcome, expires_at = :expires_at",
        "attribute_exists(spent_at)",
        {"outcome": asdict(outcome), "expires_at": expires_at},
    )


def get_spent_state(state: str, *consents: ConsentKind) -> SpentState | None:
    """The used state. None if it is unused or expired, or if its kind of consent is not in `consents`."""
    item = CONNECTIONS.get(_state_key(hashed(state)))
    if not item or "spent_at" not in item or item["expires_at"] <= clock.now():
        return None
    link, kept = _link(item), item.get("outcome")
    outcome = Outcome(kept["connected"], tuple(kept["missing"]), kept["error"], kept["log_id"]) if kept else None
    return (
        SpentState(link, item.get("browser_hash", ""), item["spent_at"], outcome) if link.consent in consents else None
    )


def _live(key: Item) -> Item | None:
    item = CONNECTIONS.get(key)
    return item if item and item["expires_at"] > clock.now() and "spent_at" not in item else None


def _state(item: Item, state: str) -> OAuthState:
    verifier = item.get("verifier")
    return OAuthState(
        link=_link(item),
        browser_hash=item["browser_hash"],
        sealed_verifier=bytes(verifier) if verifier else None,
        challenge=item.get("challenge"),
        state_hash=hashed(state),
    )


def _link_values(link: Link) -> Item:
    return {**asdict(link), "scopes": list(link.scopes)}


def _link(item: Item) -> Link:
    return Link(
        item["user_id"],
        item.get("return_to"),
        tuple(item["scopes"]),
        item["confirm"],
        item.get("consent", "login"),
        item.get("account_id"),
    )


def _link_key(link_id: str) -> Item:
    return {"pk": f"link#{hashed(link_id)}"}


def _state_key(state_hash: str) -> Item:
    return {"pk": f"state#{state_hash}"}


def _context(state_hash: str) -> dict[str, str]:
    return {"connection": state_hash, "kind": "verifier"}
