"""`dropcast keys`: API keys of a deployment."""

from typing import Annotated

import typer

from cli.say import say
from cli.stack import Stage, use_stack
from dropcast.access.keys import create_key
from dropcast.access.scopes import SCOPES
from dropcast.settings import listed

cli = typer.Typer(help="API keys of a deployment.", no_args_is_help=True)


@cli.callback()
def keys() -> None:
    """API keys of a deployment."""


@cli.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, so that people recognise it.")],
    scopes: Annotated[str, typer.Option(help="Comma list of read, publish, admin.")] = "read,publish",
    stage: Stage = "dev",
) -> None:
    """Make an API key and print it, this once."""
    wanted = frozenset(listed(scopes))
    if not wanted or not wanted <= SCOPES:
        raise typer.BadParameter(f"take some of {', '.join(sorted(SCOPES))}", param_hint="--scopes")
    use_stack(stage)
    key, text = create_key(name, wanted)
    say(f"{key.key_id} ({', '.join(sorted(key.scopes))}). It is shown only now; send it as a bearer token:")
    print(text)
