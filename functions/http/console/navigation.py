"""The menu of the console's pages."""

from dataclasses import dataclass

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from dropcast.caller import Caller, Scope

from . import request_session


@dataclass(frozen=True)
class _Entry:
    """A page in the menu. A session's menu shows it if the session's key has one of `scopes`.

    unbound: the menu shows it only if the key is bound to no user.
    """

    path: str
    words: str
    scopes: tuple[Scope, ...] = ("read",)
    unbound: bool = False


@dataclass(frozen=True)
class Link:
    """An entry of the menu. is_current: the person is on this page or on a page below it. The overview is current only
    on its own page.
    """

    path: str
    words: str
    is_current: bool


OVERVIEW = "/console"

_ENTRIES = (
    _Entry(OVERVIEW, "Overview"),
    _Entry("/console/publishes", "Publishes"),
    _Entry("/console/calendar", "Calendar"),
    _Entry("/console/accounts", "Accounts"),
    _Entry("/console/trends", "Trends"),
    _Entry("/console/keys", "Keys", ("admin",), unbound=True),
    _Entry("/console/webhooks", "Webhooks", unbound=True),
    _Entry("/console/health", "Health"),
)


def menu() -> list[Link]:
    """The pages that the session's key can open. Empty without a session."""
    session = request_session.current.get()
    if session is None:
        return []
    shown = BaseRouter.current_event.path
    offered = [entry for entry in _ENTRIES if _is_offered(entry, session.caller)]
    return [Link(one.path, one.words, _is_at_or_below(shown, one.path)) for one in offered]


def _is_offered(entry: _Entry, caller: Caller) -> bool:
    return any(map(caller.may, entry.scopes)) and not (entry.unbound and caller.user_id is not None)


def _is_at_or_below(shown: str, path: str) -> bool:
    return shown == path if path == OVERVIEW else f"{shown}/".startswith(f"{path}/")
