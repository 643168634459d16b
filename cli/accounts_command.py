"""`dropcast accounts`: the TikTok accounts of a deployment."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cli.output import print_error, print_note, print_result, print_table
from cli.stack import Stage, use_stack
from dropcast.accounts.account_list_store import get_accounts_page
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.settings import listed

cli = typer.Typer(help="The TikTok accounts of a deployment.", no_args_is_help=True)

_PAGE = 100


@cli.command()
def connect(
    user_id: Annotated[str, typer.Option(help="Your own reference for the person.")],
    scopes: Annotated[str, typer.Option(help="Comma-separated subset of the deployment's scopes.")] = "",
    stage: Stage = "dev",
) -> None:
    """Print a link on which a person connects their account. It works once, within ten minutes, in one browser."""
    use_stack(stage)
    link = begin_connection(user_id, None, scopes=listed(scopes) or None)
    if isinstance(link, Problem):
        print_error(link.message, link.fix)
        raise typer.Exit(1)
    print_note(f"Send this link to the person. It works once, until {iso(link.expires_at)}:")
    print_result(link.connect_url)


@cli.command("list")
def show(
    user_id: Annotated[str | None, typer.Option(help="Only accounts of this user.")] = None,
    stage: Stage = "dev",
) -> None:
    """List the accounts, including disconnected ones."""
    use_stack(stage)
    print_table(
        [("ACCOUNT ID", "USER ID", "NAME", "STATUS", "SCOPES", "CONNECTED"), *map(_row, _all_accounts(user_id))]
    )


def _all_accounts(user_id: str | None) -> Iterator[Account]:
    after: str | None = None
    while not isinstance(
        page := get_accounts_page(SYSTEM, user_id=user_id, status=None, after=after, limit=_PAGE), Problem
    ):
        yield from page.accounts
        if (after := page.next) is None:
            return


def _row(account: Account) -> tuple[str, ...]:
    name = account.username or account.nickname or "-"
    scopes = ",".join(sorted(account.scopes))
    return account.account_id, account.user_id, name, account.status, scopes, iso(account.connected_at)[:10]
