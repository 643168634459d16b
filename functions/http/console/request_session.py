"""The session of the current request, and the address below which its pages are."""

from contextvars import ContextVar

from dropcast.access.embeds import EmbedSession
from dropcast.access.sessions import Session
from dropcast.caller import Caller

current: ContextVar[Session | None] = ContextVar("session", default=None)
current_embed: ContextVar[EmbedSession | None] = ContextVar("embed", default=None)


def session() -> Session:
    """The session of the request. RuntimeError unless `signed_in` or `embedded` guards the route."""
    found = current.get()
    if found is None:
        raise RuntimeError("this route does not ask for a session")
    return found


def caller() -> Caller:
    """The caller: the API key with which the person signed in, or the embed."""
    return session().caller


def embed() -> EmbedSession:
    """The embed of the request. RuntimeError unless `embedded` guards the route."""
    found = current_embed.get()
    if found is None:
        raise RuntimeError("this route does not ask for an embed")
    return found


def home() -> str:
    """The address below which the pages of this request are: the console's or the embed's."""
    found = current_embed.get()
    return f"/embed/{found.embed.embed_id}" if found else "/console"
