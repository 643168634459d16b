"""/embed/{embed_id}/publishes/{publish_id}: shows the progress of a publish of an embed's user."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.model.views import post_urls
from dropcast.publishing.store.visible_publish import visible_publish

from .answers import page, partial
from .embedded import embedded
from .publish_words import STATES
from .request_session import caller
from .signed_in import refused

router = APIGatewayHttpRouter()


@router.get("/embed/<embed_id>/publishes/<publish_id>", middlewares=embedded("post"))
def show_embedded_publish(embed_id: str, publish_id: str) -> Response[str]:
    """The page of the publish. It has a link to the form for a new post."""
    found = visible_publish(publish_id, caller())
    if isinstance(found, Problem):
        return refused(found)
    sent_form = BaseRouter.current_event.query_string_parameters.get("sent", "")
    return page("embed_publish.html", **_values(found), sent_form=sent_form)


@router.get("/embed/<embed_id>/publishes/<publish_id>/progress", middlewares=embedded("post"))
def show_embedded_progress(embed_id: str, publish_id: str) -> Response[str]:
    """The part of the page that changes. The script of this part reports each new state to the adopter's site."""
    found = visible_publish(publish_id, caller())
    return refused(found) if isinstance(found, Problem) else partial("embed_publish.html", "progress", **_values(found))


def _values(publish: Publish) -> dict[str, Any]:
    return {
        "publish": publish,
        "state": STATES[publish.state],
        "rests": publish.state in RESTING,
        "post_urls": post_urls(publish),
    }
