"""`dropcast profiles`: the deployments that you use from this machine, with their API keys."""

from typing import Annotated, NoReturn

import typer

from cli.chosen_deployment import LOCAL
from cli.exit_codes import NO_DEPLOYMENT
from cli.local_stack import local_name, local_variables
from cli.output import print_error, print_json, print_note, print_table
from cli.profiles import Profile, choose_profile, profiles_file, read_profiles, remove_profile, save_profile

cli = typer.Typer(help="The deployments that you use from this machine.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The profile's name, as list shows it.")]


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON without the API keys (docs/cli.md).")]

Row = dict[str, str | bool]
"""A profile without its key: `name`, `stage`, `url`, and whether it is the default (`default`)."""


@cli.command("list")
def show(as_json: AsJson = False) -> None:
    """List the profiles. Example: dropcast profiles list"""
    found = _rows()
    if as_json:
        print_json(found)
        return
    table = [(str(one["name"]), str(one["stage"]), str(one["url"]), "yes" if one["default"] else "") for one in found]
    print_table([("NAME", "STAGE", "URL", "DEFAULT"), *table])


@cli.command()
def add(
    name: Name,
    url: Annotated[str, typer.Option(help="The address of the deployment: the stack's output PublicUrl.")],
    stage: Annotated[str, typer.Option(help="The stage of the deployment's stack.")] = "dev",
    as_json: AsJson = False,
) -> None:
    """Save a deployment and use it by default. Asks for the API key. Example: dropcast profiles add shop --url https://…"""
    key = typer.prompt("API key", hide_input=True, err=True)
    save_profile(Profile(name, url.rstrip("/"), key.strip(), stage))
    print_note(f"Saved in {profiles_file()}, which only you can read.")
    if as_json:
        print_json(_row_of(name))


@cli.command()
def use(name: Name, as_json: AsJson = False) -> None:
    """Use a profile by default. Example: dropcast profiles use local"""
    if name != LOCAL and name not in read_profiles().by_name:
        _fail_missing(name)
    choose_profile(name)
    print_note(f"Commands use {name} now.")
    if as_json:
        print_json(_row_of(name))


@cli.command()
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget a profile and its API key; the key stays valid. Example: dropcast profiles remove shop"""
    removed = _row_of(name)
    if not remove_profile(name):
        _fail_missing(name)
    print_note(f"Removed {name}. Its key stays valid until dropcast keys revoke ends it.")
    if as_json:
        print_json(removed)


def _rows() -> list[Row]:
    """The saved profiles, and the local stack if it runs."""
    saved = read_profiles()
    found = [(one.name, one.stage, one.url) for one in saved.by_name.values()]
    if variables := local_variables(local_name()):
        found.append((LOCAL, variables["DROPCAST_STAGE"], variables["DROPCAST_URL"]))
    return [{"name": name, "stage": stage, "url": url, "default": name == saved.current} for name, stage, url in found]


def _row_of(name: str) -> Row | None:
    """The profile's row. None for an unknown name, and for the local stack while it does not run."""
    return next((one for one in _rows() if one["name"] == name), None)


def _fail_missing(name: str) -> NoReturn:
    print_error(f"There is no profile {name}.", "dropcast profiles list shows all profiles.")
    raise typer.Exit(NO_DEPLOYMENT)
