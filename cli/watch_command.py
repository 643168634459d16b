"""`dropcast watch`: shows publishes as they change. On a terminal this is a live table, in a pipe lines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.api import open_api
from cli.exit_codes import NOT_PUBLISHED
from cli.output import console, print_json_line, print_rows, time_text, visible
from cli.publishing.outcome import GOOD
from cli.publishing.publish_text import sent_text, source_text
from cli.stack import Stage
from dropcast import clock
from dropcast_client import RESTING, Dropcast, PublishView

_POLL_S = 2.0
_NEWEST = 20
_HEADINGS = ("PUBLISH ID", "ACCOUNT ID", "STATE", "SENT", "DUE", "SOURCE", "ERROR")

Show = Callable[[list[PublishView]], None]


def watch(
    publish_ids: Annotated[list[str] | None, typer.Argument(help="Publish_ids. Default: the newest publishes.")] = None,
    account: Annotated[str, typer.Option(help="Only publishes of this account, if no publish_id is given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print each change as a line of JSON.")] = False,
    stage: Stage = "dev",
) -> None:
    """Watch publishes until they have ended. Without publish_ids it shows the newest ones until Ctrl-C.

    Example: dropcast watch pub_01…
    """
    api = open_api(stage)
    # rich would print to stderr whatever is printed to stdout during a live table.
    in_place = console.is_interactive and sys.stdout.isatty() and not as_json
    with _live_table() if in_place else nullcontext(_Changes(as_json).print_new) as show:
        while True:
            publishes = _asked(api, publish_ids or [], account)
            show(publishes)
            if publish_ids and all(one.state in RESTING for one in publishes):
                break
            clock.sleep(_POLL_S)
    raise typer.Exit(0 if all(one.state in GOOD for one in publishes) else NOT_PUBLISHED)


@contextmanager
def _live_table() -> Iterator[Show]:
    with Live(console=console, auto_refresh=False) as shown:
        yield lambda publishes: shown.update(_table(publishes), refresh=True)


def _asked(api: Dropcast, publish_ids: list[str], account: str) -> list[PublishView]:
    if publish_ids:
        return [api.show_publish(publish_id) for publish_id in publish_ids]
    return list(islice(api.each(api.list_publishes, account_id=account or None, limit=_NEWEST), _NEWEST))


class _Changes:
    """Prints a publish whenever its line has changed."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._lines: dict[str, tuple[str, ...]] = {}

    def print_new(self, publishes: list[PublishView]) -> None:
        changed = [one for one in publishes if self._lines.get(one.publish_id) != _row(one)]
        self._lines |= {one.publish_id: _row(one) for one in changed}
        if self._as_json:
            for one in changed:
                print_json_line(one.model_dump(mode="json"))
        elif changed:
            print_rows(_HEADINGS, [_row(one) for one in changed])


def _table(publishes: list[PublishView]) -> Table:
    table = Table(*_HEADINGS, box=None)
    for one in publishes:
        table.add_row(*(Text(visible(cell)) for cell in _row(one)))
    return table


def _row(one: PublishView) -> tuple[str, ...]:
    due = time_text(one.not_before or one.publish_at)
    error = one.error.code if one.error else "-"
    return one.publish_id, one.account_id, one.state, sent_text(one), due, source_text(one), error
