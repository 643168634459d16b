"""The errors of webhook endpoints and of their deliveries."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

WEBHOOKS: dict[ErrorCode, Entry] = {
    "endpoint_url_refused": Entry(
        "Nothing may be sent to this URL: it {reason}.",
        "Use an https address on the public internet. For a trial on your own machine: OUTBOUND_ALLOWED_ORIGINS.",
        Next.NONE,
    ),
    "unknown_event": Entry(
        "There is no event {event}.", "Name events of docs/events.md, or * for all of them.", Next.NONE
    ),
    "too_many_endpoints": Entry(
        "There are {limit} webhook endpoints, and may be no more.", "Delete one that is not used.", Next.NONE, 409
    ),
    "endpoint_contended": Entry(
        "Somebody else kept changing this webhook endpoint.", "Look at it, then try again.", Next.RETRY, 409
    ),
    "endpoint_disabled": Entry(
        "The webhook endpoint is disabled: nothing is delivered to it.", "Enable it first.", Next.NONE, 409
    ),
    "event_not_kept": Entry(
        "There is no event {event_id}, or no longer: events are kept for 31 days.", "Check the id.", Next.NONE, 404
    ),
    "too_many_deliveries": Entry(
        "More than {limit} deliveries lie between since and until.", "Choose a shorter span.", Next.NONE
    ),
}
