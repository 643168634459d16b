"""Words for what can go wrong with connecting an account and keeping it connected."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

ACCOUNTS: dict[ErrorCode, Entry] = {
    "reconnect_needed": Entry(
        "TikTok no longer accepts this account's connection.",
        "Connect the account again: make a new link and open it.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_granted": Entry(
        "The account is connected, but its owner did not allow {scope}, so it cannot do this.",
        "Connect the account again and leave {scope} ticked on TikTok's page. If it is not there, this deployment does "
        "not ask for it: its operator adds it to TIKTOK_SCOPES once TikTok has approved it.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_approved": Entry(
        "This deployment does not ask TikTok for {scopes}; one scope that TikTok has not approved would fail the whole "
        "consent page.",
        "Ask for some of {approved}; or the operator adds the scope to TIKTOK_SCOPES once TikTok has approved it.",
        Next.NONE,
    ),
    "account_unconfirmed": Entry(
        "Somebody connected this account, and it was not confirmed that this was the right person.",
        "Confirm it with the code that came back on return_to (POST /v1/connections/confirm), or make a new link.",
        Next.RECONNECT,
        409,
    ),
    "account_disconnected": Entry(
        "This account was disconnected.", "Connect it again: make a new link and open it.", Next.RECONNECT, 409
    ),
    "account_taken": Entry(
        "This TikTok account is already connected for another user.",
        "Disconnect it for that user first, then connect it here.",
        Next.NONE,
        409,
    ),
    "return_to_refused": Entry(
        "return_to does not lead to a site that this deployment returns to.",
        "Use an address whose origin is listed in RETURN_TO_ORIGINS, or add its origin there.",
        Next.NONE,
    ),
    "app_not_set": Entry(
        "This deployment does not know its TikTok app yet.",
        "Its operator has to run: dropcast app set. docs/connect.md tells where the client key and secret come from.",
        Next.NONE,
        503,
    ),
    "app_changed": Entry(
        "This account was connected through another TikTok app than the one that is set now.",
        "If that is a mistake, the operator sets the former app again (dropcast app set) and nothing is lost. If not, "
        "connect the account again.",
        Next.RECONNECT,
        409,
    ),
    "connection_expired": Entry(
        "This link has expired or was used already.",
        "Ask for a new link: each one works once and for ten minutes.",
        Next.RETRY,
        410,
    ),
    "connection_not_started_here": Entry(
        "This page was not left by its button, or this browser keeps no cookies.",
        "Open the link again, with cookies allowed, and press the button.",
        Next.RETRY,
        403,
    ),
    "confirmation_expired": Entry(
        "There is nothing to confirm with this code: it is wrong, was used, is an hour old, or is not of this user.",
        "Make a new link and let the person connect again.",
        Next.RECONNECT,
        410,
    ),
    "confirmation_needs_user": Entry(
        "This code came from another browser than the one that began, so it is confirmed only with its user.",
        "Send user_id too: the person who is signed in to your site in the browser that brought the code, never an id "
        "from the address.",
        Next.NONE,
    ),
    "refresh_too_soon": Entry(
        "A refresh of this account was asked for less than a minute ago.",
        "No action needed: it is under way. Ask again after the seconds in details.retry_after if you must.",
        Next.WAIT,
        429,
    ),
    "connection_other_browser": Entry(
        "Connecting was begun in another browser, or this one keeps no cookies.",
        "Ask for a new link and go all the way in one browser, with cookies allowed.",
        Next.RETRY,
        403,
    ),
}
