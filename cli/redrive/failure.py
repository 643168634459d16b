"""A failure as `dropcast ops` shows it: ids, causes and times, but no bodies of messages."""

from dataclasses import dataclass
from typing import Any

from dropcast import clock
from dropcast.errors.problem import Problem


@dataclass(frozen=True)
class Obstacle:
    """Why a redrive does not put a failure back, and what a person can do."""

    code: str
    message: str
    fix: str

    @classmethod
    def of(cls, problem: Problem) -> "Obstacle":
        """The obstacle that `problem` describes."""
        return cls(problem.code, problem.message, problem.fix)


@dataclass(frozen=True)
class Failure:
    """A failure at `at` (seconds since the epoch).

    about: the ids of the objects that it concerns. plan: what a redrive does. obstacle: why a redrive does not put the
    failure back; None if it can or did.
    """

    kind: str
    failure_id: str
    about: str
    cause: str
    at: int
    plan: str
    obstacle: Obstacle | None = None

    @property
    def age_s(self) -> int:
        """Seconds since the failure."""
        return max(0, clock.now() - self.at)

    def to_json(self) -> dict[str, Any]:
        """The failure for programs."""
        return {
            "kind": self.kind,
            "id": self.failure_id,
            "about": self.about,
            "cause": self.cause,
            "at": clock.iso(self.at),
            "age_s": self.age_s,
            "plan": self.plan,
            "obstacle": vars(self.obstacle) if self.obstacle else None,
        }
