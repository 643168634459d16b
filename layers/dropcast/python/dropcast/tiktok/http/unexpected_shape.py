"""A successful answer in an unknown format, and the first field that does not fit."""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class UnexpectedShape:
    """An answer in an unknown format. `where` names the first field that is missing or has a wrong type.

    `log_id` is the server's id of its answer.
    """

    where: str
    http_status: int
    log_id: str | None


def read_shape(shape: type[Shape], said: Any, http_status: int, log_id: str | None) -> Shape | UnexpectedShape:
    """The answer parsed as `shape`, or an UnexpectedShape that names the first field that does not fit."""
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole answer"
        return UnexpectedShape(f"{place}: {first['type']}", http_status, log_id)
