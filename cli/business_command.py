"""`dropcast business`: connections to TikTok API for Business, for comments and trends."""

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from cli.api import open_api
from cli.output import print_note, print_result, print_table
from cli.stack import Stage

cli = typer.Typer(help="Connections to TikTok API for Business.", no_args_is_help=True)

_ALL = "/v1/business-connections"


@cli.command()
def connect(
    user_id: Annotated[str, typer.Option(help="Your own reference for the person.")],
    advertiser: Annotated[bool, typer.Option("--advertiser", help="Connect an advertiser, for trends.")] = False,
    account: Annotated[str, typer.Option(help="The account (acc_…) whose comments the connection serves.")] = "",
    stage: Stage = "dev",
) -> None:
    """Print a link on which a person consents. It works once, within ten minutes, in one browser."""
    wanted = {"kind": "advertiser" if advertiser else "account", "user_id": user_id}
    link = open_api(stage).ask("POST", _ALL, wanted | ({"account_id": account} if account else {}))
    print_note(f"Send this link to the person. It works once, until {link['expires_at']}:")
    print_result(link["connect_url"])


@cli.command("list")
def show(stage: Stage = "dev") -> None:
    """List the connections, including ended ones."""
    print_table([("CONNECTION ID", "KIND", "STATUS", "USER ID", "ACCOUNT ID", "CONNECTED"), *map(_row, _all(stage))])


@cli.command()
def disconnect(
    connection_id: Annotated[str, typer.Argument(help="The connection's id (biz_…), as list shows it.")],
    stage: Stage = "dev",
) -> None:
    """Revoke a connection at TikTok and erase its tokens."""
    ended = open_api(stage).ask("DELETE", f"{_ALL}/{connection_id}")
    revocation = "TikTok confirmed" if ended["revoked_at_tiktok"] else "TikTok did not confirm"
    print_note(f"Disconnected {connection_id}. {revocation} the revocation.")


def _all(stage: str) -> Iterator[dict[str, Any]]:
    api, query = open_api(stage), ""
    while True:
        page = api.ask("GET", f"{_ALL}{query}")
        yield from page["items"]
        if not (after := page.get("next")):
            return
        query = f"?{urlencode({'next': after})}"


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    serves = one["account_id"] or "-"
    return one["connection_id"], one["kind"], one["status"], one["user_id"], serves, one["connected_at"][:10]
