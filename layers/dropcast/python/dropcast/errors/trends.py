"""Errors of trends."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

TRENDS: dict[ErrorCode, Entry] = {
    "trends_not_collected": Entry(
        "This deployment does not collect this list of trends: {kind} of {country} over {period_days} days,"
        " category {category}.",
        "Add its country, kind, period and category to TREND_COUNTRIES, TREND_KINDS, TREND_PERIODS and "
        "TREND_CATEGORIES (docs/trends.md).",
        Next.NONE,
        404,
    ),
    "trends_not_configured": Entry(
        "This deployment collects no trends by country, because no country is set.",
        "Name countries in TREND_COUNTRIES (docs/trends.md).",
        Next.NONE,
        409,
    ),
}
