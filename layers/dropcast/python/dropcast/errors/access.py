"""Errors of signing in to the console, and of embeds."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

ACCESS: dict[ErrorCode, Entry] = {
    "sign_in_key_wrong": Entry(
        "This API key is wrong, was revoked or has expired.",
        "Paste the whole key, which starts with dk_. If you do not have it, ask the operator of this deployment "
        "for a new key or for a sign-in link.",
        Next.NONE,
        401,
    ),
    "sign_in_link_expired": Entry(
        "This sign-in link has expired or was already used.",
        "Run `dropcast console` to make a new link. Each link works once and for five minutes.",
        Next.RETRY,
        410,
    ),
    "sign_in_key_ended": Entry(
        "The API key of this sign-in link was revoked or has expired.",
        "To make a new link, run `dropcast console` with an API key that works.",
        Next.NONE,
        403,
    ),
    "too_many_attempts": Entry(
        "There were too many attempts to sign in within a minute.",
        "Wait {retry_after} seconds, then try again.",
        Next.WAIT,
        429,
    ),
    "signed_out": Entry("You are signed out: the session or its API key has ended.", "Sign in again.", Next.NONE, 401),
    "form_expired": Entry(
        "This page is too old, or it belongs to another sign-in. Nothing was changed.",
        "Reload the page, then try again.",
        Next.RETRY,
        403,
    ),
    "embed_origin_refused": Entry(
        "This deployment does not allow the site in `origin` to embed Dropcast's pages.",
        "Use an origin that the setting RETURN_TO_ORIGINS contains, or add this origin to the setting. An "
        "origin has no path: https://app.example.com.",
        Next.NONE,
    ),
    "embed_expired": Entry(
        "This page has expired, or its link was already used.",
        "Return to the site that embeds this page, and open the page there again.",
        Next.RETRY,
        401,
    ),
}
