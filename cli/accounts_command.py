"""`dropcast accounts`: the TikTok accounts of a deployment."""

from typing import Annotated

import typer

from cli.api import PAGE, open_api, request_of
from cli.dry_run import DryRun, print_unchanged
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_note, print_result, print_table, time_text
from cli.prompts import can_ask
from cli.stack import Stage
from cli.wrong_input import WrongInputError
from dropcast.settings import listed
from dropcast_client.models.accounts import AbilityView, AccountDetailView
from dropcast_client.models.connections import ConnectionRequest
from dropcast_client.models.shared import AccountView

cli = typer.Typer(help="The TikTok accounts of a deployment.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The account_id (acc_…), as list shows it.")]


@cli.command()
def connect(
    user_id: Annotated[str, typer.Option(help="Your own reference for the person.")],
    scopes: Annotated[str, typer.Option(help="Comma-separated subset of the deployment's scopes.")] = "",
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Print a link with which a person connects their account. The link works once, within ten minutes, in one browser.

    Example: dropcast accounts connect --user-id 42
    """
    wanted = request_of(ConnectionRequest, {"user_id": user_id, "scopes": listed(scopes) or None})
    link = open_api(stage).connect(wanted)
    if as_json:
        print_answer(link)
        return
    print_note(f"Send this link to the person. It works once, until {time_text(link.expires_at)}:")
    print_result(link.connect_url)


@cli.command("list")
def list_accounts(
    user_id: Annotated[str | None, typer.Option(help="Only accounts of this user.")] = None,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List the accounts, including disconnected ones. Example: dropcast accounts list --user-id 42"""
    api = open_api(stage)
    found = api.each(api.list_accounts, user_id=user_id, limit=PAGE)
    if as_json:
        print_answers(found)
        return
    print_table([("ACCOUNT ID", "USER ID", "NAME", "STATUS", "SCOPES", "CONNECTED"), *map(_row, found)])


@cli.command()
def show(account_id: Id, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Show an account, and what it can and cannot do now. Example: dropcast accounts show acc_01…"""
    account = open_api(stage).show_account(account_id)
    if as_json:
        print_answer(account)
        return
    print_table(_fields(account))
    print_result("")
    print_table([("CAN", "WHAT", "WHY NOT", "FIX"), *map(_ability_row, account.abilities)])


@cli.command()
def disconnect(
    account_id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Revoke Dropcast's access at TikTok, erase the tokens and fail the publishes that wait. Asks for confirmation.

    Example: dropcast accounts disconnect acc_01… --yes
    """
    if dry_run:
        account = open_api(stage).show_account(account_id)
        print_unchanged(
            f"disconnect {account_id}; its waiting publishes would fail", account, _fields(account), as_json
        )
        return
    if not yes and not can_ask():
        raise WrongInputError(
            "Nothing was disconnected, because there is no terminal on which the command could ask.", "Add --yes."
        )
    if not yes:
        typer.confirm(f"Disconnect {account_id}? Its waiting publishes fail.", abort=True, err=True)
    ended = open_api(stage).disconnect_account(account_id)
    if as_json:
        print_answer(ended)
        return
    revocation = "TikTok confirmed" if ended.revoked_at_tiktok else "TikTok did not confirm"
    print_note(f"Disconnected {account_id}. {revocation} the revocation.")


def _row(account: AccountView) -> tuple[str, ...]:
    name = account.username or account.nickname or "-"
    scopes = ",".join(sorted(account.scopes))
    return account.account_id, account.user_id, name, account.status, scopes, time_text(account.connected_at)[:10]


def _fields(account: AccountDetailView) -> list[tuple[str, str]]:
    fields = [
        ("Account", account.account_id),
        ("User", account.user_id),
        ("Name", account.username or account.nickname or ""),
        ("Status", account.status),
        ("Scopes", ",".join(sorted(account.scopes))),
        ("Connected", time_text(account.connected_at)),
        ("Ended", f"{time_text(account.ended_at)}, {account.end_reason}" if account.ended_at else ""),
        ("App's audit", account.app_audit),
    ]
    return [(name, value) for name, value in fields if value]


def _ability_row(one: AbilityView) -> tuple[str, ...]:
    return "yes" if one.can else "no", one.what, one.why or "-", one.fix or "-"
