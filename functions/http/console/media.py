"""The media in the bucket: previews for a post, and the list from which a person can choose a stored object."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem
from dropcast.publishing.posting_page.media_in_bucket import list_media
from dropcast.publishing.posting_page.previews import preview_url

from .answers import json, json_problem, partial
from .embedded import in_both
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@in_both(router, "GET", "/media", "publish", "draft")
def show_media() -> Response[str]:
    """A URL of an object in the bucket, for the page's scripts. The URL is a secret and works for an hour."""
    key = BaseRouter.current_event.query_string_parameters.get("key", "")
    url = preview_url(key, caller())
    return json_problem(url) if isinstance(url, Problem) else json(200, {"url": url.get_secret_value()})


@router.get("/console/accounts/<account_id>/post/bucket", middlewares=signed_in("publish", "draft"))
def show_bucket(account_id: str) -> Response[str]:
    """One page of a folder of the bucket: its subfolders, and its objects of one kind (videos or photos)."""
    query = BaseRouter.current_event.query_string_parameters
    found = list_media(caller(), query.get("folder", ""), query.get("next"))
    if isinstance(found, Problem):
        return refused(found)
    kind = query.get("kind", "video")
    objects = [one for one in found.objects if one.kind == kind]
    return partial("bucket.html", "listing", account_id=account_id, kind=kind, found=found, objects=objects)
