"""Checks a request by botocore's model of its operation: members, types, lengths, ranges, patterns and enums.

The SDK itself checks less: no pattern, no enum and no upper limit.
"""

import base64
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.permissions.requests import Request, operation_of

_TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "double": (int, float),
    "float": (int, float),
    "integer": int,
    "list": list,
    "long": int,
    "map": dict,
    "string": str,
    "structure": dict,
    "timestamp": (int, float, str),
    "blob": str,
}
# S3 and the path and query of a REST protocol carry every value as text.
_TEXT = ("integer", "long", "boolean", "timestamp", "blob")


def breaches(request: Request) -> list[str]:
    """The violations of the model in a request, as "path: reason"."""
    shape = operation_of(request.service, request.operation).input_shape
    given = {name: value for name, value in request.asked.items() if not _is_payload(request, name)}
    return [] if shape is None else list(_of_structure(shape, given, ""))


def _is_payload(request: Request, name: str) -> bool:
    """Whether a parameter is the body of a REST request, which records leave out."""
    return operation_of(request.service, request.operation).input_shape.serialization.get("payload") == name


def _of(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if not _is_of_type(shape.type_name, value):
        yield f"{path}: {type(value).__name__} is no {shape.type_name}"
        return
    match shape:
        case StructureShape():
            yield from _of_structure(shape, value, path)
        case ListShape():
            yield from _within(shape, len(value), path)
            for at, one in enumerate(value):
                yield from _of(shape.member, one, f"{path}[{at}]")
        case MapShape():
            yield from _within(shape, len(value), path)
            for name, one in value.items():
                yield from _of(shape.key, name, f"{path}({name})")
                yield from _of(shape.value, one, f"{path}.{name}")
        case _:
            yield from _of_scalar(shape, value, path)


def _is_of_type(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind]) or (isinstance(value, str) and kind in _TEXT)


def _of_structure(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name}: missing"
    for name, one in value.items():
        if name in shape.members:
            yield from _of(shape.members[name], one, f"{path}.{name}")
        else:
            yield f"{path}.{name}: unknown"


def _of_scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    match shape.type_name:
        case "string":
            yield from _within(shape, len(value), path)
            if shape.enum and value not in shape.enum:
                yield f"{path}: {value} is none of {shape.enum}"
            if not _pattern(shape.metadata.get("pattern"))(value):
                yield f"{path}: it does not match {shape.metadata['pattern']}"
        case "blob":
            yield from _within(shape, len(base64.b64decode(value)), path)
        case "integer" | "long" | "float" | "double":
            yield from _within(shape, float(value), path)
        case _:
            return


def _within(shape: Shape, size: float, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{path}: {size} is below {least}"
    if most is not None and size > most:
        yield f"{path}: {size} is above {most}"


@cache
def _pattern(text: str | None) -> Callable[[str], object]:
    """A test of a whole text. Raises re.error for a pattern that only Java understands."""
    return re.compile(text, re.DOTALL).fullmatch if text else lambda value: True
