"""`dropcast keys`: API keys of a deployment."""

import re
from typing import Annotated

import typer

from cli.output import print_error, print_note, print_result, print_table
from cli.stack import Stage, use_stack
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import REVOCATION_LAG_S, create_key, list_keys, revoke_key
from dropcast.caller import SCOPES
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.settings import listed

cli = typer.Typer(help="API keys of a deployment.", no_args_is_help=True)

_PAGE = 100
_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


@cli.command()
def create(
    name: Annotated[str, typer.Option(help="The purpose of the key, for people.")],
    scopes: Annotated[
        str, typer.Option("--scopes", "--scope", help="Comma-separated: read, publish, draft, admin.")
    ] = "read,publish",
    user_id: Annotated[
        str | None, typer.Option(help="Bind the key to this user: it sees only this user's accounts and publishes.")
    ] = None,
    expires_in: Annotated[
        str | None, typer.Option(help="When the key stops working: 30d, 12h, 45m, or a number of seconds.")
    ] = None,
    stage: Stage = "dev",
) -> None:
    """Create an API key and print it. It cannot be printed again."""
    wanted = frozenset(listed(scopes))
    if not wanted or not wanted <= SCOPES:
        raise typer.BadParameter(f"choose from {', '.join(sorted(SCOPES))}", param_hint="--scopes")
    lives_s = None if expires_in is None else _seconds(expires_in)
    use_stack(stage)
    made = create_key(name, wanted, user_id, expires_in=lives_s)
    if isinstance(made, Problem):
        print_error(made.message, made.fix)
        raise typer.Exit(1)
    key, text = made
    of_user = "" if key.user_id is None else f" of the user {key.user_id}"
    until = "" if key.expires_at is None else f", until {iso(key.expires_at)}"
    print_note(f"{key.key_id} ({', '.join(sorted(key.scopes))}){of_user}{until}.")
    print_note("The key is shown only once. Send it as a bearer token:")
    print_result(text)


@cli.command("list")
def show(stage: Stage = "dev") -> None:
    """List the API keys, including expired and revoked ones. LAST USED is accurate to the day."""
    use_stack(stage)
    headings = ("KEY ID", "NAME", "SCOPES", "USER", "STATUS", "CREATED", "EXPIRES", "LAST USED")
    print_table([headings, *map(_row, _all_keys())])


@cli.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id (dk_…), as create and list show it.")],
    stage: Stage = "dev",
) -> None:
    """Revoke an API key permanently."""
    use_stack(stage)
    revoked = revoke_key(key_id)
    if isinstance(revoked, Problem):
        print_error(revoked.message, "dropcast keys list shows all keys.")
        raise typer.Exit(1)
    print_note(f"Revoked {revoked.key_id} ({revoked.name}). It may still work for {REVOCATION_LAG_S} seconds.")


def _all_keys() -> list[ApiKey]:
    found = page = list_keys(_PAGE)
    while len(page) == _PAGE:
        page = list_keys(_PAGE, page[-1].key_id)
        found = found + page
    return found


def _seconds(text: str) -> int:
    """A time span like 30d, in seconds."""
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", text, re.ASCII)
    if not found:
        raise typer.BadParameter("use 30d, 12h, 45m, or a number of seconds", param_hint="--expires-in")
    return int(found[1]) * _UNITS_S[found[2]]


def _row(key: ApiKey) -> tuple[str, ...]:
    user = key.user_id or "-"
    expires = iso(key.expires_at) if key.expires_at else "never"
    used = iso(key.last_used_at)[:10] if key.last_used_at else "never"
    scopes = ",".join(sorted(key.scopes))
    return key.key_id, key.name, scopes, user, key.status, iso(key.created_at), expires, used
