"""Converts the request of a publish to the form in which a plan's row stores it, and back."""

from typing import Any

from pydantic import SecretBytes, SecretStr

from dropcast.publishing.model.request import PublishRequest, UrlSource
from dropcast.publishing.plans.plan import Plan, publish_of
from dropcast.publishing.sources.sealed_urls import seal_url, unseal_url


def request_to_row(request: PublishRequest) -> dict[str, Any]:
    """The body of the request without its defaults and without a URL, because a URL may contain a signature."""
    hidden = {"source": {"url"}} if isinstance(request.source, UrlSource) else None
    return request.model_dump(mode="json", exclude_defaults=True, exclude=hidden)


def sealed_source_url(request: PublishRequest, plan_id: str) -> SecretBytes | None:
    """The URL of the request's source, encrypted for the plan. None if the source is no URL."""
    if not isinstance(request.source, UrlSource):
        return None
    return seal_url(SecretStr(request.source.url), plan_id, "source_url")


def planned_request(plan: Plan) -> PublishRequest:
    """The request of a planned publish, as its caller sent it. TypeError for a plan of another action."""
    body = publish_of(plan).request
    if plan.source_url_sealed is not None:
        url = unseal_url(plan.source_url_sealed, plan.plan_id, "source_url")
        body = body | {"source": body["source"] | {"url": url.get_secret_value()}}
    return PublishRequest.model_validate(body)
