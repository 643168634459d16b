"""Writes the page of all routes from the API's OpenAPI document. Each error code links to its row in errors.md."""

from collections.abc import Iterator
from typing import Any

from docsite.schema_text import cell, table, type_text

Object = dict[str, Any]

_INTRODUCTION = """\
# All routes

The build of these pages writes this page from the OpenAPI document that `GET /openapi.json` returns. [The API](api.md)
explains what all routes share: errors, headers, idempotency and lists. [Models](models.md) lists the fields of bodies
and answers.
"""


def routes_page(document: Object) -> str:
    """The Markdown text of the page: a section for each tag, and in it one for each route."""
    return "\n".join([_INTRODUCTION, *(part for tag in document["tags"] for part in _tag(document, tag))])


def _tag(document: Object, tag: Object) -> Iterator[str]:
    routes = [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if tag["name"] in operation["tags"]
    ]
    if routes:
        yield f"## {tag['name']}\n\n{tag['description']}\n"
        yield from (_route(name, operation) for name, operation in routes)


def _route(name: str, operation: Object) -> str:
    parts = [f"### `{name}`", operation["description"], _parameters(operation), _body(operation), _answers(operation)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _parameters(operation: Object) -> str:
    rows = [
        (f"`{one['name']}`", _place(one), type_text(one["schema"]), cell(one.get("description", "")))
        for one in operation.get("parameters", [])
    ]
    return table(("parameter", "in", "type", "meaning"), rows) if rows else ""


def _place(parameter: Object) -> str:
    return f"{parameter['in']}, required" if parameter.get("required") else parameter["in"]


def _body(operation: Object) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return f"Body: {_content_text(content)}." if content else ""


def _answers(operation: Object) -> str:
    rows = [
        (status, _content_text(answer.get("content", {})) or "empty", _meaning(answer))
        for status, answer in sorted(operation["responses"].items())
    ]
    return table(("status", "answer", "meaning"), rows)


def _meaning(answer: Object) -> str:
    """An answer's description, in which each error code is a link."""
    text = cell(answer["description"])
    for code in answer.get("x-error-codes", []):
        text = text.replace(f"`{code}`", f"[`{code}`](errors.md#{code})")
    return text


def _content_text(content: Object) -> str:
    texts = {type_text(one.get("schema", {})): kind for kind, one in content.items()}
    return cell(" or ".join(text or f"`{kind}`" for text, kind in texts.items()))
