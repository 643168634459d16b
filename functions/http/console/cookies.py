"""The console's cookies. Their names and flags depend on the scheme of PUBLIC_URL."""

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from dropcast.accounts.connect.begin_consent import cookie_is_secure
from dropcast.browser_requests import cookies_of

SESSION = "dropcast_session"
SIGN_IN = "dropcast_sign_in"
_ZONE = "dropcast_zone"


def read_cookie(name: str) -> str:
    """The value of the cookie `name` (SESSION or SIGN_IN), or "" if the browser did not send this cookie."""
    return cookies_of(BaseRouter.current_event.raw_event).get(_name(name), "")


def read_zone() -> str:
    """The name of the browser's time zone, which calendar_zone.js stored, or ""."""
    return cookies_of(BaseRouter.current_event.raw_event).get(_ZONE, "")


def cookie(name: str, value: str, lives_s: int, same_site: SameSite = SameSite.LAX_MODE) -> Cookie:
    """A cookie for this host only, hidden from scripts. `lives_s`: its lifetime in seconds. 0 deletes the cookie."""
    return Cookie(
        _name(name),
        value,
        path="/",
        secure=cookie_is_secure(),
        http_only=True,
        max_age=lives_s,
        same_site=same_site,
    )


def _name(name: str) -> str:
    """The cookie's name.

    Browsers accept a cookie with the prefix __Host- only over https and only for the host that set it.
    """
    return f"__Host-{name}" if cookie_is_secure() else name
