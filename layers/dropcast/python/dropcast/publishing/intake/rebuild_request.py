"""Rebuilds the request of a stored publish, so that an edit or a retry is validated like a new request."""

from typing import Any

from pydantic import ValidationError

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Photos, Publish, PulledUrl, Source
from dropcast.publishing.model.request import PublishRequest, option_errors
from dropcast.publishing.sources.sealed_urls import source_url

_OBJECT = {"bucket", "key", "version_id"}


def rebuild_request(publish: Publish, changes: dict[str, Any]) -> PublishRequest | Problem:
    """The publish's request, with `changes` applied to its fields. Pinned objects keep their version.

    The request does not contain the consent, which the publish's row keeps.

    Problem: invalid_request, or nothing_to_repeat (a drop whose options could not be read).
    """
    if publish.options is None:
        return problem("nothing_to_repeat")
    body = publish.options.model_dump(exclude_defaults=True) | {
        "account_id": publish.account_id,
        "kind": publish.kind,
        "mode": publish.mode,
        "via": publish.via,
        "source": _source(publish),
        "reference": publish.reference,
        "metadata": publish.metadata,
    }
    try:
        return PublishRequest.model_validate(body | changes)
    except ValidationError as error:
        fields = option_errors(error)
        reason = "; ".join(f"{one['field']}: {one['reason']}" for one in fields)
        return problem("invalid_request", reason=reason, fields=fields)


def _source(publish: Publish) -> dict[str, Any]:
    match publish.source:
        case Source() as video:
            return {"type": "s3", **video.model_dump(include=_OBJECT)}
        case Photos(items=items):
            return {"type": "photos", "items": [item.model_dump(include=_OBJECT) for item in items]}
        case PulledUrl():
            return {"type": "url", "url": source_url(publish).get_secret_value()}
