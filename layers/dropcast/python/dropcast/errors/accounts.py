"""Errors of connecting an account and of keeping it connected."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

_CONNECT_AGAIN = (
    "Connect the account again: create a new link (POST /v1/connections or dropcast accounts connect) and open it."
)

ACCOUNTS: dict[ErrorCode, Entry] = {
    "reconnect_needed": Entry(
        "TikTok no longer accepts this account's connection.",
        _CONNECT_AGAIN,
        Next.RECONNECT,
        409,
    ),
    "scope_not_granted": Entry(
        "The account's owner did not grant the scope {scope}, which this action needs.",
        "Connect the account again and leave {scope} ticked on TikTok's consent page. If that page does not list "
        "{scope}, ask the operator to get TikTok's approval for the scope and to add it to the setting "
        "TIKTOK_SCOPES.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_approved": Entry(
        "The setting TIKTOK_SCOPES of this deployment does not contain the scopes {scopes}, so Dropcast does "
        "not request them.",
        "Request only scopes from this list: {approved}. After TikTok has approved another scope for the app,"
        " the operator can add it to TIKTOK_SCOPES.",
        Next.NONE,
    ),
    "account_unconfirmed": Entry(
        "The connection of this account has not been confirmed yet, so Dropcast does not know whether the "
        "right person connected it.",
        "Confirm the connection (POST /v1/connections/confirm) with the code that Dropcast added to your "
        "return_to address. Or create a new link (POST /v1/connections) and connect the account again.",
        Next.RECONNECT,
        409,
    ),
    "account_disconnected": Entry(
        "This account was disconnected.",
        _CONNECT_AGAIN,
        Next.RECONNECT,
        409,
    ),
    "account_taken": Entry(
        "This TikTok account is already connected for another user.",
        "Disconnect the account for that user first, then connect it for this user.",
        Next.NONE,
        409,
    ),
    "return_to_refused": Entry(
        "Dropcast does not redirect to the address in return_to, because the setting RETURN_TO_ORIGINS does not "
        "contain the origin of this address.",
        "Use an address whose origin is in RETURN_TO_ORIGINS, or add the origin to this setting.",
        Next.NONE,
    ),
    "app_not_set": Entry(
        "This deployment has no TikTok app configured.",
        "Ask the operator of this deployment to run `dropcast app set`. docs/connect.md explains where to find the "
        "client key and secret.",
        Next.NONE,
        503,
    ),
    "app_changed": Entry(
        "This account was connected through a different TikTok app from the one that is configured now.",
        "If the change was a mistake, ask the operator to set the previous app again (dropcast app set). If "
        "the new app is right, connect the account again.",
        Next.RECONNECT,
        409,
    ),
    "connection_expired": Entry(
        "This link has expired or was already used.",
        "Create a new link, or ask for one where you got this link. Each link works once and for ten minutes.",
        Next.RETRY,
        410,
    ),
    "connection_not_started_here": Entry(
        "You did not press the button on Dropcast's page, or this browser blocks cookies.",
        "Allow cookies in this browser, open your connect link again, and press the button.",
        Next.RETRY,
        403,
    ),
    "confirmation_expired": Entry(
        "This code cannot confirm a connection: it is wrong, was already used, is older than an hour, or "
        "belongs to another user.",
        "Create a new link (POST /v1/connections) and let the person connect again.",
        Next.RECONNECT,
        410,
    ),
    "confirmation_needs_user": Entry(
        "The person finished the connection in a different browser from the one that opened the link. In this"
        " case the confirmation needs a user_id.",
        "Also send user_id, the id of the user who is signed in to your site. Take this id from the session of "
        "the browser that brought the confirmation code to your site, never from the URL.",
        Next.NONE,
    ),
    "refresh_too_soon": Entry(
        "A refresh of this account's tokens was already requested less than a minute ago.",
        "No action needed; the refresh is in progress. To request another refresh, wait details.retry_after seconds.",
        Next.WAIT,
        429,
    ),
    "connection_other_browser": Entry(
        "The connection was started in another browser, or this browser blocks cookies.",
        "Create a new link and complete all steps in one browser, with cookies allowed.",
        Next.RETRY,
        403,
    ),
}
