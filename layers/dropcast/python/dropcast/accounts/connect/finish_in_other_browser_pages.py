"""The two pages that finish a consent in a different browser from the one in which it began."""

import re
from html import escape
from urllib.parse import urlsplit

from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer, RecognisedAccount
from dropcast.accounts.connect.pages import HEADERS, form, shown_user, whole_page
from dropcast.accounts.models import Account

# An origin that can be written in a Content-Security-Policy.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def render_finish_page(offer: OtherBrowserOffer) -> str:
    """The page in HTML with the app, the user, and the button that continues in this browser."""
    app = f"<b>{escape(offer.app_name)}</b>"
    body = [
        f"<p>{app} asked to connect a TikTok account{_for_user(offer.user_id)}. You began in another browser, and "
        "TikTok opened this one. Nothing is connected yet.</p>",
        form(None, "Continue", {"key": offer.key}),
        f'<p class="soft">Continue only if you came from {app} and agreed on TikTok\'s page just now. If another '
        "person sent you this address, close this page.</p>",
    ]
    return whole_page("Continue here?", body)


def render_recognise_page(recognised: RecognisedAccount) -> str:
    """The page in HTML with the TikTok account, and the button that connects the account to the app."""
    app = f"<b>{escape(recognised.app_name)}</b>"
    fields = {"state": recognised.state, "key": recognised.key}
    body = [
        _account_card(recognised.account),
        f"<p>{app} will be able to use this TikTok account{_for_user(recognised.user_id)}.</p>",
        form("/oauth/tiktok/finish", "This is my account, connect it", fields),
        '<p class="soft">If it is not your TikTok account, or if you do not want this, close this page. The account '
        "will not be connected.</p>",
    ]
    return whole_page("Is this your TikTok account?", body)


def recognise_headers(recognised: RecognisedAccount) -> dict[str, str]:
    """The headers of the page that shows the TikTok account. They also let the page load the account's picture."""
    origin = _picture_origin(recognised.account)
    policy = HEADERS["Content-Security-Policy"] + (f"; img-src {origin}" if origin else "")
    return HEADERS | {"Content-Security-Policy": policy}


def _for_user(user_id: str) -> str:
    return shown_user(user_id) or " for one of its users"


def _account_card(account: Account) -> str:
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
