"""/openapi.json and /docs: the description of the API, for programs and for people."""

import inspect
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from .answers import json as as_json
from .document_walk import Schema, components, operations
from .routes import ROUTES

_WORDS = """\
Publish to TikTok from your own AWS account. Send an API key as `Authorization: Bearer <key>`. A key has one or more of
the scopes read, publish, draft and admin. A key bound to one of your users sees only that user's data. Each error from
Dropcast has a code, a message, a fix and a next step. An error from the gateway in front of Dropcast has only a
`{message}`.
"""
_INFO = {
    "contact": {"name": "The operator of this deployment"},
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}
_TAGS = {
    "accounts": "Connected accounts: what they can do, their videos, and the comments on the videos.",
    "business-connections": "Consents to TikTok API for Business, for comments and trends.",
    "connections": "Links with which people connect their TikTok accounts.",
    "console-links": "Links that sign a browser in to the console.",
    "embeds": "Pages for an iframe or a popup of your own site.",
    "events": "The events that Dropcast sends to webhook endpoints.",
    "health": "A health check for monitors.",
    "keys": "API keys.",
    "plans": "Plans of actions. Dropcast checks the action and stores the plan. The API key that made the plan, or a "
    "person, then executes the plan once.",
    "preflight": "A dry run of a publish.",
    "publishes": "Publishing videos and photos, and the progress of publishes.",
    "site-verification": "The proof to TikTok's portal that the domain is yours.",
    "trends": "Trends on TikTok.",
    "uploads": "Uploads of files into the deployment's bucket.",
    "webhook-endpoints": "Webhook endpoints and their deliveries.",
}
_PARAMETERS = {
    "account_id": "The account.",
    "comment_id": "TikTok's id of the comment.",
    "connection_id": "The business connection.",
    "endpoint_id": "The webhook endpoint.",
    "event_id": "The event.",
    "idempotency-key": "Any string. Dropcast carries out only the first of several requests with the same key.",
    "if-none-match": "The ETag of an earlier answer.",
    "key_id": "The API key.",
    "limit": "The largest number of items on a page.",
    "mark": "The change to make.",
    "next": "The `next` of the previous page.",
    "order": "Ascending or descending.",
    "plan_id": "The plan.",
    "publish_id": "The publish.",
    "sort": "The sort key.",
    "state": "Only items in this state.",
    "status": "Only items with this status.",
    "upload_id": "The upload.",
    "user_id": "Your own reference for the person.",
    "video_id": "TikTok's id of the video.",
}
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_PAGE_REPLACEMENTS = {
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
    """Add the two routes that describe the API. They need no key."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[Any]:  # pyright: ignore[reportUnusedFunction]
        """The OpenAPI document."""
        return as_json(200, document())

    @app.get("/docs", include_in_schema=False, compress=True)
    def docs() -> Response[Any]:  # pyright: ignore[reportUnusedFunction]
        """A page that shows the OpenAPI document and can send requests."""
        return Response(200, "text/html; charset=utf-8", _page(), headers={**_PAGE_HEADERS})


@lru_cache
def document() -> Schema:
    """The OpenAPI 3.1 document of every route. It omits the framework's own schemas, because no route returns them."""
    # slow to import, and only the document needs it
    from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

    from .document_answers import describe_answers
    from .document_enums import name_enums
    from .document_events import add_events
    from .document_examples import add_examples
    from .document_fields import tidy_fields

    app = ROUTES.all
    schema = json.loads(
        app.get_openapi_json_schema(
            title="Dropcast",
            version="1",
            description=_WORDS,
            security_schemes={"api_key": HTTPBearer(description="An API key of this deployment.")},
            security=[{"api_key": []}],
        )
    )
    for name in _FRAMEWORK_SCHEMAS:
        components(schema).pop(name, None)
    schema["info"] |= _INFO
    schema["paths"] = dict(sorted(schema["paths"].items()))
    _describe_operations(schema, _docstrings(app))
    add_events(schema)
    tidy_fields(schema)
    name_enums(schema)
    describe_answers(schema)
    add_examples(schema)
    schema["components"]["schemas"] = dict(sorted(components(schema).items()))
    return schema


def _describe_operations(document: Schema, words: dict[str, str]) -> None:
    """Set the id, tag, summary and description of each operation, and the descriptions of its parameters.

    `words`: the description of each operation, by the name of the route's function.
    """
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
                parameter |= {
                    "style": "form",
                    "explode": False,
                }  # separated by commas, because the gateway joins repeated parameters this way
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]} | {"events"}
    document["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items() if name in used]


def _is_list(schema: Schema) -> bool:
    return any(one.get("type") == "array" for one in schema.get("anyOf", [schema]))


def _docstrings(app: APIGatewayHttpResolver) -> dict[str, str]:
    """The docstring of each route's function, by the function's name. Powertools' own document lacks docstrings."""
    routes = [*app._static_routes, *app._dynamic_routes]  # pyright: ignore[reportPrivateUsage]
    return {route.func.__name__: inspect.cleandoc(route.func.__doc__ or "").replace("\n", " ") for route in routes}


@lru_cache
def _page() -> str:
    """Powertools' Swagger UI as one page, which loads no other files."""
    from aws_lambda_powertools.event_handler.openapi import swagger_ui  # also slow to import

    folder = files(swagger_ui)
    spec = json.dumps(document()).replace("<", "\\u003c")
    html = swagger_ui.generate_swagger_html(
        spec,
        folder.joinpath("swagger-ui-bundle.min.js").read_text(),
        folder.joinpath("swagger-ui.min.css").read_text(),
        "",
        None,
    )
    for theirs, ours in _PAGE_REPLACEMENTS.items():
        html = html.replace(theirs, ours, 1)
    return html
