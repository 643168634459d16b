"""The arguments and options that `dropcast publish` and `dropcast drop` share."""

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[list[Path], typer.Argument(help="One video, or up to 35 pictures in the order of the post.")]
PrivacyLevel = Annotated[str, typer.Option(help="Who may see the post. Required unless --draft.")]
Title = Annotated[str, typer.Option(help="The caption of a video, or the title of pictures.")]
Description = Annotated[str, typer.Option(help="The text below pictures.")]
At = Annotated[str, typer.Option(help="Post at this time (2027-01-31T18:00:00Z) instead of now.")]
Reference = Annotated[
    str, typer.Option(help="Your own id of the publish. The command publishes list can filter by it.")
]
Metadata = Annotated[list[str] | None, typer.Option(help="A pair of your own, name=value. Repeatable up to 20 times.")]
Draft = Annotated[
    bool, typer.Option("--draft", help="Send a draft to the creator's inbox; the creator posts it in the app.")
]
