"""Reads the schemas of the OpenAPI document: where each one is used, the module for it, and its Python type."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Schema = dict[str, Any]

EVENTS = "events"
_SHARED = "shared"
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


@dataclass(frozen=True)
class Schemas:
    """The named schemas of `document`."""

    document: Schema

    def __getitem__(self, name: str) -> Schema:
        return self.document["components"]["schemas"][name]

    def module_of(self, name: str) -> str:
        """The module of a schema: the module of the only topic that uses it, or else the shared module."""
        # A plan contains the models of what it becomes. They stay in the modules of their own topics.
        topics = self._topics[name] - {"plans"} or {"plans"}
        if name == "ErrorCode":
            return "error_code"  # too long for the module of another topic
        if topics == {EVENTS} and not name.endswith("Event"):
            return "event_data"
        if topics == {"preflight", "publishes"}:
            return "preflight"
        return module_name(*topics) if len(topics) == 1 else _SHARED

    def by_module(self) -> dict[str, list[str]]:
        """The names of the schemas of each module."""
        modules: dict[str, list[str]] = {}
        for name in self._topics:
            modules.setdefault(self.module_of(name), []).append(name)
        return {module: sorted(names) for module, names in sorted(modules.items())}

    def is_sent(self, name: str) -> bool:
        """Whether callers send the schema. No model is both sent and received, but an enum may be."""
        return name in self._sent

    def type_of(self, schema: Schema, *, sent: bool) -> str:
        """The Python type of a value. A received enum may have a value that this version does not know."""
        match schema:
            case {"$ref": reference}:
                name = name_of(reference)
                return name if sent or "enum" not in self[name] else f"{name} | str"
            case {"const": _} | {"enum": _}:
                return f"Literal[{', '.join(map(repr, schema.get('enum', [schema.get('const')])))}]"
            case {"anyOf": several} | {"oneOf": several}:
                kinds = " | ".join(dict.fromkeys(self.type_of(one, sent=sent) for one in several))
                return kinds.replace("| str | str", "| str")
            case {"type": "null"}:
                return "None"
            case {"type": "array" | "object"}:
                return self._container(schema, sent=sent)
            case {"type": "string", "format": "date-time"}:
                return "datetime"
            case {"type": plain}:
                return _PLAIN[plain]
            case _:
                raise ValueError(f"a schema of a form that the client's generator does not know: {schema}")

    def _container(self, schema: Schema, *, sent: bool) -> str:
        """The type of a list or a mapping. A caller may send any sequence or mapping."""
        match schema:
            case {"items": items}:
                return f"{'Sequence' if sent else 'list'}[{self.type_of(items, sent=sent)}]"
            case {"additionalProperties": dict() as values}:
                return f"{'Mapping' if sent else 'dict'}[str, {self.type_of(values, sent=sent)}]"
            case _:
                return f"{'Mapping' if sent else 'dict'}[str, Any]"

    @cached_property
    def _sent(self) -> set[str]:
        return {
            name
            for _, _, operation in operations(self.document)
            for part in ("requestBody", "parameters")
            for name in self._reached(operation.get(part, {}))
        }

    @cached_property
    def _topics(self) -> dict[str, set[str]]:
        topics: dict[str, set[str]] = {name: set() for name in self.document["components"]["schemas"]}
        for _, path, operation in operations(self.document):
            for name in self._reached(operation):
                topics[name].add(topic_of(path, operation))
        for name in self._reached(self.document["webhooks"]):
            topics[name].add(EVENTS)
        return topics

    def _reached(self, value: Any) -> set[str]:
        reached: set[str] = set()
        waiting = list(references(value))
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += references(self[name])
        return reached


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """The method, the path and the description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def name_of(reference: str) -> str:
    """The schema that a reference names."""
    return reference.rsplit("/", 1)[-1]


def topic_of(path: str, operation: Schema) -> str:
    """The topic of an operation: its tag. Comments are separate from accounts."""
    [tag] = operation["tags"]
    return "comments" if "/comments" in path else tag


def module_name(topic: str) -> str:
    """The module of a topic."""
    return topic.replace("-", "_")


def references(value: Any) -> Iterator[str]:
    """The schemas that a part of the document names."""
    match value:
        case {"$ref": str() as reference} if "/schemas/" in reference:
            yield name_of(reference)
        case dict():
            for key, inner in value.items():
                if key not in ("examples", "mapping"):
                    yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
        case _:
            pass
