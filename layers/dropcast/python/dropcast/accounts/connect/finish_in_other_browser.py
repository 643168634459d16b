"""Finishes a consent in a different browser from the one in which it began, for example in the TikTok app's browser.

Only connections with `confirm` can finish this way. The code that makes them active goes to `return_to`. The caller's
server sends this code to Dropcast together with the user of its own session. Until the person presses a button in this
other browser, Dropcast exchanges no code, uses up no state, and stores nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dropcast import clock, ids
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.begin_consent import (
    app_name,
    derived_secret,
    finish_cookie,
    may_return_to,
    return_url,
    was_form_sent_here,
)
from dropcast.accounts.connect.code_exchange_and_answer import (
    account_answer,
    code_from_query,
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
from dropcast.accounts.connect.finish_consent import await_first_request
from dropcast.accounts.connect.link_and_state_store import OAuthState, get_state, spend_state, spent_at
from dropcast.accounts.connect.save_connection import save_unconfirmed
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem


@dataclass(frozen=True)
class OtherBrowserOffer:
    """A callback that can finish in this browser. The page names the app and the user.

    `key` is in the page's form and in the cookie, so only a button pressed on the page sends both. The form is sent to
    the page's own address, so that no page contains TikTok's code.
    """

    app_name: str
    user_id: str
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class RecognisedAccount:
    """The TikTok account that the person checks before the caller gets the code that confirms the account."""

    app_name: str
    user_id: str
    account: Account
    state: str = field(repr=False)
    key: str = field(repr=False)


def offer(state_text: str, state: OAuthState, query: Mapping[str, str]) -> OtherBrowserOffer | Problem:
    """What to show in this browser.

    This function changes nothing, because a link preview that opens the address must not use up the OAuth state.
    """
    code = code_from_query(query)
    if isinstance(code, Problem):
        return code
    return OtherBrowserOffer(app_name(), state.link.user_id, finish_cookie(state_text), ids.new_secret())


def accept(query: Mapping[str, str], key: str, cookies: Mapping[str, str]) -> RecognisedAccount | Problem:
    """Use up the OAuth state and exchange the code, because the first button was pressed. This does not yet activate
    the account.

    A second press gets the same answer. Problems: `connection_not_started_here`, `connection_expired`, TikTok's
    refusals, `account_taken`, `tiktok_unanswered` (TikTok does not name the account).
    """
    state_text = query.get("state", "")
    if not was_form_sent_here(finish_cookie(state_text), key, cookies):
        return problem("connection_not_started_here")
    code = _confirming_code(state_text, key)
    state = get_state(state_text, "login")
    if state and state.link.confirm and spend_state(state_text, elsewhere=True):
        account = _exchange_and_save(state, query.get("code", ""), code)
    else:
        account = _await_earlier_press(state_text, code)
    if isinstance(account, Problem):
        return account
    return RecognisedAccount(app_name(), account.user_id, account, state_text, key)


def hand_over(form: Mapping[str, str], cookies: Mapping[str, str]) -> str | Problem:
    """The return_to with the code that confirms the account, after the second button was pressed.

    Problems: `connection_not_started_here`, `connection_expired`, `return_to_refused`.
    """
    state_text, key = form.get("state", ""), form.get("key", "")
    if not was_form_sent_here(finish_cookie(state_text), key, cookies):
        return problem("connection_not_started_here")
    code = _confirming_code(state_text, key)
    destination = get_code_destination(code)
    if not destination:
        return problem("connection_expired")
    if not may_return_to(destination.return_to):
        return problem("return_to_refused")
    return return_url(destination.return_to, account_answer(destination.account_id, destination.missing, code))


def _confirming_code(state_text: str, key: str) -> str:
    return derived_secret(key, f"code {state_text}")


def _exchange_and_save(state: OAuthState, tiktok_code: str, code: str) -> Account | Problem:
    """The account that TikTok's code belongs to. Its new tokens are stored under Dropcast's `code`, and are not in use
    yet.
    """
    grant = exchange_code(state, tiktok_code)
    if isinstance(grant, Problem):
        return grant
    link, granted_at = state.link, clock.now()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Problem):
        return account
    account = fetch_account_details(account, grant)
    if not (account.nickname or account.username):
        return problem("tiktok_unanswered", reason="TikTok did not name the account")
    confirmation = Confirmation(
        link.user_id,
        account.account_id,
        grant,
        granted_at,
        return_to=link.return_to,
        missing=missing_scopes(link.scopes, grant.scopes),
        other_browser=True,
    )
    put_confirmation(code, confirmation, clock.now() + CONFIRMATION_LIVES_S)
    return account


def _await_earlier_press(state_text: str, code: str) -> Account | Problem:
    """Wait for the account of an earlier press. The request of that press may still be calling TikTok."""
    destination = await_first_request(spent_at(state_text), lambda: get_code_destination(code))
    return (get_account(destination.account_id) if destination else None) or problem("connection_expired")
