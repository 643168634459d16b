"""`dropcast profiles`: the deployments that you use from this machine, with their API keys."""

import json
from typing import Annotated

import typer

from cli.chosen_deployment import LOCAL
from cli.local_stack import local_name, local_variables
from cli.output import print_error, print_note, print_result, print_table
from cli.profiles import Profile, choose_profile, profiles_file, read_profiles, remove_profile, save_profile

cli = typer.Typer(help="The deployments that you use from this machine.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The profile's name, as list shows it.")]


@cli.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array, without keys.")] = False) -> None:
    """List the profiles. Example: dropcast profiles list"""
    saved = read_profiles()
    rows = [(one.name, one.stage, one.url) for one in saved.by_name.values()]
    if variables := local_variables(local_name()):
        rows.append((LOCAL, variables["DROPCAST_STAGE"], variables["DROPCAST_URL"]))
    if as_json:
        found = [
            {"name": name, "stage": stage, "url": url, "default": name == saved.current} for name, stage, url in rows
        ]
        print_result(json.dumps(found, indent=2))
        return
    print_table(
        [("NAME", "STAGE", "URL", "DEFAULT"), *((*row, "yes" if row[0] == saved.current else "") for row in rows)]
    )


@cli.command()
def add(
    name: Name,
    url: Annotated[str, typer.Option(help="The address of the deployment, its output PublicUrl.")],
    stage: Annotated[str, typer.Option(help="The stage of its stack.")] = "dev",
) -> None:
    """Save a deployment and use it by default. Asks for the API key. Example: dropcast profiles add shop --url https://…"""
    key = typer.prompt("API key", hide_input=True, err=True)
    save_profile(Profile(name, url.rstrip("/"), key.strip(), stage))
    print_note(f"Saved in {profiles_file()}, which only you can read.")


@cli.command()
def use(name: Name) -> None:
    """Use a profile by default. Example: dropcast profiles use local"""
    if name != LOCAL and name not in read_profiles().by_name:
        _fail_missing(name)
    choose_profile(name)
    print_note(f"Commands use {name} now.")


@cli.command()
def remove(name: Name) -> None:
    """Forget a profile and its API key; the key stays valid. Example: dropcast profiles remove shop"""
    if not remove_profile(name):
        _fail_missing(name)
    print_note(f"Removed {name}. Its key stays valid until dropcast keys revoke ends it.")


def _fail_missing(name: str) -> None:
    print_error(f"There is no profile {name}.", "dropcast profiles list shows all profiles.")
    raise typer.Exit(1)
