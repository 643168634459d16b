"""Embeds: pages of the console in an adopter's own site, for one of the adopter's users.

A link's secret is in the fragment, which a browser sends to no server. The page exchanges the secret for a token. It
keeps the token in memory and sends it in a header, because browsers block cookies of other sites. Each request reads
the key's row and RETURN_TO_ORIGINS again. So an embed ends when its key ends, or when its site is no longer listed.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from pydantic import SecretStr

from dropcast import clock
from dropcast.access.embed_store import Embed, EmbeddedPage, Outcome, StoredEmbed, get_embed, mark_opened, put_embed
from dropcast.access.key_store import ApiKey, get_key
from dropcast.access.pepper import keyed_hash
from dropcast.access.sessions import Session, session_of
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.connect.begin_consent import public_url
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.settings import listed, settings
from dropcast.url_origins import browsers_form, is_at, origin_of

EXPIRES_IN_MIN_S, EXPIRES_IN_MAX_S, EXPIRES_IN_S = 60, 3600, 600
AGAIN_S = 60
"""For how many seconds after its first use a link still works, because a browser may reload the adopter's page."""

# The pages need no other scope, even if the key has more.
_SCOPES = frozenset({"publish"})
_ID = re.compile(r"emb_[0-9a-z]{26}")
# An asterisk would let other sites frame the page. A browser sends a non-ASCII host name as punycode.
_ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class EmbedLink:
    """A link for one use. `expires_at`: when the link and its page end (seconds since the epoch)."""

    embed_id: str
    url: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class EmbedSession:
    """An embed whose page sent a valid secret or token, the page's session, and the outcome of its last consent."""

    embed: Embed
    session: Session
    outcome: Outcome


def make_embed(
    caller: Caller,
    embed_id: str,
    at: int,
    *,
    origin: str,
    page: EmbeddedPage,
    user_id: str | None = None,
    account_id: str | None = None,
    expires_in: int = EXPIRES_IN_S,
) -> EmbedLink | Problem:
    """A link to a page for the account `account_id`, or for all accounts of `user_id`. The link's id is `embed_id`.

    The link is valid for `expires_in` seconds from `at` (seconds since the epoch), but not longer than the caller's
    key. A second call with the same id returns the same link and does not renew it.
    Problems: `embed_origin_refused`, `account_not_found`, `not_found` (the key is bound to another user, or has
    ended), `invalid_request` (both `account_id` and `user_id` are given; or neither, and the key is bound to no user).
    """
    site = _site(origin)
    if site is None:
        return problem("embed_origin_refused")
    whose = _whose(caller, user_id, account_id)
    if isinstance(whose, Problem):
        return whose
    found = get_key(caller.key_id)
    if not found or found[0].status != "active":
        return problem("not_found", what="API key")
    key, _ = found
    ends_at = at + expires_in if key.expires_at is None else min(at + expires_in, key.expires_at)
    put_embed(Embed(embed_id, key.key_id, whose, account_id, site, page, ends_at), key.caller())
    return EmbedLink(embed_id, f"{public_url()}/embed/{embed_id}#{_derived('secret', embed_id)}", ends_at)


def find_embed(embed_id: str) -> Embed | None:
    """The embed, also for a day after its end. None if RETURN_TO_ORIGINS no longer lists its site."""
    stored = _stored(embed_id)
    return stored.embed if stored and _site(stored.embed.origin) else None


def is_embed_id(text: str) -> bool:
    """Whether `text` can be the id of an embed."""
    return _ID.fullmatch(text) is not None


def open_embed(embed_id: str, secret: str) -> tuple[EmbedSession, SecretStr] | Problem:
    """Exchange the link's secret for the token of its page. The secret works for AGAIN_S seconds after its first use.

    Problem: `embed_expired` (also if the secret is wrong, if the API key that created the embed has ended or changed,
    or if RETURN_TO_ORIGINS no longer contains the site).
    """
    if not _is_derived(secret, "secret", embed_id):
        return problem("embed_expired")
    found = _session(embed_id)
    if found is None or not mark_opened(embed_id, again_s=AGAIN_S):
        return problem("embed_expired")
    return found, SecretStr(_derived("token", embed_id))


def current_embed(embed_id: str, token: str) -> EmbedSession | None:
    """The embed whose page has this token.

    None if the embed or its key ended, if its row or its key changed, or if RETURN_TO_ORIGINS no longer lists its site.
    """
    return _session(embed_id) if _is_derived(token, "token", embed_id) else None


def _session(embed_id: str) -> EmbedSession | None:
    stored = _stored(embed_id)
    if stored is None or stored.embed.ends_at <= clock.now() or _site(stored.embed.origin) is None:
        return None
    embed = stored.embed
    found = get_key(embed.key_id)
    key = found[0] if found else None
    if key is None or key.status != "active" or not key.caller().may("publish") or not stored.is_of(key.caller()):
        return None
    session = session_of(embed_id, key, _caller(key, embed), embed.ends_at)
    return EmbedSession(embed, session, stored.outcome)


def _caller(key: ApiKey, embed: Embed) -> Caller:
    """The key's caller, limited to this embed's user and account, and to the scopes that embeds have."""
    return Caller(key.key_id, _SCOPES, embed.user_id, embed.account_id)


def _whose(caller: Caller, user_id: str | None, account_id: str | None) -> str | Problem:
    """The user of the embed."""
    if account_id is not None and user_id is not None:
        return problem("invalid_request", reason="name account_id or user_id, not both", fields=[])
    if account_id is not None:
        account = visible_account(account_id, caller)
        return account if isinstance(account, Problem) else account.user_id
    return caller.asked_user(user_id) or problem("invalid_request", reason="name account_id or user_id", fields=[])


def _site(origin: str) -> str | None:
    """The origin in the form that browsers use. None if RETURN_TO_ORIGINS does not list it."""
    found = origin_of(origin) if _ORIGIN.fullmatch(origin) else None
    return browsers_form(found) if found and is_at(origin, listed(settings().return_to_origins)) else None


def _stored(embed_id: str) -> StoredEmbed | None:
    return get_embed(embed_id) if is_embed_id(embed_id) else None


def _derived(use: str, embed_id: str) -> str:
    """A secret of the embed for this `use`. Only this deployment can derive it."""
    return urlsafe_b64encode(keyed_hash(f"embed_{use}#{embed_id}")).decode().rstrip("=")


def _is_derived(text: str, use: str, embed_id: str) -> bool:
    return hmac.compare_digest(text.encode(errors="replace"), _derived(use, embed_id).encode())
