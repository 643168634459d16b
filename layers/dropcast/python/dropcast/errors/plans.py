"""Errors of plans."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

PLANS: dict[ErrorCode, Entry] = {
    "plan_changed": Entry(
        "What this plan does was checked, but it has changed since: {what}. Nothing was done.",
        "Make a new plan. If the details show a `problem`, fix it first.",
        Next.NONE,
        409,
    ),
    "plan_expired": Entry(
        "This plan is older than 15 minutes, so it can no longer be executed. Nothing was done.",
        "Make a new plan.",
        Next.NONE,
        410,
    ),
    "plan_needs_person": Entry(
        "This API key may not publish directly, so a person has to publish this plan.",
        "Give {console_url} to a person who may publish on the account. The link is valid for 24 hours after the plan "
        "was made.",
        Next.RESOLVE,
        403,
    ),
}
