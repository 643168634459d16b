"""/console/publishes/{publish_id}: a publish from its acceptance to TikTok's verdict."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.model.views import post_urls
from dropcast.publishing.store.visible_publish import visible_publish

from .answers import page, partial
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_WORDS: dict[State, tuple[str, str]] = {
    State.QUEUED: ("Queued", "Dropcast checks the file and the account next."),
    State.HELD: ("Waiting", "Dropcast continues by itself at the time below."),
    State.STARTING: ("Starting", "Dropcast asks TikTok to take the post."),
    State.UPLOADING: ("Sending", "Dropcast sends the file to TikTok."),
    State.PROCESSING: ("Processing", "TikTok has the post and processes it. This may take a few minutes."),
    State.IN_INBOX: ("In the inbox", "The draft is in the inbox of the TikTok app. The creator finishes it there."),
    State.PUBLISHED: ("Published", "The post is on TikTok."),
    State.FAILED: ("Failed", "TikTok has no post from this."),
    State.UNKNOWN: (
        "Unknown",
        "TikTok may or may not have posted this. Look at the TikTok profile before you post again.",
    ),
    State.CANCELLED: ("Cancelled", "Nothing was posted."),
}
_ENDINGS: dict[State, str] = {
    State.PUBLISHED: "done",
    State.IN_INBOX: "done",
    State.FAILED: "failed",
    State.UNKNOWN: "waits",
    State.CANCELLED: "waits",
}


@router.get("/console/publishes/<publish_id>", middlewares=signed_in("read", "publish", "draft"))
def show_publish(publish_id: str) -> Response[str]:
    """The publish, with its progress."""
    found = visible_publish(publish_id, caller())
    if isinstance(found, Problem):
        return refused(found)
    query = BaseRouter.current_event.query_string_parameters
    return page("publish.html", **_values(found), sent_form=query.get("sent", ""))


@router.get("/console/publishes/<publish_id>/progress", middlewares=signed_in("read", "publish", "draft"))
def show_progress(publish_id: str) -> Response[str]:
    """The part of the page that changes. The page asks for it until the publish rests."""
    found = visible_publish(publish_id, caller())
    return refused(found) if isinstance(found, Problem) else partial("publish.html", "progress", **_values(found))


def _values(publish: Publish) -> dict[str, Any]:
    name, words = _WORDS[publish.state]
    return {
        "publish": publish,
        "state_name": name,
        "state_words": words,
        "ending": _ENDINGS.get(publish.state, "waits"),
        "rests": publish.state in RESTING,
        "post_urls": post_urls(publish),
        "history": [(line.at, _WORDS[line.state][0], line.code) for line in publish.history],
    }
