"""Finds a connected account, or lets the person connect one in a browser."""

from cli.doctor.account_checks import first_accounts, shown_name
from cli.output import print_note
from cli.setup.consent_outcome import refused_consent
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from dropcast import clock
from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.models import Account
from dropcast.clock import iso
from dropcast.errors.problem import CATALOGUE, Problem

_PAUSE_S = 2
_AGAIN = ("connect", "use_connected")


def find_connected(setup: Setup) -> Account | None:
    """The active account that was connected last: of this setup's user, or of all users if this user has none. None if
    no account is active.
    """
    ours = _active(accounts_of_user(_user_id(setup)))
    return max(ours or _active(first_accounts().accounts), key=lambda one: one.connected_at, default=None)


def _active(accounts: list[Account]) -> list[Account]:
    return [one for one in accounts if one.status == "active"]


def connect_account(setup: Setup) -> Found:
    """Use an account that is already connected, or wait until the person has connected one."""
    account = find_connected(setup)
    if account is None:
        wish = setup.yes("connect", "Connect your TikTok account now?")
        if isinstance(wish, NeedsAnswer):
            return wish
        return _connect(setup) if wish else Done("No account is connected. dropcast accounts connect makes a link.")
    name = shown_name(account)
    use = setup.yes("use_connected", f"{name} is connected already. Use it (answer no to connect another account)?")
    if isinstance(use, NeedsAnswer):
        return use
    return _chosen(setup, account, f"{name} is connected already.") if use else _connect(setup)


def _connect(setup: Setup) -> Found:
    """Print a link and wait until its consent has ended, for at most ten minutes."""
    began, user_id = clock.now(), _user_id(setup)
    link = begin_connection(user_id, None)
    if isinstance(link, Problem):
        return Failed(link.message, link.fix)
    print_note(f"Open this link in your browser. It works once, until {iso(link.expires_at)}:")
    print_note(link.connect_url)
    print_note("Waiting for your consent at TikTok …")
    while clock.now() < link.expires_at:
        clock.sleep(_PAUSE_S)
        for account in accounts_of_user(user_id):
            if account.status == "active" and account.connected_at >= began:
                return _chosen(setup, account, f"{shown_name(account)} is connected.")
        if code := refused_consent(user_id, began):
            return _refused(code)
    return Failed("The link has expired.", "Run the same command again for a new link.", _AGAIN)


def _refused(code: str) -> Failed:
    entry = next((one for known, one in CATALOGUE.items() if known == code), None)
    if code == "access_denied":
        return Failed("The consent was refused on TikTok's page.", "Connect again and agree.", _AGAIN)
    words = entry.message if entry else f"TikTok ended the consent ({code})."
    return Failed(words, entry.fix if entry else "See docs/connect.md#5-connect-an-account.", _AGAIN)


def _chosen(setup: Setup, account: Account, words: str) -> Done:
    setup.facts |= {"account_id": account.account_id, "user_id": account.user_id}
    return Done(words, (f"Its account_id: {account.account_id}",))


def _user_id(setup: Setup) -> str:
    return setup.answers.get("user_id", "me")
