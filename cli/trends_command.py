"""`dropcast trends`: the trend lists that the deployment collected last."""

from typing import Annotated, Any

import typer

from cli.api import open_api
from cli.json_output import AsJson, print_answer, print_answers
from cli.output import print_note, print_result, print_table, time_text
from cli.stack import Stage
from dropcast_client.models.trends import (
    Hashtag,
    Keyword,
    Track,
    TrendingHashtagsView,
    TrendingKeywordsView,
    TrendingMusicView,
    TrendingVideosView,
    Video,
)

cli = typer.Typer(help="Trend lists of the last collection.", no_args_is_help=True)

Country = Annotated[str, typer.Option(help="Two letters (US). Default: the first configured country.")]
Period = Annotated[str, typer.Option(help="Days: 1, 7, 30, 90 or 120. Default: the first configured period.")]
Category = Annotated[str, typer.Option(help="A configured category (FOOD). Default: all.")]
Limit = Annotated[int, typer.Option(help="The largest number of rows.", min=1, max=200)]

_TEXT_MAX = 60


@cli.command()
def hashtags(
    country: Country = "",
    period: Period = "",
    category: Category = "",
    limit: Limit = 50,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List trending hashtags. Example: dropcast trends hashtags --country US"""
    shown = open_api(stage).list_trending_hashtags(
        country=country or None, period=_period(period), category=category or None, limit=limit
    )
    if as_json:
        print_answer(shown)
        return
    _note_origin(shown)
    rows = (_row(one, _count(one.views), one.name) for one in shown.items)
    print_table([("RANK", "MOVE", "VIEWS", "HASHTAG"), *rows])


@cli.command()
def videos(
    country: Country = "",
    period: Period = "",
    category: Category = "",
    keyword: Annotated[
        str, typer.Option(help="Only videos with this text in the caption, the hashtags or the author's name.")
    ] = "",
    limit: Limit = 50,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List trending videos. Example: dropcast trends videos --country US"""
    shown = open_api(stage).list_trending_videos(
        country=country or None,
        period=_period(period),
        category=category or None,
        keyword=keyword or None,
        limit=limit,
    )
    if as_json:
        print_answer(shown)
        return
    _note_origin(shown)
    rows = (_row(one, _count(one.views), one.url or "-", _short(one.description or "")) for one in shown.items)
    print_table([("RANK", "MOVE", "VIEWS", "URL", "CAPTION"), *rows])


@cli.command()
def music(
    country: Country = "", period: Period = "", limit: Limit = 50, as_json: AsJson = False, stage: Stage = "dev"
) -> None:
    """List trending tracks of TikTok's Commercial Music Library. Example: dropcast trends music --limit 10"""
    shown = open_api(stage).list_trending_music(country=country or None, period=_period(period), limit=limit)
    if as_json:
        print_answer(shown)
        return
    _note_origin(shown)
    rows = (_row(one, one.track_id, one.title, one.artist or "-") for one in shown.items)
    print_table([("RANK", "MOVE", "TRACK ID", "TITLE", "ARTIST"), *rows])


@cli.command()
def keywords(limit: Limit = 50, as_json: AsJson = False, stage: Stage = "dev") -> None:
    """List search keywords. Example: dropcast trends keywords --limit 10"""
    shown = open_api(stage).list_trending_keywords(limit=limit)
    if as_json:
        print_answer(shown)
        return
    _note_origin(shown)
    print_table([("RANK", "MOVE", "KEYWORD"), *(_row(one, one.keyword) for one in shown.items)])


@cli.command()
def sources(as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Show the recent state of the sources. Example: dropcast trends sources"""
    found = open_api(stage).list_trend_sources().items
    if as_json:
        print_answers(found)
        return
    rows = [
        (one.source, one.state, time_text(one.good_at), time_text(one.failed_at), one.raw_status or "-")
        for one in found
    ]
    print_table([("SOURCE", "STATE", "LAST GOOD", "LAST FAILED", "MESSAGE"), *rows])


@cli.command()
def collect(as_json: AsJson = False, stage: Stage = "dev") -> None:
    """Queue a collection of every list. Prints the run's id. Example: dropcast trends collect"""
    run = open_api(stage).collect_trends()
    if as_json:
        print_answer(run)
        return
    print_note(f"{run.queued} lists are queued.")
    print_result(run.run_id)


def _note_origin(shown: TrendingHashtagsView | TrendingVideosView | TrendingMusicView | TrendingKeywordsView) -> None:
    """Print the list's source, its time and the failed attempts to stderr."""
    if shown.source:
        print_note(f"{shown.source}, {time_text(shown.captured_at)}{', stale' if shown.stale else ''}")
    for attempt in shown.attempts:
        print_note(f"{attempt.source} failed: {attempt.reason} ({attempt.raw_status})")


def _period(days: str) -> Any:
    """The period as a value for the request. The API validates it."""
    return days or None


def _row(one: Hashtag | Video | Track | Keyword, *cells: str) -> tuple[str, ...]:
    change = f" {one.rank_change:+}" if one.rank_change else ""
    return str(one.rank), f"{one.direction or '-'}{change}", *cells


def _count(value: int | None) -> str:
    return "-" if value is None else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_MAX else f"{line[: _TEXT_MAX - 1]}…"
