"""The session of the request that this process is answering."""

from contextvars import ContextVar

from dropcast.access.sessions import Session
from dropcast.caller import Caller

current: ContextVar[Session | None] = ContextVar("session", default=None)


def session() -> Session:
    """The session, in a route that `signed_in` guards. RuntimeError in other routes."""
    found = current.get()
    if found is None:
        raise RuntimeError("this route does not ask for a session")
    return found


def caller() -> Caller:
    """The caller: the API key with which the person is signed in."""
    return session().caller
