"""Creates a one-time link once per Idempotency-Key."""

from base64 import urlsafe_b64encode
from collections.abc import Callable

from pydantic import BaseModel

from dropcast import clock, idempotency, ids
from dropcast.access.pepper import keyed_hash
from dropcast.accounts.connect.begin_consent import LINK_LIVES_S, ConnectLink, link_at
from dropcast.errors.problem import Problem

from .answers import Answer, refused, replayed, view
from .create_once import claim_name, request_body


class ConnectionView(BaseModel):
    """A link for one person and one use. It does not contain the person's identity."""

    connect_url: str
    expires_at: str


def create_link_once(key: str | None, start_path: str, make: Callable[[str | None], ConnectLink | Problem]) -> Answer:
    """Create a one-time link, or return the link that an earlier request with the same key created.

    The claim of an Idempotency-Key is the row that records the link's id. Dropcast stores the link before the claim. So
    every claim has a link, and no request creates a used link again. The link's secret is derived from the id in the
    claim and the pepper, so the claim does not contain the secret.
    """
    made = ids.new_id("lnk")
    link = make(None if key is None else _link_id(made))
    if isinstance(link, Problem):
        return refused(link)
    if key is None:
        return _link_answer(link)
    claim = idempotency.claim(claim_name(key), request_body(), made)
    if isinstance(claim, Problem):
        return refused(claim)
    answer = _link_answer(link_at(start_path, _link_id(claim.made), claim.at + LINK_LIVES_S))
    return answer if claim.first else replayed(answer)


def _link_answer(link: ConnectLink) -> Answer:
    return view(201, ConnectionView(connect_url=link.connect_url, expires_at=clock.iso(link.expires_at)))


def _link_id(made: str) -> str:
    digest = keyed_hash(f"link#{made}")
    return urlsafe_b64encode(digest).decode().rstrip("=")
