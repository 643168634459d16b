"""The errors of trends."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

TRENDS: dict[ErrorCode, Entry] = {
    "trends_not_collected": Entry(
        "This list of trends is not collected: {kind} of {country} over {period_days} days, category {category}.",
        "Have it collected: TREND_COUNTRIES, TREND_KINDS, TREND_PERIODS and TREND_CATEGORIES (docs/trends.md).",
        Next.NONE,
        404,
    ),
    "trends_not_configured": Entry(
        "There is no country whose trends are to be collected.",
        "Name some in TREND_COUNTRIES (docs/trends.md).",
        Next.NONE,
        409,
    ),
}
