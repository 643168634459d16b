"""Errors of plans."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

PLANS: dict[ErrorCode, Entry] = {
    "already_retried": Entry(
        "This publish was already retried, as {publish_id}.",
        "Check {publish_id}. If that publish failed too, create a plan that retries that publish.",
        Next.NONE,
        409,
    ),
    "plan_changed": Entry(
        "Something has changed since this plan was made: {what}. Nothing was done.",
        "Make a new plan. If `details` contains a `problem`, solve this problem first.",
        Next.NONE,
        409,
    ),
    "plan_expired": Entry(
        "A key can execute a plan only within 15 minutes, and this plan is older. Nothing was done.",
        "Make a new plan.",
        Next.NONE,
        410,
    ),
    "plan_needs_person": Entry(
        "This API key is not allowed to publish directly. A person must publish this plan.",
        "Send this link to a person who is allowed to publish to the account: {console_url}. With it the person "
        "can publish the plan for 24 hours after the plan was made.",
        Next.RESOLVE,
        403,
    ),
}
