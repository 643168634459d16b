"""What every operation of the document can answer: its codes by status, the gateway's own answers, the headers."""

import re

from .document_walk import Schema, operations, reference

_GATEWAYS = {"403": "or this API key is wrong or revoked", "429": "or too many requests came at once"}
_WITH_RETRY_AFTER = ("409", "429", "503")
_HEADERS: Schema = {
    "X-Request-Id": ("The id of this request in the logs. The gateway's own answers have `Apigw-Requestid`.", "string"),
    "Retry-After": ("Seconds after which the same request may succeed.", "integer"),
    "RateLimit-Limit": ("How often the account may do this within the window of the budget.", "integer"),
    "RateLimit-Remaining": ("How often it still may: 0.", "integer"),
    "RateLimit-Reset": ("Seconds until it may again.", "integer"),
    "Idempotency-Replayed": ("`true`: an earlier request with this Idempotency-Key was answered like this.", "boolean"),
}
_CODE = re.compile(r"`(\w+)`")


def tell_answers(document: Schema) -> None:
    """Complete the answers of every operation."""
    document["components"]["headers"] = {
        name: {"description": words, "schema": {"type": kind}} for name, (words, kind) in _HEADERS.items()
    }
    for _, _, operation in operations(document):
        _drop_the_frameworks_own(operation["responses"])
        replays = any(one["name"].lower() == "idempotency-key" for one in operation.get("parameters", []))
        for status, answer in operation["responses"].items():
            answer["headers"] = _headers(status, replays)
            if status in _GATEWAYS:
                _add_the_gateways(answer, _GATEWAYS[status])
            if status[0] in "45" and (codes := _CODE.findall(answer["description"])):
                answer["x-error-codes"] = codes


def _drop_the_frameworks_own(answers: Schema) -> None:
    """It would refuse a body that is no valid one with 422, where we answer 400."""
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]


def _add_the_gateways(answer: Schema, words: str) -> None:
    """The gateway refuses by itself too, in a shape of its own."""
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
