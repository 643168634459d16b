"""What a step of setup found, and what all steps share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cli.prompts import NO, YES, Question


@dataclass(frozen=True)
class Done:
    """The step's aim is reached, now or before. lines: what a person needs in addition to `words`."""

    words: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedsAnswer:
    """The step needs the answer to a question. The same step runs again with it."""

    question: Question


@dataclass(frozen=True)
class Failed:
    """The step cannot continue. ask_again: the answers that were wrong, which a person may give anew."""

    words: str
    fix: str
    ask_again: tuple[str, ...] = ()


Found = Done | NeedsAnswer | Failed


@dataclass
class Setup:
    """One run.

    answers: by the names of the questions; one is a secret. facts: what later steps and the caller of --json use.
    """

    stage: str
    answers: dict[str, str] = field(repr=False)
    facts: dict[str, str] = field(default_factory=dict[str, str])

    def yes(self, name: str, words: str, *, default: bool = True, notes: tuple[str, ...] = ()) -> bool | NeedsAnswer:
        """Whether the person answered this question by yes; NeedsAnswer if they have not answered it."""
        if name in self.answers:
            return self.answers[name] == YES
        return NeedsAnswer(Question(name, words, "yes", YES if default else NO, notes))


@dataclass(frozen=True)
class Step:
    """One step. `name` is for programs, `title` for people."""

    name: str
    title: str
    take: Callable[[Setup], Found]
