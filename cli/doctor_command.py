"""`dropcast doctor`: checks a deployment, and says how to repair what is wrong. It uses your AWS credentials."""

from typing import Annotated

import typer

from cli.output import print_result
from cli.stack import Stage


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/cli/doctor.schema.json).")] = False,
    stage: Stage = "dev",
) -> None:
    """Check a deployment with your AWS credentials; each line is ok, warn or fail, with the fix.

    Exits with 0 if every line is ok, with 1 if the worst is warn, and with 2 if one is fail.

    Example: dropcast doctor --stage prod
    """
    from cli.doctor.all_checks import find_everything
    from cli.doctor.report import as_json as json_of
    from cli.doctor.report import exit_code, print_line

    results = []
    for check, finding in find_everything(stage):
        results.append((check, finding))
        if not as_json:
            print_line(check.title, finding)
    if as_json:
        print_result(json_of(stage, results))
    raise typer.Exit(exit_code(results))
