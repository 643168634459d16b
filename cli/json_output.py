"""The option --json, and answers of the API as JSON."""

from collections.abc import Iterable
from typing import Annotated

import typer

from cli.output import print_json
from dropcast_client.model_bases import Answer

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON (docs/cli.md).")]


def print_answer(answer: Answer) -> None:
    """Print an answer as a JSON object."""
    print_json(answer.model_dump(mode="json"))


def print_answers(answers: Iterable[Answer]) -> None:
    """Print the items of a list as a JSON array."""
    print_json([one.model_dump(mode="json") for one in answers])
