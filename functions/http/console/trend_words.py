"""The words of the trends pages: sources, reasons of failures with their fix, ages, changes and figures."""

from dropcast.trends.health_store import SourceState
from dropcast.trends.models import (
    ALL,
    Direction,
    Hashtag,
    Item,
    Reason,
    SourceName,
    Track,
    TrendKind,
    TrendQuery,
    Video,
)

KINDS: dict[TrendKind, str] = {"hashtags": "Hashtags", "videos": "Videos", "music": "Music", "keywords": "Keywords"}
SOURCES: dict[SourceName, str] = {
    "discovery": "Discovery API",
    "creative_center": "Creative Center",
    "ensembledata": "EnsembleData",
}
STATES: dict[SourceState, tuple[str, str]] = {
    "good": ("Works", "done"),
    "failing": ("Fails", "failed"),
    "off": ("Not set up", "waits"),
    "untried": ("Not asked yet", "waits"),
}
"""The words and the tone for each state."""

_REASONS: dict[Reason, tuple[str, str]] = {
    "not_configured": ("Dropcast did not call this source, because it is not set up.", ""),
    "not_connected": (
        "Dropcast did not call this source, because there is no connection to TikTok API for Business.",
        "Connect an advertiser for hashtags and videos, or an account's comments for music and keywords.",
    ),
    "refused": ("The source refused the request.", "Check the permissions of the connection, or connect again."),
    "deprecated": ("The source reports that it was shut down.", "Update Dropcast, or use another source."),
    "empty": (
        "The source reported success, but sent no items.",
        "No action needed; the next run asks the source again.",
    ),
    "changed": (
        "The source's answer has an unexpected format.",
        "Update Dropcast, or report this with the source's answer.",
    ),
    "login": ("The source requires a sign-in.", "Use another source."),
    "region": (
        "The source does not return lists for this country to this deployment.",
        "Use another source for this country.",
    ),
    "captcha": ("The source requires a captcha.", "No action needed; the next run asks the source again."),
    "rate": ("The source got too many requests.", "No action needed; the next run asks the source again."),
    "budget": (
        "The run's requests, the day's units or the time were used up.",
        (
            "The next run asks the source again. If this repeats, raise trend_requests_per_run or "
            "ensembledata_units_per_day."
        ),
    ),
    "unanswered": ("The source did not answer.", "No action needed; the next run asks the source again."),
}
_SET_UP: dict[SourceName, str] = {
    "discovery": "Connect TikTok API for Business.",
    "creative_center": "Deploy with creative_center=on. Creative Center's terms of use forbid automatic collection.",
    "ensembledata": "Deploy with trend_keywords, and store a token with dropcast app set-ensembledata.",
}
_MARKS: dict[Direction, str] = {"up": "▲", "down": "▼", "stable": "=", "new": "★"}
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))


def reason_words(source: SourceName, reason: Reason) -> tuple[str, str]:
    """Why the source returned no list, and what to do."""
    words, fix = _REASONS[reason]
    return words, fix or _SET_UP[source]


def change_words(item: Item) -> tuple[str, str]:
    """A mark and words for the change of the item's rank within about a day."""
    if item.direction is None:
        return "–", "unknown"
    return _MARKS[item.direction], _change(item.direction, abs(item.rank_change or 0))


def age_words(seconds: int) -> str:
    """An age in words: 3 hours."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (60, "minute"))
    return counted(seconds // size, unit)


def counted(count: int, unit: str) -> str:
    """A number with its unit: 1,904 views."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def list_words(query: TrendQuery) -> str:
    """The name of a list: Hashtags in US over 7 days."""
    where = f" in {query.country}" if query.country else ""
    days = f" over {counted(query.period_days, 'day')}" if query.period_days else ""
    return KINDS[query.kind] + where + days + ("" if query.category == ALL else f", {category_words(query.category)}")


def category_words(category: str) -> str:
    """The name of a category. FOOD_DRINKS becomes "Food drinks"."""
    return category.replace("_", " ").capitalize()


def name_of(item: Item) -> str:
    """The name of the item."""
    match item:
        case Hashtag(name=name):
            return f"#{name}"
        case Track(title=title, artist=artist):
            return f"{title} – {artist}" if artist else title
        case Video(description=description, author=author, video_id=video_id):
            return description or (f"A video of @{author}" if author else f"Video {video_id}")
        case _:
            return item.item_id


def figures_of(item: Item) -> list[str]:
    """The item's numbers, each with its unit."""
    match item:
        case Hashtag():
            found = [(item.views, "view"), (item.posts, "post")]
        case Video():
            found = [(item.views, "view"), (item.likes, "like"), (item.comments, "comment")]
        case Track(duration_seconds=int(seconds)):
            return [f"{seconds // 60}:{seconds % 60:02} minutes"]
        case _:
            found = []
    return [counted(count, unit) for count, unit in found if count is not None]


def _change(direction: Direction, ranks: int) -> str:
    match direction:
        case "up":
            return f"up {ranks}" if ranks else "rising"
        case "down":
            return f"down {ranks}" if ranks else "falling"
        case "stable":
            return "no change"
        case "new":
            return "new"
