"""Answers of the API with one text in every string that TikTok or another person may have written."""

import re
from typing import Any

import httpx

from functions.http.api.description import document
from functions.http.api.document_walk import operations

# Dropcast's own texts: the catalogue's fixes, the commands that convert a video, and the links to the console.
_OURS = {"fix", "what", "ffmpeg", "console_url"}
# S3 has every part of an upload.
_EMPTY = {"parts_missing"}
NUMBER = 16
"""Every number of an answer."""


def planted_answer(request: httpx.Request, text: str) -> httpx.Response:
    """The answer of the requested operation in the document, with `text` in every string."""
    for verb, template, operation in operations(document()):
        if verb == request.method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), request.url.path):
            status = max(status for status in operation["responses"] if status.startswith("2"))
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            return httpx.Response(int(status), json=planted(schema, text))
    raise AssertionError(f"The document has no {request.method} {request.url.path}")


def planted_refusal(text: str) -> httpx.Response:
    """A refusal with `text` in every string. The client does not retry it, so no test waits."""
    answer = planted({"$ref": "#/components/schemas/ErrorAnswer"}, text)
    answer["error"]["next"] = "none"
    return httpx.Response(409, json=answer)


def planted(schema: dict[str, Any], text: str, name: str = "") -> Any:
    """A value of this schema. Values that the document lists, times and Dropcast's own texts are not planted."""
    if "$ref" in schema:
        return planted(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], text, name)
    if options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return planted(options[0], text, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [""])[0])
    match schema.get("type"):
        case "object" | None:
            return _object(schema, text)
        case "array":
            return [] if name in _EMPTY else [planted(schema["items"], text, name)]
        case "string":
            return _string(schema, text, name)
        case kind:
            return True if kind == "boolean" else NUMBER


def _object(schema: dict[str, Any], text: str) -> dict[str, Any]:
    if "properties" in schema:
        return {name: planted(one, text, name) for name, one in schema["properties"].items()}
    values = schema.get("additionalProperties")
    return {"quoted": planted(values, text) if isinstance(values, dict) else [text]}


def _string(schema: dict[str, Any], text: str, name: str) -> str:
    if schema.get("format") == "date-time":
        return "2027-01-31T18:00:00Z"
    return "Written by Dropcast." if name in _OURS else text
