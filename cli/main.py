"""The `dropcast` command."""

import sys
from typing import Annotated

import typer

from cli.chosen_deployment import choose_deployment
from cli.lazy_commands import LazyCommands

_EPILOG = (
    "DROPCAST_URL and DROPCAST_API_KEY set the address and the API key of a deployment; --profile overrides them. "
    "docs/cli.md lists the exit codes and the JSON that --json prints."
)
_FOR_A_WHOLE_STAGE = ("setup", "deploy", "destroy")

cli = typer.Typer(
    name="dropcast",
    cls=LazyCommands,
    help="Publish to TikTok from your own AWS account.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,  # rich takes longer to import than everything else that the help needs
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from cli.output import print_result
        from cli.version import version

        print_result(version())
        raise typer.Exit


@cli.callback()
def choose(
    context: typer.Context,
    profile: Annotated[
        str | None,
        typer.Option(help="The deployment: a name from dropcast profiles list, or local.", envvar="DROPCAST_PROFILE"),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Publish to TikTok from your own AWS account."""
    del version
    from cli.output import log_to_stderr

    log_to_stderr()
    # These commands create or delete a deployment. The profile in use must not direct them to another deployment.
    if profile is not None or context.invoked_subcommand not in _FOR_A_WHOLE_STAGE:
        choose_deployment(profile)


def run() -> None:
    """Run the command. For an expected error, print its message and its fix without a traceback."""
    try:
        cli()
    except Exception as error:
        from cli.expected_errors import doc_url_of, exit_code_of, explain
        from cli.output import print_error

        found = explain(error)
        if found is None:
            raise
        print_error(*found, doc_url_of(error))
        sys.exit(exit_code_of(error))
