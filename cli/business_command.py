"""`dropcast business`: connections to TikTok API for Business, for comments and trends."""

from typing import Annotated

import typer

from cli.api import open_api
from cli.dry_run import DryRun, print_unchanged
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_note, print_result, print_table, time_text
from cli.stack import Stage
from dropcast_client.models.business_connections import BusinessConnectionRequest, BusinessConnectionView

cli = typer.Typer(help="Connections to TikTok API for Business.", no_args_is_help=True)

_HEADINGS = ("CONNECTION ID", "KIND", "STATUS", "USER ID", "ACCOUNT ID", "CONNECTED")


@cli.command()
def connect(
    user_id: Annotated[str, typer.Option(help="Your own reference for the person.")],
    advertiser: Annotated[bool, typer.Option("--advertiser", help="Connect an advertiser, for trends.")] = False,
    account: Annotated[str, typer.Option(help="The account (acc_…) whose comments the connection serves.")] = "",
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Print a link with which a person gives consent. The link works once, within ten minutes, in one browser.

    Example: dropcast business connect --user-id 42 --account acc_01…
    """
    kind = "advertiser" if advertiser else "account"
    of_account = {"account_id": account} if account else {}
    link = open_api(stage).connect_business(BusinessConnectionRequest(kind=kind, user_id=user_id, **of_account))
    if as_json:
        print_answer(link)
        return
    print_note(f"Send this link to the person. It works once, until {time_text(link.expires_at)}:")
    print_result(link.connect_url)


@cli.command("list")
def show(as_json: AsJson = False, stage: Stage = "dev") -> None:
    """List the connections, including ended ones. Example: dropcast business list"""
    api = open_api(stage)
    found = api.each(api.list_business_connections)
    if as_json:
        print_answers(found)
        return
    print_table([_HEADINGS, *map(_row, found)])


@cli.command()
def disconnect(
    connection_id: Annotated[str, typer.Argument(help="The connection's id (biz_…), as list shows it.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Revoke a connection at TikTok and erase its tokens. Example: dropcast business disconnect biz_01…"""
    api = open_api(stage)
    if dry_run:
        one = api.show_business_connection(connection_id)
        print_unchanged(f"disconnect {connection_id}", one, [_HEADINGS, _row(one)], as_json)
        return
    ended = api.disconnect_business_connection(connection_id)
    if as_json:
        print_answer(ended)
        return
    revocation = "TikTok confirmed" if ended.revoked_at_tiktok else "TikTok did not confirm"
    print_note(f"Disconnected {connection_id}. {revocation} the revocation.")


def _row(one: BusinessConnectionView) -> tuple[str, ...]:
    serves = one.account_id or "-"
    return one.connection_id, one.kind, one.status, one.user_id, serves, time_text(one.connected_at)[:10]
