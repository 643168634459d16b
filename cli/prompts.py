"""Asks a person on the terminal. Questions go to stderr, because stdout is for results."""

import sys
from dataclasses import dataclass
from typing import Literal

import typer

from cli.output import print_note, visible

Kind = Literal["text", "secret", "yes", "pause"]
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Question:
    """A question to a person.

    name: the name of the answer. kind: a `yes` question takes yes or no, a `pause` only a confirmation. default: the
    answer if the person enters an empty line, or None. notes: lines above the question. other_option: the option
    that answers the question. By default its name follows from `name`: --alarm-email for alarm_email.
    """

    name: str
    words: str
    kind: Kind = "text"
    default: str | None = None
    notes: tuple[str, ...] = ()
    other_option: str = ""

    @property
    def option(self) -> str:
        return self.other_option or f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True)
class Answering:
    """How questions are answered. person: a person can answer. defaults: a question that has a default is not asked,
    and the default is its answer.
    """

    person: bool
    defaults: bool

    def answer(self, question: Question) -> str | None:
        """The question's default if it has one and `defaults` is true. Otherwise the person's answer, or None without a
        person. typer.Abort if the person presses Ctrl-C.
        """
        if self.defaults and question.default is not None:
            return question.default
        return ask(question) if self.person else None


def can_ask() -> bool:
    """Whether a person can answer: stdin and stderr must both be a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: Question) -> str:
    """The person's answer. typer.Abort if the person presses Ctrl-C."""
    for note in question.notes:
        print_note(note)
    words = visible(question.words)
    match question.kind:
        case "yes":
            return YES if typer.confirm(words, default=question.default == YES, err=True) else NO
        case "pause":
            typer.prompt(words, default="", show_default=False, err=True)
            return YES
        case "secret":
            given = typer.prompt(words, default=question.default, show_default=False, hide_input=True, err=True)
            return str(given).strip()
        case "text":
            shown = bool(question.default)
            return str(typer.prompt(words, default=question.default, show_default=shown, err=True)).strip()
