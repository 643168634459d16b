"""The option --dry-run of commands that change or create one object of the API. It prints the plan and changes
nothing.
"""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.json_output import print_answer
from cli.output import print_json, print_note, print_table
from dropcast_client.model_bases import Answer, Body

Planned = Annotated[bool, typer.Option("--dry-run", help="Print the request that would be sent. Send nothing.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the object as it is now. Change nothing.")]


def print_unchanged(plan: str, present: Answer, rows: Sequence[tuple[str, ...]], as_json: bool) -> None:
    """Print what the command would do, and the object as it is now: `present` as JSON, or `rows` as a table."""
    print_note(f"Dry run: this would {plan}. Nothing was changed.")
    if as_json:
        print_answer(present)
    else:
        print_table(list(rows))


def print_planned(plan: str, request: Body) -> None:
    """Print what the command would do, and its request as JSON."""
    print_note(f"Dry run: this would {plan}. Nothing was changed.")
    print_json(request.model_dump(mode="json", exclude_unset=True))
