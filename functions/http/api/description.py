"""The API's own description: /openapi.json for programs, /docs for people."""

import inspect
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from .answers import json as as_json
from .document_walk import Schema, components, operations

_WORDS = """\
Publish to TikTok from your own AWS account. Send an API key as `Authorization: Bearer <key>`; a key has the scopes
read, publish, draft or admin, and may be bound to one of your users: then it sees that user's things alone. Every
refusal has a code, plain words, the fix and what helps next; the gateway's own are `{message}`.
"""
_INFO = {
    "contact": {"name": "The operator of this deployment"},
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}
_TAGS = {
    "accounts": "The connected accounts, what they can do, their videos and the comments below them.",
    "business-connections": "Consents to TikTok API for Business, for comments and trends.",
    "connections": "Links under which people connect their TikTok accounts.",
    "events": "What Dropcast sends to webhook endpoints.",
    "health": "Whether the deployment works, for monitors.",
    "keys": "API keys.",
    "preflight": "What would become of a publish.",
    "publishes": "Publishing, what was published, and how it went.",
    "trends": "What trends on TikTok.",
    "uploads": "Files on their way into the deployment's bucket.",
    "webhook-endpoints": "Where events are sent, and how that went.",
}
_PARAMETERS = {
    "account_id": "The account.",
    "comment_id": "TikTok's id of the comment.",
    "connection_id": "The business connection.",
    "endpoint_id": "The webhook endpoint.",
    "idempotency-key": "Any text of yours: the same request with the same key is carried out once.",
    "if-none-match": "The ETag of an earlier answer.",
    "key_id": "The API key.",
    "limit": "How many a page may hold.",
    "mark": "What is done to the comment.",
    "next": "The `next` of the page before.",
    "order": "Whether the first is the lowest or the highest.",
    "publish_id": "The publish.",
    "sort": "What they are sorted by.",
    "state": "Where they stand.",
    "status": "How they stand.",
    "upload_id": "The upload.",
    "user_id": "Your own id of the person.",
    "video_id": "TikTok's id of the video.",
}
_THE_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_ON_THE_PAGE = {
    "<html>": '<html lang="en">',
    "<title>Swagger UI": "<title>Dropcast API",
    'currentUrl.pathname + "?format=json"': '"/openapi.json"',
}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def describe(app: APIGatewayHttpResolver) -> None:
    """Add the routes that tell of all others, open to everybody."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[Any]:  # pyright: ignore[reportUnusedFunction]
        """This API's own description."""
        return as_json(200, document(app))

    @app.get("/docs", include_in_schema=False, compress=True)
    def docs() -> Response[Any]:  # pyright: ignore[reportUnusedFunction]
        """The same as a page on which requests can be tried."""
        return Response(200, "text/html; charset=utf-8", _page(app), headers={**_PAGE_HEADERS})


@lru_cache
def document(app: APIGatewayHttpResolver) -> Schema:
    """The OpenAPI 3.1 document of `app`, without what the framework says of itself and we never answer."""
    # Slow to import, and only the document needs it.
    from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

    from .document_answers import tell_answers
    from .document_enums import name_enums
    from .document_events import tell_events
    from .document_examples import give_examples
    from .document_fields import tidy_fields

    schema = json.loads(
        app.get_openapi_json_schema(
            title="Dropcast",
            version="1",
            description=_WORDS,
            security_schemes={"api_key": HTTPBearer(description="An API key of this deployment.")},
            security=[{"api_key": []}],
        )
    )
    for name in _THE_FRAMEWORKS_OWN:
        components(schema).pop(name, None)
    schema["info"] |= _INFO
    schema["paths"] = dict(sorted(schema["paths"].items()))
    _tell_operations(schema, _docstrings(app))
    tell_events(schema)
    tidy_fields(schema)
    name_enums(schema)
    tell_answers(schema)
    give_examples(schema)
    schema["components"]["schemas"] = dict(sorted(components(schema).items()))
    return schema


def _tell_operations(document: Schema, words: dict[str, str]) -> None:
    """Name each operation after its function and say what it does, and what its parameters are."""
    for _, path, operation in operations(document):
        name, _, _ = operation["operationId"].partition("_v1_")
        operation["tags"] = [path.split("/")[2]]
        operation["operationId"] = name
        operation["summary"] = re.split(r"[.:;]", words[name])[0]
        operation["description"] = words[name]
        for parameter in operation.get("parameters", []):
            described = parameter["schema"].pop("description", None) or _PARAMETERS.get(parameter["name"])
            if described:
                parameter.setdefault("description", described)
            if _is_list(parameter["schema"]):
                parameter |= {"style": "form", "explode": False}  # with commas between, as the gateway joins them
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]} | {"events"}
    document["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items() if name in used]


def _is_list(schema: Schema) -> bool:
    return any(one.get("type") == "array" for one in schema.get("anyOf", [schema]))


def _docstrings(app: APIGatewayHttpResolver) -> dict[str, str]:
    """What each route's function says of itself, by its name; Powertools leaves it out."""
    routes = [*app._static_routes, *app._dynamic_routes]  # pyright: ignore[reportPrivateUsage]
    return {route.func.__name__: inspect.cleandoc(route.func.__doc__ or "").replace("\n", " ") for route in routes}


@lru_cache
def _page(app: APIGatewayHttpResolver) -> str:
    """Swagger UI as Powertools brings it, everything in one page."""
    from aws_lambda_powertools.event_handler.openapi import swagger_ui  # as dear

    folder = files(swagger_ui)
    spec = json.dumps(document(app)).replace("<", "\\u003c")
    html = swagger_ui.generate_swagger_html(
        spec,
        folder.joinpath("swagger-ui-bundle.min.js").read_text(),
        folder.joinpath("swagger-ui.min.css").read_text(),
        "",
        None,
    )
    for theirs, ours in _ON_THE_PAGE.items():
        html = html.replace(theirs, ours, 1)
    return html
