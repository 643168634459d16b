"""The API's own description: /openapi.json for programs, /docs for people."""

import inspect
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from answers import json as as_json
from dropcast.errors import CATALOGUE

Schema = dict[str, Any]

_WORDS = """\
Publish to TikTok from your own AWS account. Send an API key as `Authorization: Bearer <key>`; a key has the scopes
read, publish, draft or admin, and may be bound to one of your users: then it sees that user's things alone. Every
refusal has a code, plain words, the fix and what helps next; the gateway's own are `{message}`.
"""
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
    from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer  # dear, and for this alone

    schema = json.loads(
        app.get_openapi_json_schema(
            title="Dropcast",
            version="1",
            description=_WORDS,
            security_schemes={"api_key": HTTPBearer(description="An API key of this deployment.")},
            security=[{"api_key": []}],
        )
    )
    schema["paths"] = dict(sorted(schema["paths"].items()))
    words = _docstrings(app)
    for path, name, operation in _operations(schema):
        operation["responses"].pop("422", None)  # the framework's own; ours is a 400
        operation["tags"] = [path.split("/")[2]]
        operation["operationId"] = name
        operation["summary"] = re.split(r"[.:;]", words[name])[0]
        operation["description"] = words[name]
    for name in _THE_FRAMEWORKS_OWN:
        schema["components"]["schemas"].pop(name, None)
    _name_codes(schema)
    return schema


def _docstrings(app: APIGatewayHttpResolver) -> dict[str, str]:
    """What each route's function says of itself, by its name; Powertools leaves it out."""
    routes = [*app._static_routes, *app._dynamic_routes]  # pyright: ignore[reportPrivateUsage]
    return {route.func.__name__: inspect.cleandoc(route.func.__doc__ or "").replace("\n", " ") for route in routes}


def _operations(schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    """The path, the function's name and the description of each operation."""
    for path, item in schema["paths"].items():
        for operation in item.values():
            name, _, _ = operation["operationId"].partition("_v1_")
            yield path, name, operation


def _name_codes(schema: Schema) -> None:
    """Name every error code, and leave room for new ones."""
    code = schema["components"]["schemas"]["ErrorView"]["properties"]["code"]
    code.pop("type")
    code["anyOf"] = [{"type": "string", "enum": list(CATALOGUE)}, {"type": "string"}]
    words = "\n".join(f"- `{name}`: {entry.message} {entry.fix}" for name, entry in CATALOGUE.items())
    code["description"] = f"What went wrong; new codes may come.\n\n{words}"


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
