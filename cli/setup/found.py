"""The results of setup's steps, and the values that the steps share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cli.prompts import NO, YES, Question


@dataclass(frozen=True)
class Done:
    """The step has reached its goal, now or before. lines: further text that a person needs."""

    words: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedsAnswer:
    """The step needs the answer to a question. Setup then runs the same step again with the answer."""

    question: Question


@dataclass(frozen=True)
class Failed:
    """The step cannot continue. ask_again: the wrong answers, which a person may replace."""

    words: str
    fix: str
    ask_again: tuple[str, ...] = ()


Found = Done | NeedsAnswer | Failed


@dataclass
class Setup:
    """One run of setup.

    answers: the answers by the questions' names; one of them is a secret. facts: values for later steps and for the
    JSON output.
    """

    stage: str
    answers: dict[str, str] = field(repr=False)
    facts: dict[str, str] = field(default_factory=dict[str, str])

    def yes(self, name: str, words: str, *, default: bool = True, notes: tuple[str, ...] = ()) -> bool | NeedsAnswer:
        """Whether the person answered yes to this question. NeedsAnswer if the person has not answered it."""
        if name in self.answers:
            return self.answers[name] == YES
        return NeedsAnswer(Question(name, words, "yes", YES if default else NO, notes))


@dataclass(frozen=True)
class Step:
    """A step. `name` is for programs, `title` for people."""

    name: str
    title: str
    take: Callable[[Setup], Found]
