"""Injected faults: which routes fail, how often and in what way."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from sandbox.faults.route_names import ROUTE_NAMES, dialect_of

FaultKind = Literal[
    "answer",
    "error",
    "reset_before",
    "reset_after",
    "slow_answer",
    "slow_body",
    "reset_in_body",
    "wrong_content_range",
]

OF_EVERY_KIND = {"route", "kind", "times", "skip", "open_id"}
FIELDS: dict[FaultKind, set[str]] = {
    "answer": {"status", "body", "seconds", "effect"},
    "error": {"code", "status", "message", "seconds", "effect"},
    "reset_before": set(),
    "reset_after": set(),
    "slow_answer": {"seconds"},
    "slow_body": {"bytes_per_second"},
    "reset_in_body": {"after_bytes"},
    "wrong_content_range": {"content_range"},
}
REQUIRED_FIELDS = {
    "answer": "status",
    "error": "code",
    "slow_answer": "seconds",
    "slow_body": "bytes_per_second",
    "reset_in_body": "after_bytes",
}


def _known_route(route: str) -> str:
    if route not in ROUTE_NAMES:
        raise ValueError("no such route")
    return route


class Fault(BaseModel, extra="forbid", allow_inf_nan=False):
    route: Annotated[str, AfterValidator(_known_route)]
    kind: FaultKind
    times: int = Field(1, gt=0)
    skip: int = Field(0, ge=0)
    """The number of requests to the route that pass before the fault applies."""
    open_id: str | None = None
    """The creator whose requests fail. None: all requests fail."""
    effect: bool = False
    """For the kinds `answer` and `error`: whether the request takes effect in spite of the fault."""
    status: int | None = Field(None, ge=100, le=599)
    body: Any = None
    """A string is sent as HTML, any other value as JSON."""
    code: str | None = None
    message: str = ""
    seconds: float | None = Field(None, ge=0)
    """The delay of the answer in seconds. It also applies to the kinds answer and error."""
    bytes_per_second: int | None = Field(None, gt=0)
    after_bytes: int | None = Field(None, ge=0)
    content_range: str | None = Field(None, pattern="^[ -~]*$")
    """For wrong_content_range: the value of the header. None: the header is missing."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        need = REQUIRED_FIELDS.get(self.kind)
        if need and getattr(self, need) is None:
            raise ValueError(f"kind {self.kind} needs {need}")
        if other := self.model_fields_set - OF_EVERY_KIND - FIELDS[self.kind]:
            raise ValueError(f"kind {self.kind} does not use {', '.join(sorted(other))}")
        if self.kind == "wrong_content_range" and self.route != "upload":
            raise ValueError("only the answers of upload have a Content-Range")
        if self.code and dialect_of(self.route) != "open" and not self.code.isdecimal():
            raise ValueError(f"the error codes of {self.route} are numbers")
        return self

    @property
    def replaces_answer(self) -> bool:
        return self.kind in ("answer", "error")


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def all(self) -> list[Fault]:
        return list(self._waiting)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, route: str, open_id: str | None = None) -> Fault | None:
        """Return the oldest fault for this request, and count the request. None if there is no fault, or if the
        fault skips this request.
        """
        fault = next((one for one in self._waiting if one.route == route and one.open_id in (None, open_id)), None)
        if fault is None:
            return None
        if fault.skip:
            fault.skip -= 1
            return None
        fault.times -= 1
        if not fault.times:
            self._waiting.remove(fault)
        return fault
