"""The `dropcast` command and its subcommands."""

import sys

import typer

from cli import (
    accounts_command,
    app_secrets_command,
    business_command,
    console_command,
    deploy_command,
    doctor_command,
    errors_command,
    keys_command,
    ops_command,
    publish_command,
    publishes_command,
    trends_command,
    webhooks_command,
)
from cli.api import ApiRefusedError
from cli.deployment.cdk_command import CdkFailedError
from cli.deployment.data_deletion import ObjectsRemainError
from cli.output import log_to_stderr, print_error
from cli.stack import StackMissingError
from dropcast.aws.clients import AWS_ERRORS

cli = typer.Typer(
    name="dropcast",
    help="Publish to TikTok from your own AWS account.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(keys_command.cli, name="keys")
cli.add_typer(app_secrets_command.cli, name="app")
cli.add_typer(accounts_command.cli, name="accounts")
cli.add_typer(business_command.cli, name="business")
cli.add_typer(publishes_command.cli, name="publishes")
cli.add_typer(webhooks_command.cli, name="webhooks")
cli.add_typer(trends_command.cli, name="trends")
cli.add_typer(ops_command.cli, name="ops")
cli.command("console")(console_command.console)
cli.command("deploy", context_settings=deploy_command.PASSED_ON)(deploy_command.deploy)
cli.command("destroy", context_settings=deploy_command.PASSED_ON)(deploy_command.destroy)
cli.command("doctor")(doctor_command.doctor)
cli.command("errors")(errors_command.errors)
cli.command("publish")(publish_command.publish)


def run() -> None:
    """Run the command. Expected errors are printed in one line, without a traceback."""
    log_to_stderr()
    try:
        cli()
    except StackMissingError as error:
        print_error(str(error), "Deploy it first (make deploy), or choose another stage with --stage.")
    except ApiRefusedError as error:
        print_error(str(error), error.fix)
    except CdkFailedError as error:
        print_error(str(error), error.fix)
    except ObjectsRemainError as error:
        print_error(str(error), "Check the bucket's policy and object locks, then run the command again.")
    except AWS_ERRORS as error:
        print_error(
            str(error), "Check your AWS credentials and region (AWS_PROFILE, AWS_REGION) and their permissions."
        )
    sys.exit(1)
