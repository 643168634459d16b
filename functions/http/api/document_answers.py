"""Completes the answers in the OpenAPI document: error codes by status, the gateway's own answers, headers."""

import re

from .document_walk import Schema, operations, reference

_GATEWAYS = {"403": "or the API key is wrong or revoked", "429": "or too many requests arrived at once"}
_WITH_RETRY_AFTER = ("409", "429", "503")
_HEADERS: Schema = {
    "X-Request-Id": (
        "The id of this request in the logs. The gateway's own answers have `Apigw-Requestid` instead.",
        "string",
    ),
    "Retry-After": ("Seconds after which the same request may succeed.", "integer"),
    "RateLimit-Limit": ("How many calls the account's budget allows within its window.", "integer"),
    "RateLimit-Remaining": ("How many of these calls remain: 0.", "integer"),
    "RateLimit-Reset": ("Seconds until the budget allows a call again.", "integer"),
    "Idempotency-Replayed": (
        "`true`: Dropcast repeats its answer to an earlier request with this Idempotency-Key.",
        "boolean",
    ),
}
_CODE = re.compile(r"`(\w+)`")


def describe_answers(document: Schema) -> None:
    """Complete the answers of every operation."""
    document["components"]["headers"] = {
        name: {"description": words, "schema": {"type": kind}} for name, (words, kind) in _HEADERS.items()
    }
    for _, _, operation in operations(document):
        _drop_framework_answers(operation["responses"])
        replays = any(parameter["name"].lower() == "idempotency-key" for parameter in operation.get("parameters", []))
        for status, answer in operation["responses"].items():
            answer["headers"] = _headers(status, replays)
            if status in _GATEWAYS:
                _add_gateway_answer(answer, _GATEWAYS[status])
            if status[0] in "45" and (codes := _CODE.findall(answer["description"])):
                answer["x-error-codes"] = codes


def _drop_framework_answers(answers: Schema) -> None:
    """Remove Powertools' 422 for an invalid body, because Dropcast answers 400."""
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]


def _add_gateway_answer(answer: Schema, words: str) -> None:
    """Add the gateway's own error answer, which has a different shape."""
    both = {"anyOf": [reference("ErrorAnswer"), reference("GatewayAnswer")]}
    answer["content"] = {"application/json": {"schema": both}}
    answer["description"] = f"{answer['description']}; {words} (`{{message}}`)"


def _headers(status: str, replays: bool) -> Schema:
    if status == "401":
        return {}
    names = ["X-Request-Id"]
    if status in _WITH_RETRY_AFTER:
        names.append("Retry-After")
    if status == "429":
        names += ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if status[0] == "2" and replays:
        names.append("Idempotency-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
