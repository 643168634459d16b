"""The two pages on which a consent is finished in another browser than the one that began."""

import re
from html import escape
from urllib.parse import urlsplit

from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer, RecognisedAccount
from dropcast.accounts.connect.pages import HEADERS, form, shown_user, whole_page
from dropcast.accounts.models import Account

# What may stand in a Content-Security-Policy as the origin of a picture.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def render_finish_page(elsewhere: OtherBrowserOffer) -> str:
    """Which app asked and for whom, and the button that goes on, in HTML."""
    asker = f"<b>{escape(elsewhere.asker)}</b>"
    body = [
        f"<p>{asker} asked to connect a TikTok account{_whose(elsewhere.user_id)}. That began in another browser than "
        "this one, which TikTok opened. Nothing is connected yet.</p>",
        form(None, "Continue", {"key": elsewhere.key}),
        f'<p class="soft">Go on only if you came from {asker} and agreed on TikTok\'s page just now. If somebody sent '
        "you this address, close this page.</p>",
    ]
    return whole_page("Go on here?", body)


def render_recognise_page(recognised: RecognisedAccount) -> str:
    """Whose TikTok account it is, and the button that gives it to the app, in HTML."""
    asker = f"<b>{escape(recognised.asker)}</b>"
    fields = {"state": recognised.state, "key": recognised.key}
    body = [
        _who(recognised.account),
        f"<p>{asker} will be able to use this TikTok account{_whose(recognised.user_id)}.</p>",
        form("/oauth/tiktok/finish", "This is my account, connect it", fields),
        '<p class="soft">If it is not your TikTok account, or not what you wanted, close this page. It will not be '
        "connected.</p>",
    ]
    return whole_page("Is this your TikTok account?", body)


def recognise_headers(recognised: RecognisedAccount) -> dict[str, str]:
    """The headers of that page: as for all of ours, and the account's picture may be loaded from where it lies."""
    origin = _picture_origin(recognised.account)
    policy = HEADERS["Content-Security-Policy"] + (f"; img-src {origin}" if origin else "")
    return HEADERS | {"Content-Security-Policy": policy}


def _whose(user_id: str) -> str:
    return shown_user(user_id) or " for one of its users"


def _who(account: Account) -> str:
    picture = f'<img src="{escape(account.avatar_url or "")}" alt="">' if _picture_origin(account) else ""
    names = [f"<b>{escape(account.nickname)}</b>" if account.nickname else ""]
    names += [f"@{escape(account.username)}" if account.username else ""]
    return f'<p class="who">{picture}<span>{"<br>".join(name for name in names if name)}</span></p>'


def _picture_origin(account: Account) -> str | None:
    if not account.avatar_url:
        return None
    parts = urlsplit(account.avatar_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else None
