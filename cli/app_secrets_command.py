"""`dropcast app`: stores the secrets of the TikTok apps and of EnsembleData."""

import os
import sys
from typing import Annotated

import typer
from pydantic import SecretStr

from cli.output import print_note
from cli.stack import Stage, use_stack
from dropcast.accounts.partner_secrets import store_business_app, store_ensembledata_token
from dropcast.accounts.tiktok_app import store_app_credentials
from dropcast.tiktok.business.oauth import BusinessApp
from dropcast.tiktok.oauth import AppCredentials

cli = typer.Typer(help="The TikTok apps that a deployment uses.", no_args_is_help=True)

_SECRET_VARIABLE = "TIKTOK_CLIENT_SECRET"
_BUSINESS_VARIABLE = "TIKTOK_BUSINESS_SECRET"
_ENSEMBLEDATA_VARIABLE = "ENSEMBLEDATA_TOKEN"

FromStdin = Annotated[bool, typer.Option("--secret-stdin", help="Read the secret from stdin.")]


@cli.command("set")
def set_app(
    client_key: Annotated[
        str, typer.Option(help="The client key in TikTok's portal.", envvar="TIKTOK_CLIENT_KEY", prompt=True)
    ],
    secret_stdin: FromStdin = False,
    stage: Stage = "dev",
) -> None:
    """Store the client key and secret in Secrets Manager.

    The secret comes from stdin, from TIKTOK_CLIENT_SECRET or from a prompt. It is never a command-line argument,
    because other users of the machine can read command lines. The command uses your AWS credentials.

    Example: dropcast app set --client-key awx…
    """
    outputs = use_stack(stage)
    secret = _read_secret(secret_stdin, _SECRET_VARIABLE, "Client secret")
    if not client_key.strip() or not secret:
        raise typer.BadParameter("the client key and the client secret must not be empty")
    store_app_credentials(AppCredentials(client_key.strip(), SecretStr(secret)))
    print_note(
        "Stored. Running functions use it within 5 minutes. Register exactly these addresses in TikTok's portal:"
    )
    print_note(f"  redirect URI  {outputs.get('RedirectUri', '(missing in the outputs)')}")
    print_note(f"  webhook URL   {outputs.get('WebhookUrl', '(missing in the outputs)')}")


@cli.command("set-business")
def set_business(
    app_id: Annotated[
        str,
        typer.Option(help="The app's id in TikTok's Business portal.", envvar="TIKTOK_BUSINESS_APP_ID", prompt=True),
    ],
    secret_stdin: FromStdin = False,
    stage: Stage = "dev",
) -> None:
    """Store the app of TikTok API for Business in Secrets Manager (docs/connect.md).

    The secret comes from stdin, from TIKTOK_BUSINESS_SECRET or from a prompt, never from the command line. The command
    uses your AWS credentials.

    Example: dropcast app set-business --app-id 7000…
    """
    outputs = use_stack(stage)
    secret = _read_secret(secret_stdin, _BUSINESS_VARIABLE, "App secret")
    if not app_id.strip() or not secret:
        raise typer.BadParameter("the app id and its secret must not be empty")
    store_business_app(BusinessApp(app_id.strip(), SecretStr(secret)))
    print_note(
        "Stored. Running functions use it within 5 minutes. Register exactly this address in the Business portal:"
    )
    print_note(f"  redirect URI  {outputs.get('BusinessRedirectUri', '(missing in the outputs)')}")


@cli.command("set-ensembledata")
def set_ensembledata(secret_stdin: FromStdin = False, stage: Stage = "dev") -> None:
    """Store the token of EnsembleData in Secrets Manager (docs/trends.md). An empty token removes the stored token.

    The token comes from stdin, from ENSEMBLEDATA_TOKEN or from a prompt, never from the command line. The command uses
    your AWS credentials.

    Example: dropcast app set-ensembledata
    """
    use_stack(stage)
    store_ensembledata_token(SecretStr(_read_secret(secret_stdin, _ENSEMBLEDATA_VARIABLE, "Token")))
    print_note("Stored. Running functions use it within 5 minutes.")


def _read_secret(from_stdin: bool, variable: str, words: str) -> str:
    if from_stdin:
        return sys.stdin.readline().strip()
    given = os.environ.get(variable)
    if given is None:
        given = typer.prompt(words, default="", show_default=False, hide_input=True, err=True)
    return str(given).strip()
