"""Runs the steps in order, asks the person what a step needs, and stops at the first step that cannot continue."""

from collections.abc import Callable, Sequence

from cli.prompts import Answering
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup, Step

Result = tuple[Step, Found]
Report = Callable[[Step, Found], None]
"""Called with each outcome, including a failure after which setup asks the person again."""


def run_steps(steps: Sequence[Step], setup: Setup, answering: Answering, report: Report) -> list[Result]:
    """Run the steps and return the result of each. A step that needs an answer and gets none ends the run."""
    results: list[Result] = []
    for step in steps:
        found = _take(step, setup, answering, report)
        results.append((step, found))
        report(step, found)
        if not isinstance(found, Done):
            break
    return results


def _take(step: Step, setup: Setup, answering: Answering, report: Report) -> Found:
    while True:
        match step.take(setup):
            case NeedsAnswer(question) as needed:
                answer = answering.answer(question)
                if answer is None:
                    return needed
                setup.answers[question.name] = answer
            case Failed(ask_again=names) as failed if names and answering.person:
                report(step, failed)
                for name in names:
                    setup.answers.pop(name, None)
            case found:
                return found
