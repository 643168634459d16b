"""`dropcast keys`: API keys of a deployment."""

from typing import Annotated

import typer

from cli.api import PAGE, ObjectMissingError, open_api, request_of
from cli.dry_run import DryRun, Planned, print_planned, print_unchanged
from cli.exit_codes import REFUSED
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_error, print_note, print_result, print_table, time_text
from cli.stack import Stage, use_stack
from cli.time_span import seconds_of
from cli.wrong_input import WrongInputError
from dropcast.access.keys import REVOCATION_LAG_S, create_key
from dropcast.caller import SCOPES
from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.settings import listed
from dropcast_client import Dropcast
from dropcast_client.models.keys import KeyRequest, KeyView, NewKeyView

cli = typer.Typer(help="API keys of a deployment.", no_args_is_help=True)

_HEADINGS = ("KEY ID", "NAME", "SCOPES", "USER", "STATUS", "CREATED", "EXPIRES", "LAST USED")


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
        str | None, typer.Option(help="How long the key works: 30d, 12h, 45m, or a number of seconds.")
    ] = None,
    bootstrap: Annotated[
        bool,
        typer.Option("--bootstrap", help="Use your AWS credentials instead of an admin key, for the first key."),
    ] = False,
    dry_run: Planned = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Create an API key and print it. It cannot be printed again. The command needs an admin key, or --bootstrap.

    Example: dropcast keys create --name "my site" --scopes read,publish --bootstrap
    """
    wanted = listed(scopes)
    if not wanted or not SCOPES.issuperset(wanted):
        raise WrongInputError(f"--scopes {scopes} is wrong.", f"Choose from {', '.join(sorted(SCOPES))}.")
    lives_s = None if expires_in is None else seconds_of(expires_in, "--expires-in")
    request = request_of(KeyRequest, {"name": name, "scopes": wanted, "user_id": user_id, "expires_in": lives_s})
    if dry_run:
        print_planned(f"create the key {name}", request)
        return
    made = _create_with_aws(stage, name, wanted, user_id, lives_s) if bootstrap else open_api(stage).make_key(request)
    if as_json:
        print_answer(made)
        return
    of_user = "" if made.user_id is None else f" of the user {made.user_id}"
    until = "" if made.expires_at is None else f", until {time_text(made.expires_at)}"
    print_note(f"{made.key_id} ({', '.join(sorted(made.scopes))}){of_user}{until}.")
    print_note("The key is shown only once. Send it as a bearer token:")
    print_result(made.key)


@cli.command("list")
def show(as_json: AsJson = False, stage: Stage = "dev") -> None:
    """List the API keys, including expired and revoked ones. LAST USED is accurate to the day.

    Example: dropcast keys list
    """
    api = open_api(stage)
    found = api.each(api.show_keys, limit=PAGE)
    if as_json:
        print_answers(found)
        return
    print_table([_HEADINGS, *map(_row, found)])


@cli.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id (dk_…), as create and list show it.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Revoke an API key permanently. Example: dropcast keys revoke dk_01…"""
    api = open_api(stage)
    if dry_run:
        one = _key(api, key_id)
        print_unchanged(f"revoke {key_id}, permanently", one, [_HEADINGS, _row(one)], as_json)
        return
    revoked = api.end_key(key_id)
    if as_json:
        print_answer(revoked)
        return
    print_note(f"Revoked {revoked.key_id} ({revoked.name}). It can still work for {REVOCATION_LAG_S} seconds.")


def _key(api: Dropcast, key_id: str) -> KeyView:
    """The key from the list of keys, because the API has no route for one key. Raises ObjectMissingError."""
    for one in api.each(api.show_keys, limit=PAGE):
        if one.key_id == key_id:
            return one
    raise ObjectMissingError(f"There is no key {key_id}.", "dropcast keys list shows all keys.")


def _create_with_aws(stage: str, name: str, scopes: list[str], user_id: str | None, lives_s: int | None) -> NewKeyView:
    use_stack(stage)
    made = create_key(name, frozenset(scopes), user_id, expires_in=lives_s)
    if isinstance(made, Problem):
        print_error(made.message, made.fix)
        raise typer.Exit(REFUSED)
    key, text = made
    return NewKeyView.model_validate(
        {
            "key_id": key.key_id,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "user_id": key.user_id,
            "status": key.status,
            "created_at": iso(key.created_at),
            "expires_at": iso(key.expires_at) if key.expires_at else None,
            "last_used_at": None,
            "revoked_at": None,
            "key": text,
        }
    )


def _row(key: KeyView) -> tuple[str, ...]:
    expires = time_text(key.expires_at) if key.expires_at else "never"
    used = time_text(key.last_used_at)[:10] if key.last_used_at else "never"
    scopes = ",".join(sorted(key.scopes))
    return key.key_id, key.name, scopes, key.user_id or "-", key.status, time_text(key.created_at), expires, used
