"""The result of a workflow step: an outcome, ids and codes, but no secrets.

A Choice in infra/workflow.py reads the outcome. The JSON of a result is the state of an execution. A running execution
may still have JSON of an earlier release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

from dropcast import clock
from dropcast.errors.problem import CATALOGUE, Problem, problem
from dropcast.publishing.model.fit_row_size import bounded_error

Round = Literal["long", "soon", "second", "third", "later", "slow"]
"""The rounds of Watch, named after the pauses between them."""


class Outcome(StrEnum):
    """The outcome of a step."""

    # The execution begins: no step has returned a result yet.
    BEGIN = "begin"
    # Start may call TikTok.
    READY = "ready"
    # The pictures of a photo post must be prepared, or checked again.
    PICTURES = "pictures"
    # The invocation ran out of time. A new invocation of the same step continues.
    MORE = "more"
    # Start may try again at `not_before`; `why` is the code of the reason.
    HELD = "held"
    # Start continues from the state of the row.
    START = "start"
    # TikTok accepted the init and waits for the bytes.
    STARTED = "started"
    # It is unknown whether the init reached TikTok. `dead`: the upload URL accepts no byte, and no byte was sent.
    LOST = "lost"
    # Too many transfers run. Transfer may try again at `not_before`.
    BUSY = "busy"
    # TikTok has all bytes. `webhooks`: TikTok's webhooks are known to arrive.
    UPLOADED = "uploaded"
    # TikTok pulls or processes. `webhooks` as for UPLOADED.
    PROCESSING = "processing"
    # Watch continues in longer rounds.
    LATER = "later"
    SLOW = "slow"
    # TikTok decided. Settle reads the verdict from the stored facts.
    VERDICT = "verdict"
    # Another caller moved the publish. Settle reads the row, and ends the publish if no other execution works on it.
    SETTLED = "settled"
    # The publish ends with `error`, and nothing was posted.
    REFUSED = "refused"
    # It is unknown whether TikTok posted, and no further call to TikTok can tell.
    UNKNOWN = "unknown"
    # The execution ended without a result, or with an outcome that this release does not know.
    DIED = "died"

    @classmethod
    def _missing_(cls, value: object) -> "Outcome":
        return cls.DIED


@dataclass(frozen=True)
class StepResult:
    """The result of a step. `not_before` is in seconds since the epoch. `log_id` is TikTok's id of a call.

    `bad`: the pictures that the Pictures step has refused so far.
    """

    outcome: Outcome
    not_before: int | None = None
    why: str | None = None
    error: Problem | None = None
    log_id: str | None = None
    dead: bool | None = None
    webhooks: bool | None = None
    bad: Sequence[dict[str, Any]] | None = None

    def to_json(self) -> dict[str, Any]:
        """The state of the execution after this step. An error has at most 64 KB, without the texts of the
        catalogue.
        """
        found = {name: value for name, value in vars(self).items() if value is not None}
        found["outcome"] = self.outcome.value
        if self.not_before is not None:
            found["not_before"] = clock.iso(self.not_before)
        if self.error is not None:
            short = bounded_error(self.error)
            found["error"] = {"code": short.code, "log_id": short.log_id, "details": short.details}
        return found

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """The result that the next step reads. It has no times, because only the state machine needs them."""
        return cls(
            Outcome(state["outcome"]),
            error=_problem(state["error"]) if state.get("error") else None,
            log_id=state.get("log_id"),
            dead=state.get("dead"),
            bad=state.get("bad"),
        )


def _problem(error: dict[str, Any]) -> Problem | None:
    """`error` as a Problem. None for a code that this release does not know."""
    code = error["code"]
    return problem(code, log_id=error.get("log_id"), **error.get("details", {})) if code in CATALOGUE else None
