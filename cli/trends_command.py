"""`dropcast trends`: the trend lists that the deployment collected last."""

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from cli.api import open_api
from cli.output import print_note, print_result, print_table
from cli.stack import Stage

cli = typer.Typer(help="Trend lists of the last collection.", no_args_is_help=True)

Country = Annotated[str, typer.Option(help="Two letters (US). Default: the first configured country.")]
Period = Annotated[str, typer.Option(help="Days: 1, 7, 30, 90 or 120. Default: the first configured period.")]
Category = Annotated[str, typer.Option(help="A configured category (FOOD). Default: all.")]
Limit = Annotated[int, typer.Option(help="The largest number of rows.", min=1, max=200)]

_ALL = "/v1/trends"
_TEXT_MAX = 60


@cli.command()
def hashtags(
    country: Country = "", period: Period = "", category: Category = "", limit: Limit = 50, stage: Stage = "dev"
) -> None:
    """List trending hashtags."""
    found = _list_items(stage, "hashtags", country=country, period=period, category=category, limit=str(limit))
    print_table(
        [("RANK", "MOVE", "VIEWS", "HASHTAG"), *(_row(one, _count(one["views"]), one["name"]) for one in found)]
    )


@cli.command()
def videos(
    country: Country = "",
    period: Period = "",
    category: Category = "",
    keyword: Annotated[
        str, typer.Option(help="Only videos with this text in the caption, the hashtags or the author's name.")
    ] = "",
    limit: Limit = 50,
    stage: Stage = "dev",
) -> None:
    """List trending videos."""
    asked = {"country": country, "period": period, "category": category, "keyword": keyword, "limit": str(limit)}
    found = _list_items(stage, "videos", **asked)
    rows = (_row(one, _count(one["views"]), one["url"], _short(one["description"])) for one in found)
    print_table([("RANK", "MOVE", "VIEWS", "URL", "CAPTION"), *rows])


@cli.command()
def music(country: Country = "", period: Period = "", limit: Limit = 50, stage: Stage = "dev") -> None:
    """List trending tracks of TikTok's Commercial Music Library."""
    found = _list_items(stage, "music", country=country, period=period, limit=str(limit))
    rows = (_row(one, one["track_id"], one["title"], one["artist"] or "-") for one in found)
    print_table([("RANK", "MOVE", "TRACK ID", "TITLE", "ARTIST"), *rows])


@cli.command()
def keywords(limit: Limit = 50, stage: Stage = "dev") -> None:
    """List search keywords."""
    found = _list_items(stage, "keywords", limit=str(limit))
    print_table([("RANK", "MOVE", "KEYWORD"), *(_row(one, one["keyword"]) for one in found)])


@cli.command()
def sources(stage: Stage = "dev") -> None:
    """Show the recent state of the sources."""
    found = open_api(stage).ask("GET", f"{_ALL}/sources")["items"]
    rows = [
        (one["source"], one["state"], one["good_at"] or "-", one["failed_at"] or "-", one["raw_status"] or "-")
        for one in found
    ]
    print_table([("SOURCE", "STATE", "LAST GOOD", "LAST FAILED", "MESSAGE"), *rows])


@cli.command()
def collect(stage: Stage = "dev") -> None:
    """Queue a collection of every list. Prints the run's id."""
    run = open_api(stage).ask("POST", f"{_ALL}/collect")
    print_note(f"{run['queued']} lists are queued.")
    print_result(run["run_id"])


def _list_items(stage: str, kind: str, **query: str) -> list[dict[str, Any]]:
    """The items of a list. Its source, time and failed attempts go to stderr."""
    wanted = urlencode({name: value for name, value in query.items() if value})
    shown = open_api(stage).ask("GET", f"{_ALL}/{kind}?{wanted}")
    if shown["source"]:
        print_note(f"{shown['source']}, {shown['captured_at']}{', stale' if shown['stale'] else ''}")
    for attempt in shown["attempts"]:
        print_note(f"{attempt['source']} failed: {attempt['reason']} ({attempt['raw_status']})")
    return shown["items"]


def _row(one: dict[str, Any], *cells: str) -> tuple[str, ...]:
    change = one["rank_change"]
    return str(one["rank"]), f"{one['direction'] or '-'}{f' {change:+}' if change else ''}", *cells


def _count(value: int | None) -> str:
    return "-" if value is None else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_MAX else f"{line[: _TEXT_MAX - 1]}…"
