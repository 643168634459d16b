"""The modules of operations: for each topic a class with one method per operation."""

from typing import Any

from tests.client_code.models import HEAD
from tests.client_code.models import PACKAGE as MODELS
from tests.client_code.schemas import Schema, Schemas, module_name, name_of, operations, topic_of
from tests.client_code.source_text import docstring, imports

PACKAGE = "dropcast_client.operations"
_CALLS = "dropcast_client.calls"
_OURS = {"Flow": "dropcast_client.runners", "operation": _CALLS, "call": _CALLS, "new_key": _CALLS, "segment": _CALLS}
_KEY = "idempotency-key"
# The client does not cache answers, so it never asks whether an answer has changed.
_LEFT_OUT = {"if-none-match"}
# POSTs without a key that can be repeated without harm.
_REPEATABLE = {"preflight", "query_videos", "cancel_publish", "retry_publish", "complete_upload"}
# The answer's model depends on the request. `publishing.py` and `planning.py` have one method for each model.
_BY_HAND = {
    "publish": ([_KEY], "PublishRequest", {"PublishView", "PublishedView", "ReportView"}),
    "execute_plan": (["plan_id"], "ExecuteRequest", {"PublishView", "SentCommentView"}),
}


def operation_modules(schemas: Schemas) -> dict[str, str]:
    """The text of each module, and of the package, whose class `Operations` has every method."""
    by_topic: dict[str, list[tuple[str, str, Schema]]] = {}
    for method, path, operation in operations(schemas.document):
        if not _is_written_by_hand(operation):
            by_topic.setdefault(topic_of(path, operation), []).append((method, path, operation))
    modules = {module_name(topic): _module(schemas, topic, found) for topic, found in sorted(by_topic.items())}
    return {"__init__": _package(sorted(by_topic)), **modules}


def _is_written_by_hand(operation: Schema) -> bool:
    """Whether `publishing.py` or `planning.py` contains the operation.

    ValueError if the operation has changed since that module was written.
    """
    name = operation["operationId"]
    if name not in _BY_HAND:
        return False
    found = [one["name"] for one in operation["parameters"]], _body(operation), _answers(operation)
    if found != _BY_HAND[name]:
        raise ValueError(f"{name} has changed to {found}: adapt its module in clients/python and _BY_HAND")
    return True


def _package(topics: list[str]) -> str:
    lines = [f"from {PACKAGE}.{module_name(topic)} import {_class(topic)}" for topic in topics]
    classes = ", ".join(map(_class, topics))
    whole = [
        f"class Operations({classes}):",
        *docstring("Every operation of the API but `publish` and `execute_plan`.", 4),
    ]
    return "\n".join([HEAD, "", *lines, "", *whole]) + "\n"


def _class(topic: str) -> str:
    return "".join(word.capitalize() for word in topic.split("-"))


def _module(schemas: Schemas, topic: str, found: list[tuple[str, str, Schema]]) -> str:
    tags = {one["name"]: one["description"] for one in schemas.document["tags"]}
    body = [f"class {_class(topic)}:", *docstring(tags.get(topic, f"The operations on {topic}."), 4)]
    code = ["operation Flow call"]
    for method, path, operation in found:
        lines = _method(schemas, method, path, operation)
        words = docstring(operation["description"], 8)
        body += ["", "    @operation", "    @staticmethod", f"    {lines[0]}", *words, f"        {lines[1]}"]
        code += lines

    def module_of(name: str) -> str | None:
        if name in schemas.document["components"]["schemas"]:
            return f"{MODELS}.{schemas.module_of(name)}"
        return _OURS.get(name)

    return "\n".join([HEAD, "", *imports(code, module_of), "", *body]) + "\n"


def _method(schemas: Schemas, method: str, path: str, operation: Schema) -> list[str]:
    """The first line of a method, and its return."""
    parameters = [one for one in operation.get("parameters", []) if one["name"] not in _LEFT_OUT]
    path_parameters = [one for one in parameters if one["in"] == "path"]
    queries = [one for one in parameters if one["in"] == "query"]
    body = _body(operation)
    [answer] = _answers(operation)

    positional = [f"{one['name']}: {schemas.type_of(one['schema'], sent=True)}" for one in path_parameters]
    positional += [f"body: {body}"] if body else []
    named = [f"{one['name']}: {_optional(schemas.type_of(one['schema'], sent=True))}" for one in queries]
    sent = [f'"{method}"', _path(path, [one["name"] for one in path_parameters]), answer]
    sent += ["body=body"] if body else []
    pairs = ", ".join('"{0}": {0}'.format(one["name"]) for one in queries)
    sent += [f"query={{{pairs}}}"] if queries else []
    if _KEY in [one["name"] for one in parameters]:
        named.append("idempotency_key: str | None = None")
        sent.append("key=idempotency_key or new_key()")
    sent += ["repeatable=True"] if operation["operationId"] in _REPEATABLE else []
    arguments = ", ".join([*positional, *(["*", *named] if named else [])])
    return [f"def {operation['operationId']}({arguments}) -> Flow[{answer}]:", f"return call({', '.join(sent)})"]


def _optional(kind: str) -> str:
    return f"{kind} = None" if "None" in kind.split(" | ") else f"{kind} | None = None"


def _path(path: str, parameters: list[str]) -> str:
    for name in parameters:
        path = path.replace(f"{{{name}}}", f"{{segment({name})}}")
    return f'f"{path}"' if parameters else f'"{path}"'


def _body(operation: Schema) -> str | None:
    content = operation.get("requestBody", {}).get("content", {})
    return name_of(content["application/json"]["schema"]["$ref"]) if content else None


def _answers(operation: Schema) -> set[str]:
    """The models of the successful answers."""
    return {
        name_of(one["$ref"])
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for one in _choices(answer["content"]["application/json"]["schema"])
    }


def _choices(schema: Schema) -> list[dict[str, Any]]:
    return schema.get("anyOf", [schema])
