"""Errors of webhook endpoints and of their deliveries."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

WEBHOOKS: dict[ErrorCode, Entry] = {
    "endpoint_url_refused": Entry(
        "Dropcast does not send to this URL, because the URL {reason}.",
        "Use an https address on the public internet. For tests on your own machine, add the URL's origin to the "
        "setting OUTBOUND_ALLOWED_ORIGINS.",
        Next.NONE,
    ),
    "unknown_event": Entry(
        "There is no event {event}.", "Use event names from docs/events.md, or * for all events.", Next.NONE
    ),
    "too_many_endpoints": Entry(
        "There are already {limit} webhook endpoints, which is the maximum.",
        "Delete an endpoint that you do not use.",
        Next.NONE,
        409,
    ),
    "endpoint_contended": Entry(
        "Other requests changed this webhook endpoint at the same time.",
        "Check the endpoint, then try again.",
        Next.RETRY,
        409,
    ),
    "endpoint_disabled": Entry(
        "The webhook endpoint is disabled and receives no deliveries.",
        "Enable the endpoint first (dropcast webhooks enable).",
        Next.NONE,
        409,
    ),
    "event_not_kept": Entry(
        "There is no event {event_id}, or it is no longer stored: Dropcast keeps events for 31 days.",
        "Check the id.",
        Next.NONE,
        404,
    ),
    "too_many_deliveries": Entry(
        "There are more than {limit} deliveries between `since` and `until`.", "Choose a shorter period.", Next.NONE
    ),
}
