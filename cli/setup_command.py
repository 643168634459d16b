"""`dropcast setup`: from an empty start to a published sample, on this machine or in your AWS account."""

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.chosen_deployment import forget_deployment
from cli.output import print_note, print_result
from cli.stack import Stage

if TYPE_CHECKING:
    from cli.setup.found import Step

_STOPPED_BY_PERSON = 130


class Where(StrEnum):
    """Where Dropcast is set up."""

    AWS = "aws"
    LOCAL = "local"


Yes = bool | None
Text = str | None
_ON_AWS = "In your AWS account"
_ON_THIS_MACHINE = "On this machine"


def setup(
    stack: Annotated[Where, typer.Option(help="Your AWS account, or a stack on this machine.")] = Where.AWS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Ask nothing; print JSON (docs/cli/setup.schema.json).")
    ] = False,
    accept_defaults: Annotated[bool, typer.Option("--yes", help="Take the default of each question.")] = False,
    start: Annotated[Yes, typer.Option(help="Start the local stack.", rich_help_panel=_ON_THIS_MACHINE)] = None,
    region: Annotated[Text, typer.Option(help="The AWS region.", rich_help_panel=_ON_AWS)] = None,
    bootstrap: Annotated[Yes, typer.Option(help="Bootstrap CDK if needed.", rich_help_panel=_ON_AWS)] = None,
    transfers_at_once: Annotated[
        Text, typer.Option(help="How many videos are sent at once; 0: no limit.", rich_help_panel=_ON_AWS)
    ] = None,
    cloudfront: Annotated[
        Yes, typer.Option(help="Make a CloudFront distribution for TikTok's pulls.", rich_help_panel=_ON_AWS)
    ] = None,
    scopes: Annotated[
        Text, typer.Option(help="Comma-separated list of the scopes that TikTok approved.", rich_help_panel=_ON_AWS)
    ] = None,
    audited: Annotated[Yes, typer.Option(help="The app has passed TikTok's audit.", rich_help_panel=_ON_AWS)] = None,
    alarm_email: Annotated[Text, typer.Option(help="The e-mail address for alarms.", rich_help_panel=_ON_AWS)] = None,
    domain: Annotated[Text, typer.Option(help="Your own domain for the API.", rich_help_panel=_ON_AWS)] = None,
    certificate_arn: Annotated[
        Text, typer.Option(help="ARN of the domain's certificate in AWS Certificate Manager.", rich_help_panel=_ON_AWS)
    ] = None,
    deploy: Annotated[Yes, typer.Option(help="Deploy the changes, if there are any.", rich_help_panel=_ON_AWS)] = None,
    client_key: Annotated[Text, typer.Option(help="The app's client key.", envvar="TIKTOK_CLIENT_KEY")] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read the client secret from stdin, not from TIKTOK_CLIENT_SECRET.")
    ] = False,
    registered: Annotated[
        bool, typer.Option("--registered", help="The addresses are registered in TikTok's portal.")
    ] = False,
    verification_file: Annotated[
        Text, typer.Option(help="TikTok's verification file; empty: none.", rich_help_panel=_ON_AWS)
    ] = None,
    connect: Annotated[Yes, typer.Option(help="Connect an account if there is none.")] = None,
    use_connected: Annotated[Yes, typer.Option(help="Continue with an account that is already connected.")] = None,
    user_id: Annotated[str, typer.Option(help="Your own reference for the person who connects an account.")] = "me",
    sample: Annotated[Yes, typer.Option(help="Publish the sample video as SELF_ONLY.")] = None,
    stage: Stage = "dev",
) -> None:
    """Set Dropcast up, step by step, and continue where an earlier run stopped. It uses your AWS credentials.

    Each question is also an option. Exits with 0 if all is done, 1 if a step failed, and 2 if an answer is missing.

    Example: dropcast setup --stack local
    """
    given = {
        "start": start,
        "region": region,
        "bootstrap": bootstrap,
        "transfers_at_once": transfers_at_once,
        "cloudfront": cloudfront,
        "scopes": scopes,
        "audited": audited,
        "alarm_email": alarm_email,
        "domain": domain,
        "certificate_arn": certificate_arn,
        "deploy": deploy,
        "client_key": client_key,
        "client_secret": sys.stdin.readline().strip() if secret_stdin else os.environ.get("TIKTOK_CLIENT_SECRET"),
        "registered": registered or None,
        "verification_file": verification_file,
        "connect": connect,
        "use_connected": use_connected,
        "user_id": user_id,
        "sample": sample,
    }
    raise typer.Exit(_run(stack, stage, given, as_json=as_json, accept_defaults=accept_defaults))


def _run(stack: Where, stage: str, given: dict[str, str | bool | None], *, as_json: bool, accept_defaults: bool) -> int:
    from cli.prompts import Answering, can_ask
    from cli.setup import report
    from cli.setup.found import Setup
    from cli.setup.run_steps import run_steps

    answers = {name: _answer(value) for name, value in given.items() if value is not None}
    forget_deployment()
    run = Setup(stage, answers)
    answering = Answering(person=can_ask() and not as_json, defaults=accept_defaults)
    try:
        with report.stdout_for_json_alone():
            results = run_steps(_steps(stack), run, answering, report.print_step)
    except (KeyboardInterrupt, typer.Abort):
        print_note("\nStopped. Run the same command again: it continues here.")
        return _STOPPED_BY_PERSON
    if as_json:
        print_result(report.as_json(stack.value, run, results))
    return report.EXIT_CODES[report.outcome_of(results)]


def _steps(stack: Where) -> "tuple[Step, ...]":
    if stack is Where.LOCAL:
        from cli.setup.local_steps import LOCAL_STEPS

        return LOCAL_STEPS
    from cli.setup.aws_steps import AWS_STEPS

    return AWS_STEPS


def _answer(value: str | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
