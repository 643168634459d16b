"""`dropcast app`: the TikTok app that a deployment acts as."""

import os
import sys
from typing import Annotated

import typer
from pydantic import SecretStr

from cli.say import say
from cli.stack import Stage, use_stack
from dropcast.accounts.app import store_app_credentials
from dropcast.tiktok.oauth import AppCredentials

cli = typer.Typer(help="The TikTok app that a deployment acts as.", no_args_is_help=True)

_SECRET_VARIABLE = "TIKTOK_CLIENT_SECRET"


@cli.callback()
def app() -> None:
    """The TikTok app that a deployment acts as."""


@cli.command("set")
def set_app(
    client_key: Annotated[
        str, typer.Option(help="The client key in TikTok's portal.", envvar="TIKTOK_CLIENT_KEY", prompt=True)
    ],
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Read the client secret from stdin.")] = False,
    stage: Stage = "dev",
) -> None:
    """Store the client key and secret in Secrets Manager.

    The secret comes from stdin, from TIKTOK_CLIENT_SECRET, or is asked for: never from the command line, which other
    users of the machine can read.
    """
    outputs = use_stack(stage)
    secret = _secret(secret_stdin)
    if not client_key.strip() or not secret:
        raise typer.BadParameter("neither the client key nor the client secret may be empty")
    store_app_credentials(AppCredentials(client_key.strip(), SecretStr(secret)))
    say("Stored. Running functions use it within 5 minutes. In TikTok's portal, the app needs to the letter:")
    say(f"  redirect URI  {outputs.get('RedirectUri', '(not among the outputs)')}")
    say(f"  webhook URL   {outputs.get('WebhookUrl', '(not among the outputs)')}")


def _secret(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().strip()
    given = os.environ.get(_SECRET_VARIABLE) or typer.prompt("Client secret", hide_input=True, err=True)
    return str(given).strip()
