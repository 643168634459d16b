"""Words for what can go wrong with connecting an account and keeping it connected."""

from dropcast.catalogue_entry import Entry, Next

ACCOUNTS: dict[str, Entry] = {
    "reconnect_needed": Entry(
        "TikTok no longer accepts this account's connection.",
        "Connect the account again: make a new link and open it.",
        Next.RECONNECT,
        409,
    ),
    "scope_not_granted": Entry(
        "The account is connected, but its owner did not allow {scope}, so it cannot do this.",
        "Connect the account again and leave {scope} ticked on TikTok's page.",
        Next.RECONNECT,
        409,
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
    "connection_expired": Entry(
        "This link has expired or was used already.",
        "Ask for a new link: each one works once and for ten minutes.",
        Next.RETRY,
        410,
    ),
    "connection_other_browser": Entry(
        "Connecting was begun in another browser, or this one keeps no cookies.",
        "Ask for a new link and go all the way in one browser, with cookies allowed.",
        Next.RETRY,
        403,
    ),
}
