"""Prints the progress of setup: lines for people on stderr, or one JSON object (docs/cli/setup.schema.json) on
stdout.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from rich.text import Text

from cli.output import console, print_note, visible
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup, Step
from cli.setup.run_steps import Result

_TITLE_WIDTH = 19
_WIDTH_OF_STATE = 6
EXIT_CODES = {"done": 0, "failed": 1, "needs_answer": 2}


@contextmanager
def stdout_for_json_alone() -> Iterator[None]:
    """Redirect to stderr what steps and their child programs print on stdout."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def print_step(step: Step, found: Found) -> None:
    """Print the result of a step."""
    match found:
        case Done(words, lines):
            _print_line("done", "green", step, words)
            for line in lines:
                print_note(f"{' ' * (_WIDTH_OF_STATE + _TITLE_WIDTH)}{line}")
        case NeedsAnswer(question):
            _print_line("stop", "yellow", step, f"{question.words} (answer by {question.option}, or on a terminal)")
        case Failed(words, fix):
            _print_line("stop", "red", step, words)
            print_note(f"{' ' * (_WIDTH_OF_STATE + _TITLE_WIDTH)}Fix: {fix}")


def outcome_of(results: list[Result]) -> str:
    """The outcome of the last step: done, failed or needs_answer."""
    return _outcome(results[-1][1])


def as_json(stack: str, setup: Setup, results: list[Result]) -> str:
    """The whole run as JSON. It contains no secret."""
    steps = [_json_of(step, found) for step, found in results]
    return json.dumps(
        {"stack": stack, "stage": setup.stage, "outcome": outcome_of(results), "steps": steps, "facts": setup.facts},
        indent=2,
    )


def _print_line(state: str, colour: str, step: Step, words: str) -> None:
    line = Text(f"{state:<{_WIDTH_OF_STATE}}", colour)
    console.print(line.append(f"{step.title:<{_TITLE_WIDTH}}", "bold").append(visible(words), "none"))


def _outcome(found: Found) -> str:
    match found:
        case Done():
            return "done"
        case NeedsAnswer():
            return "needs_answer"
        case Failed():
            return "failed"


def _json_of(step: Step, found: Found) -> dict[str, Any]:
    said: dict[str, Any] = {"words": "", "fix": None, "option": None, "lines": []}
    match found:
        case Done(words, lines):
            said |= {"words": words, "lines": list(lines)}
        case NeedsAnswer(question):
            said |= {"words": question.words, "option": question.option, "lines": list(question.notes)}
        case Failed(words, fix):
            said |= {"words": words, "fix": fix}
    return {"step": step.name, "title": step.title, "outcome": _outcome(found), **said}
