"""`dropcast deploy` and `dropcast destroy`: create or delete a stage in your AWS account, with your credentials."""

from enum import Enum
from typing import Annotated

import typer

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""The settings of a command that passes unknown options on to CDK."""


class Data(Enum):
    """What happens to the data of a stage when its stack is deleted."""

    KEEP = "keep"
    DELETE = "delete"


Stage = Annotated[
    str | None, typer.Option(help="The stage. Default: the stage in cdk.json, otherwise dev.", envvar="DROPCAST_STAGE")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]


def deploy(context: typer.Context, stage: Stage = None, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Check the account, show what changes, deploy and test. Other options go to CDK: -c alarm_email=me@example.com.

    Run it in a checkout. It uses your AWS credentials. Exits with 1 if a check fails.

    Example: dropcast deploy --stage prod
    """
    from cli.deployment.deploy import deploy as deploy_stage
    from cli.deployment.deploy import show_changes

    arguments = _arguments(context, stage)
    if not (show_changes(arguments) if dry_run else deploy_stage(arguments, ask=not yes)):
        raise typer.Exit(1)


def destroy(
    context: typer.Context,
    stage: Stage = None,
    data: Annotated[Data, typer.Option(help="Keep or delete tables, bucket, key and secrets.")] = Data.KEEP,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Delete a stage's stack. The data remains unless you pass --data delete. Other options go to CDK.

    Run it in a checkout. It uses your AWS credentials. Exits with 1 if nothing was deleted.

    Example: dropcast destroy --stage dev --data delete --dry-run
    """
    from cli.deployment.destroy import destroy as destroy_stage
    from cli.deployment.destroy import show_deletion

    arguments, with_data = _arguments(context, stage), data is Data.DELETE
    if dry_run:
        passed = show_deletion(arguments, with_data=with_data)
    else:
        passed = destroy_stage(arguments, ask=not yes, with_data=with_data, confirm=_confirm)
    if not passed:
        raise typer.Exit(1)


def _arguments(context: typer.Context, stage: str | None) -> list[str]:
    """The options for the CDK command. A profile among them is refused, because only CDK would use it, not the
    checks.
    """
    if any(word.partition("=")[0] == "--profile" for word in context.args):
        raise typer.BadParameter("name the profile in AWS_PROFILE, which the checks read too", param_hint="--profile")
    return [*([] if stage is None else ["-c", f"stage={stage}"]), *context.args]


def _confirm(question: str) -> bool:
    return typer.confirm(question, err=True)
