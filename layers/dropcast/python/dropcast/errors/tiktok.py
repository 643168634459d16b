"""TikTok's own codes in plain words: API errors, reasons of failed posts, OAuth errors (protocol 1.7, 6 and 11).

A code here is TikTok's, but for `invalid_params` (also written invalid_param), `oauth_invalid_request` (OAuth's
invalid_request, which here would mean a request to us) and the three that begin with `tiktok_`.
"""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

_ASK_OPERATOR = "Ask whoever runs this Dropcast"

TIKTOK: dict[ErrorCode, Entry] = {
    # the account and its grant
    "access_token_invalid": Entry(
        "TikTok no longer accepts the account's access token.",
        "Try again: a new token is fetched. If this stays, connect the account again.",
        Next.RECONNECT,
    ),
    "scope_not_authorized": Entry(
        "The account did not grant the permission that this needs.",
        "Connect the account again and leave every permission ticked.",
        Next.RECONNECT,
    ),
    "scope_permission_missed": Entry(
        "The permission that this needs was not granted, or TikTok has not approved the app for it.",
        f"Connect the account again. {_ASK_OPERATOR}, if that does not help, to check the app's scopes in its portal.",
        Next.RECONNECT,
    ),
    "auth_removed": Entry(
        "The account was disconnected from the app while TikTok worked on the post.",
        "Connect the account again, then post again.",
        Next.RECONNECT,
    ),
    "spam_risk_user_banned_from_posting": Entry(
        "TikTok has banned this account from posting.",
        "The account's owner finds the reason, and how to appeal, in the TikTok app.",
        Next.NONE,
    ),
    "app_version_check_failed": Entry(
        "The TikTok app on the creator's phone is too old to take this draft.",
        "The creator updates the TikTok app (31.8 or later); then publish it again.",
        Next.NONE,
    ),
    # how often
    "rate_limit_exceeded": Entry(
        "TikTok was asked too often for this account within a minute; details.whose tells whether TikTok or dropcast "
        "counted so.",
        "Wait a minute, or as long as retry_after says, and try again.",
        Next.WAIT,
        429,
    ),
    "spam_risk_too_many_posts": Entry(
        "The account has reached TikTok's number of posts for a day (about 15, over all apps together).",
        "Post again tomorrow, or by hand in the TikTok app.",
        Next.WAIT,
        429,
    ),
    "spam_risk_too_many_pending_share": Entry(
        "The account has too many drafts waiting in its inbox (TikTok allows about 5 in 24 hours).",
        "The creator posts or deletes drafts in the TikTok app; else wait a day.",
        Next.WAIT,
        429,
    ),
    "reached_active_user_cap": Entry(
        "The app, over all its accounts, has reached the number of accounts that TikTok lets it post for in a day. "
        "Nothing is wrong with this account.",
        f"Post again tomorrow. {_ASK_OPERATOR} to ask TikTok for a higher cap (an unaudited app may post for 5).",
        Next.WAIT,
        429,
    ),
    # the app and its set-up
    "unaudited_client_can_only_post_to_private_accounts": Entry(
        "TikTok has not audited this app yet, so it may post only to accounts that are private. The account itself "
        "must be set private; choosing the privacy level SELF_ONLY for the post is not enough.",
        "In the TikTok app switch the account to private (Settings, Privacy, Private account) and post again with "
        "SELF_ONLY; or have the app pass TikTok's audit.",
        Next.NONE,
    ),
    "url_ownership_unverified": Entry(
        "TikTok does not know the address of the file as one that belongs to the app.",
        f"{_ASK_OPERATOR} to verify the domain or URL prefix under URL properties in TikTok's portal.",
        Next.NONE,
    ),
    # the request
    "invalid_params": Entry(
        "TikTok did not accept a field of the request.",
        "This is a fault of Dropcast or of its set-up: report it with log_id and TikTok's words in details.",
        Next.NONE,
    ),
    "invalid_file_upload": Entry(
        "TikTok did not accept the uploaded file.", "Export the video again as MP4 with H.264, then post it.", Next.NONE
    ),
    "invalid_publish_id": Entry(
        "TikTok does not know this post.",
        "Look in the TikTok app whether it was posted before posting it again.",
        Next.RESOLVE,
    ),
    "token_not_authorized_for_specified_publish_id": Entry(
        "TikTok says that this post belongs to another account.",
        "Check which account the post was started for.",
        Next.RESOLVE,
    ),
    "publish_not_cancellable": Entry(
        "The post has gone too far to be cancelled.",
        "Wait for its end; the owner can delete the post in the TikTok app.",
        Next.NONE,
        409,
    ),
    "privacy_level_option_mismatch": Entry(
        "The account does not offer the chosen privacy level (any more).",
        "Ask for the account's options again and choose one of them.",
        Next.NONE,
    ),
    # the content
    "spam_risk_text": Entry("TikTok holds the caption for spam.", "Write another caption and post again.", Next.NONE),
    "spam_risk": Entry(
        "TikTok holds the post for spam.",
        "Do not repeat it; the owner may look in the TikTok app for a notice.",
        Next.NONE,
    ),
    "file_format_check_failed": Entry(
        "TikTok cannot read the file: its container or its codec.",
        "Export the video again as MP4 with H.264, then post it.",
        Next.NONE,
    ),
    "duration_check_failed": Entry(
        "The video is too long or too short for this account.",
        "Cut it to the account's longest duration (creator info tells it), then post it.",
        Next.NONE,
    ),
    "frame_rate_check_failed": Entry(
        "The video's frame rate is not one that TikTok takes.", "Export it with 23 to 60 frames a second.", Next.NONE
    ),
    "picture_size_check_failed": Entry(
        "A picture has a size that TikTok does not take.",
        "A video's sides must have 360 to 4096 pixels, a photo's shorter side at most 1080.",
        Next.NONE,
    ),
    "video_pull_failed": Entry(
        "TikTok could not fetch the video from its address.",
        "Check that the address answers over https, fast, without redirect and for an hour; then post again.",
        Next.RETRY,
    ),
    "photo_pull_failed": Entry(
        "TikTok could not fetch a photo from its address.",
        "Check that each address answers over https, fast, without redirect and for an hour; then post again.",
        Next.RETRY,
    ),
    "publish_cancelled": Entry("The post was cancelled.", "Post it again if it is wanted after all.", Next.NONE),
    "internal": Entry("TikTok failed on its own side.", "Post it again in some hours.", Next.RETRY),
    # OAuth
    "access_denied": Entry(
        "The account's owner did not agree to connect it.", "Open a new connect link and agree.", Next.RECONNECT
    ),
    "invalid_grant": Entry(
        "TikTok no longer accepts the account's sign-in: it ran out, was used before, or was withdrawn.",
        "Connect the account again.",
        Next.RECONNECT,
    ),
    "invalid_scope": Entry(
        "TikTok has not approved the app for a permission that it asks for; one such permission blocks all of them.",
        f"{_ASK_OPERATOR} to make TIKTOK_SCOPES the scopes that the app has in TikTok's portal.",
        Next.NONE,
    ),
    "non_sandbox_target": Entry(
        "The app is a TikTok sandbox and this account is not one of its target users.",
        f"{_ASK_OPERATOR} to add the account to the sandbox's target users in TikTok's portal.",
        Next.NONE,
    ),
    "invalid_client": Entry(
        "TikTok does not accept the app's client key or secret.",
        f"{_ASK_OPERATOR} to check both in Secrets Manager; sandbox and production have different ones.",
        Next.NONE,
    ),
    "unauthorized_client": Entry(
        "TikTok does not let the app sign accounts in this way.",
        f"{_ASK_OPERATOR} to check in TikTok's portal that Login Kit is added and the app is approved.",
        Next.NONE,
    ),
    "oauth_invalid_request": Entry(
        "TikTok did not accept the sign-in request, often because the redirect address is not registered.",
        f"{_ASK_OPERATOR} to register PUBLIC_URL/oauth/tiktok/callback in TikTok's portal, letter by letter.",
        Next.NONE,
    ),
    "unsupported_grant_type": Entry(
        "TikTok does not know the kind of sign-in that was asked for.",
        "This is a fault of Dropcast: report it with log_id.",
        Next.NONE,
    ),
    "unsupported_response_type": Entry(
        "TikTok does not know the kind of answer that was asked for at sign-in.",
        "This is a fault of Dropcast: report it with log_id.",
        Next.NONE,
    ),
    # what we have no better words for
    "tiktok_refused": Entry(
        "TikTok refused with a code that Dropcast does not know: {tiktok_code}.",
        "Look the code up in TikTok's documentation; report it with log_id.",
        Next.NONE,
        502,
    ),
    "tiktok_failed": Entry(
        "TikTok failed the post for a reason that Dropcast does not know: {reason}.",
        "Look the reason up in TikTok's documentation; report it with log_id.",
        Next.NONE,
    ),
    "tiktok_unanswered": Entry(
        "TikTok gave no answer that can be used ({reason}).", "Try again in a minute.", Next.RETRY, 502
    ),
}
