"""Connects an account from an embedded page. A separate window leads to TikTok, and the page polls for the outcome.

TikTok's page may prevent the two windows from sending each other messages. So the separate window returns to an address
that contains a secret of this consent. With this secret it stores the outcome in the embed's row.
"""

from typing import Final, Literal

from dropcast import ids
from dropcast.access.embed_store import Outcome, put_attempt, put_outcome
from dropcast.access.embeds import EmbedSession, is_embed_id
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.connect.begin_consent import ConnectLink, public_url
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, known_code, problem
from dropcast.idempotency import hashed

_ID_MAX = 64

OTHER_ACCOUNT: Final = "other account"
"""The person connected an account other than the one that the embed offers."""


def begin_embedded_connection(found: EmbedSession) -> ConnectLink | Problem:
    """A one-time link for the embed's user. Problems: as for `begin_connection`."""
    attempt, embed = ids.new_secret(), found.embed
    link = begin_connection(embed.user_id, f"{public_url()}/embed/{embed.embed_id}/connected?attempt={attempt}")
    if isinstance(link, ConnectLink):
        put_attempt(embed.embed_id, hashed(attempt))
    return link


def save_embedded_outcome(embed_id: str, attempt: str, *, connected: str | None, error: str | None) -> None:
    """Store the outcome with which the browser came back from TikTok: the account `connected`, or the code `error`.

    Stores nothing for an unknown `attempt`, or for an id that no row can have.
    """
    if is_embed_id(embed_id) and len(connected or "") <= _ID_MAX:
        outcome = Outcome(error=known_code(error)) if error else Outcome(account_id=connected)
        put_outcome(embed_id, hashed(attempt), outcome)


def embedded_outcome(found: EmbedSession) -> Account | Problem | Literal["other account"] | None:
    """The connected account, OTHER_ACCOUNT, or the reason why none was connected. None if no consent has ended yet."""
    if found.outcome.error:
        return problem(known_code(found.outcome.error))
    if found.outcome.account_id is None:
        return None
    if found.embed.account_id not in (None, found.outcome.account_id):
        return OTHER_ACCOUNT
    return visible_account(found.outcome.account_id, found.session.caller)
