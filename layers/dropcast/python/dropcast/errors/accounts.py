"""Errors of connecting an account and of keeping it connected."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

ACCOUNTS: dict[ErrorCode, Entry] = {
    "reconnect_needed": Entry(
        "TikTok no longer accepts this account's connection.",
        "Connect the account again: create a new link and open it.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_granted": Entry(
        "The account's owner did not grant the scope {scope}, which this action needs.",
        "Connect the account again and leave {scope} ticked on TikTok's page. If TikTok's page does not "
        "list {scope}, this deployment does not request it: its operator adds it to TIKTOK_SCOPES after "
        "TikTok has approved it.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_approved": Entry(
        "This deployment may not request the scopes {scopes}. TikTok rejects the whole consent page if it "
        "contains one scope that TikTok has not approved.",
        "Request scopes from this list: {approved}. The operator can add a scope to TIKTOK_SCOPES after "
        "TikTok has approved it.",
        Next.NONE,
    ),
    "account_unconfirmed": Entry(
        "The connection of this account has not been confirmed yet, so Dropcast does not know that the "
        "right person connected it.",
        "Confirm the connection with the code that return_to received (POST /v1/connections/confirm), or "
        "create a new link.",
        Next.RECONNECT,
        409,
    ),
    "account_disconnected": Entry(
        "This account was disconnected.",
        "Connect the account again: create a new link and open it.",
        Next.RECONNECT,
        409,
    ),
    "account_taken": Entry(
        "This TikTok account is already connected for another user.",
        "Disconnect the account for that user first, then connect it here.",
        Next.NONE,
        409,
    ),
    "return_to_refused": Entry(
        "return_to is not on a site that this deployment may redirect to.",
        "Use an address whose origin is listed in RETURN_TO_ORIGINS, or add its origin to that setting.",
        Next.NONE,
    ),
    "app_not_set": Entry(
        "This deployment has no TikTok app configured.",
        "The operator runs: dropcast app set. docs/connect.md explains where to find the client key and secret.",
        Next.NONE,
        503,
    ),
    "app_changed": Entry(
        "This account was connected through a different TikTok app from the one that is configured now.",
        "If the change was a mistake, the operator restores the former app (dropcast app set) and the "
        "connection works again. Otherwise connect the account again.",
        Next.RECONNECT,
        409,
    ),
    "connection_expired": Entry(
        "This link has expired or was already used.",
        "Create a new link. Each link works once and for ten minutes.",
        Next.RETRY,
        410,
    ),
    "connection_not_started_here": Entry(
        "The button on this page was not pressed, or this browser does not keep cookies.",
        "Open the link again with cookies allowed, and press the button.",
        Next.RETRY,
        403,
    ),
    "confirmation_expired": Entry(
        "This code cannot confirm a connection: it is wrong, was already used, is older than an hour, or "
        "belongs to another user.",
        "Create a new link and let the person connect again.",
        Next.RECONNECT,
        410,
    ),
    "confirmation_needs_user": Entry(
        "The account was connected in a different browser from the one that opened the link, so the "
        "confirmation must name the user.",
        "Send user_id as well: the id of the person who is signed in to your site in the browser that "
        "brought the code. Never take the id from the address.",
        Next.NONE,
    ),
    "refresh_too_soon": Entry(
        "A refresh of this account was already requested less than a minute ago.",
        "No action needed; the refresh is in progress. To request it again, wait details.retry_after seconds.",
        Next.WAIT,
        429,
    ),
    "connection_other_browser": Entry(
        "The connection was started in another browser, or this browser does not keep cookies.",
        "Create a new link and complete all steps in one browser, with cookies allowed.",
        Next.RETRY,
        403,
    ),
}
