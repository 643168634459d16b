"""Finishing a consent in another browser than the one that began, as where TikTok's app opens a browser of its own.

Only connections with `confirm` can: the code that makes them active goes to `return_to`, from where the caller's server
sends it with the user of its own session. Until a button is pressed here nothing is exchanged, spent or stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dropcast import clock, ids
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.code_exchange import (
    code_from_query,
    connected_url,
    exchange_code,
    fetch_account_details,
    missing_scopes,
)
from dropcast.accounts.connect.confirmation_store import (
    CONFIRMATION_LIVES_S,
    Confirmation,
    get_code_destination,
    put_confirmation,
)
from dropcast.accounts.connect.link_and_state_store import OAuthState, get_state, spend_state, spent_at
from dropcast.accounts.connect.oauth_flow import (
    app_name,
    derived_secret,
    finish_cookie,
    may_return_to,
    was_form_sent_here,
)
from dropcast.accounts.connect.outcome_replay import await_earlier_request
from dropcast.accounts.connect.save_connection import save_unconfirmed
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem


@dataclass(frozen=True)
class OtherBrowserOffer:
    """A way back from TikTok that has not been taken yet; its page says whose connection it would finish.

    `key` goes into the page's form and into the cookie: only a button that was pressed on the page sends both. The
    form goes to the page's own address, so TikTok's code stands in no page.
    """

    asker: str
    user_id: str
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class RecognisedAccount:
    """Whose TikTok account it is, for the person to see before the code that confirms it is sent to the caller."""

    asker: str
    user_id: str
    account: Account
    state: str = field(repr=False)
    key: str = field(repr=False)


def offer(state_text: str, state: OAuthState, query: Mapping[str, str]) -> OtherBrowserOffer | Problem:
    """What to show in this browser. It changes nothing: whatever opens the address must not use it up."""
    code = code_from_query(query)
    if isinstance(code, Problem):
        return code
    return OtherBrowserOffer(app_name(), state.link.user_id, finish_cookie(state_text), ids.new_secret())


def accept(query: Mapping[str, str], key: str, cookies: Mapping[str, str]) -> RecognisedAccount | Problem:
    """The first button was pressed: spend the state and exchange the code. The account stays inactive.

    Pressed again it leads to the same answer. Problems: `connection_not_started_here`, `connection_expired`, what
    TikTok refuses, `account_taken`, `tiktok_unanswered` (TikTok does not say whose account it is).
    """
    state_text = query.get("state", "")
    if not was_form_sent_here(finish_cookie(state_text), key, cookies):
        return problem("connection_not_started_here")
    code = _confirming_code(state_text, key)
    state = get_state(state_text, "login")
    if state and state.link.confirm and spend_state(state_text, elsewhere=True):
        account = _stored(state, query.get("code", ""), code)
    else:
        account = _stored_before(state_text, code)
    if isinstance(account, Problem):
        return account
    return RecognisedAccount(app_name(), account.user_id, account, state_text, key)


def hand_over(form: Mapping[str, str], cookies: Mapping[str, str]) -> str | Problem:
    """The second button was pressed: the return_to that the browser goes to, with the code that confirms the account.

    Problems: `connection_not_started_here`, `connection_expired`, `return_to_refused`.
    """
    state_text, key = form.get("state", ""), form.get("key", "")
    if not was_form_sent_here(finish_cookie(state_text), key, cookies):
        return problem("connection_not_started_here")
    code = _confirming_code(state_text, key)
    back = get_code_destination(code)
    if not back:
        return problem("connection_expired")
    if not may_return_to(back.return_to):
        return problem("return_to_refused")
    return connected_url(back.return_to, back.account_id, back.missing, code)


def _confirming_code(state_text: str, key: str) -> str:
    return derived_secret(key, f"code {state_text}")


def _stored(state: OAuthState, tiktok_code: str, code: str) -> Account | Problem:
    """The account behind TikTok's code, inactive, and its tokens kept under our `code`."""
    grant = exchange_code(state, tiktok_code)
    if isinstance(grant, Problem):
        return grant
    link, granted_at = state.link, clock.now()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Problem):
        return account
    account = fetch_account_details(account, grant)
    if not (account.nickname or account.username):
        return problem("tiktok_unanswered", reason="TikTok did not say whose account this is")
    waiting = Confirmation(
        link.user_id,
        account.account_id,
        grant,
        granted_at,
        return_to=link.return_to,
        missing=missing_scopes(link.scopes, grant.scopes),
        other_browser=True,
    )
    put_confirmation(code, waiting, clock.now() + CONFIRMATION_LIVES_S)
    return account


def _stored_before(state_text: str, code: str) -> Account | Problem:
    """The account of an earlier press. While that may still be asking TikTok, wait for it."""
    back = await_earlier_request(spent_at(state_text), lambda: get_code_destination(code))
    return (get_account(back.account_id) if back else None) or problem("connection_expired")
