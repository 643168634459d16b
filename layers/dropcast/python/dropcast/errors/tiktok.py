"""TikTok's codes with plain texts: API errors, reasons of failed posts, OAuth errors (protocol sections 1.7, 6 and 11).

The codes are TikTok's, with a few exceptions. `invalid_params` also stands for TikTok's invalid_param.
`oauth_invalid_request` stands for OAuth's invalid_request, because Dropcast has a different error with that name. The
three codes that begin with `tiktok_` are Dropcast's.
"""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

_ASK_OPERATOR = "Ask the operator of this deployment"
_REPORT_BUG = "This is a bug in Dropcast. Report it to Dropcast's developers, with log_id."

TIKTOK: dict[ErrorCode, Entry] = {
    # the account and its grant
    "access_token_invalid": Entry(
        "TikTok no longer accepts the account's access token.",
        "Try again: Dropcast then fetches a new token. If the error persists, connect the account again.",
        Next.RECONNECT,
    ),
    "scope_not_authorized": Entry(
        "The account's owner did not grant the permission that this call needs.",
        "Connect the account again and leave every permission ticked.",
        Next.RECONNECT,
    ),
    "scope_permission_missed": Entry(
        "The account's owner did not grant the permission that this call needs, or TikTok has not approved the app "
        "for it.",
        "Connect the account again. If that does not help, ask the operator of this deployment to check the app's "
        "scopes in TikTok's portal.",
        Next.RECONNECT,
    ),
    "auth_removed": Entry(
        "The account was disconnected from the app while TikTok processed the post.",
        "Connect the account again, then post again.",
        Next.RECONNECT,
    ),
    "spam_risk_user_banned_from_posting": Entry(
        "TikTok has banned this account from posting.",
        "The account's owner can see the reason and appeal in the TikTok app.",
        Next.NONE,
    ),
    "app_version_check_failed": Entry(
        "The TikTok app on the creator's phone is too old for this draft.",
        "Ask the creator to update the TikTok app to version 31.8 or later. Then publish again.",
        Next.NONE,
    ),
    # limits
    "rate_limit_exceeded": Entry(
        "The account's calls to TikTok exceeded the limit for one minute. The field details.whose says "
        "whose limit this is: tiktok or dropcast.",
        "Wait details.retry_after seconds (one minute if this field is missing), then try again.",
        Next.WAIT,
        429,
    ),
    "spam_risk_too_many_posts": Entry(
        "The account has reached TikTok's limit of posts per day (about 15, across all apps).",
        "Post again tomorrow, or post manually in the TikTok app.",
        Next.WAIT,
        429,
    ),
    "spam_risk_too_many_pending_share": Entry(
        "Too many drafts are waiting in the account's inbox. TikTok allows about 5 in 24 hours.",
        "Ask the creator to post or delete drafts in the TikTok app, or wait a day.",
        Next.WAIT,
        429,
    ),
    "reached_active_user_cap": Entry(
        "TikTok limits the number of accounts for which an app can post in one day. This app has reached its "
        "limit. Nothing is wrong with this account.",
        f"Post again tomorrow. {_ASK_OPERATOR} to request a higher limit from TikTok. The limit of an unaudited "
        "app is 5 accounts a day.",
        Next.WAIT,
        429,
    ),
    # the app and its set-up
    "unaudited_client_can_only_post_to_private_accounts": Entry(
        "TikTok has not audited this app yet, so the app can post only to private accounts. The account "
        "itself must be private; the privacy level SELF_ONLY is not enough.",
        "Set the account to private in the TikTok app (Settings, Privacy, Private account) and post again "
        "with SELF_ONLY. You can post to public accounts after the app has passed TikTok's audit.",
        Next.NONE,
    ),
    "url_ownership_unverified": Entry(
        "TikTok has not verified that the file's address belongs to the app.",
        f"{_ASK_OPERATOR} to verify the domain or URL prefix under URL properties in TikTok's portal.",
        Next.NONE,
    ),
    # the request
    "invalid_params": Entry(
        "TikTok rejected a field of the request.",
        "This is a bug in Dropcast or a mistake in its configuration. Report it to Dropcast's developers, with "
        "log_id and TikTok's message from `details`.",
        Next.NONE,
    ),
    "invalid_file_upload": Entry(
        "TikTok rejected the uploaded file.", "Export the video again as MP4 with H.264, then post it.", Next.NONE
    ),
    "invalid_publish_id": Entry(
        "TikTok does not know this post.",
        "Before you post it again, check in the TikTok app whether it was posted.",
        Next.RESOLVE,
    ),
    "token_not_authorized_for_specified_publish_id": Entry(
        "TikTok reports that this post belongs to another account.",
        "Check which account started the post.",
        Next.RESOLVE,
    ),
    "publish_not_cancellable": Entry(
        "TikTok has almost finished this post and can no longer cancel it.",
        "Wait for the outcome. The owner can delete the post in the TikTok app.",
        Next.NONE,
        409,
    ),
    "privacy_level_option_mismatch": Entry(
        "TikTok does not offer the chosen privacy level to this account, or no longer offers it.",
        "Fetch the creator info again (GET /v1/accounts/ACCOUNT_ID/creator-info) and choose one of its privacy levels.",
        Next.NONE,
    ),
    # the content
    "spam_risk_text": Entry(
        "TikTok classified the caption as spam.", "Write a different caption and post again.", Next.NONE
    ),
    "spam_risk": Entry(
        "TikTok classified the post as spam.",
        "Do not post it again. The owner can check the TikTok app for a notice.",
        Next.NONE,
    ),
    "file_format_check_failed": Entry(
        "TikTok cannot read the file's container or codec.",
        "Export the video again as MP4 with H.264, then post it.",
        Next.NONE,
    ),
    "duration_check_failed": Entry(
        "The video is too long or too short for this account.",
        "If the video is too long, shorten it to the account's maximum duration. GET "
        "/v1/accounts/ACCOUNT_ID/creator-info shows this maximum.",
        Next.NONE,
    ),
    "frame_rate_check_failed": Entry(
        "TikTok does not accept the video's frame rate.", "Export the video with 23 to 60 frames per second.", Next.NONE
    ),
    "picture_size_check_failed": Entry(
        "TikTok does not accept the width or the height of the video or of a photo.",
        "The width and the height of a video must be 360 to 4096 pixels. The shorter side of a photo must be at most "
        "1080 pixels.",
        Next.NONE,
    ),
    "video_pull_failed": Entry(
        "TikTok could not fetch the video from its address.",
        "Check that the address answers quickly over https, without a redirect, and stays available for an "
        "hour. Then post again.",
        Next.RETRY,
    ),
    "photo_pull_failed": Entry(
        "TikTok could not fetch a photo from its address.",
        "Check that each address answers quickly over https, without a redirect, and stays available for an"
        " hour. Then post again.",
        Next.RETRY,
    ),
    "publish_cancelled": Entry("The post was cancelled.", "To post it anyway, publish it again.", Next.NONE),
    "internal": Entry("TikTok had an internal error.", "Post again in a few hours.", Next.RETRY),
    # OAuth
    "access_denied": Entry(
        "The account's owner did not agree to connect the account.",
        "Open a new connect link and give consent.",
        Next.RECONNECT,
    ),
    "invalid_grant": Entry(
        "TikTok no longer accepts the account's authorisation: it has expired, was already used, or was withdrawn.",
        "Connect the account again.",
        Next.RECONNECT,
    ),
    "invalid_scope": Entry(
        "The app requests a permission that TikTok has not approved. TikTok therefore refuses the whole request.",
        f"{_ASK_OPERATOR} to set TIKTOK_SCOPES to the scopes that the app has in TikTok's portal.",
        Next.NONE,
    ),
    "non_sandbox_target": Entry(
        "The app is a TikTok sandbox app, and this account is not one of its target users.",
        f"{_ASK_OPERATOR} to add the account to the sandbox's target users in TikTok's portal.",
        Next.NONE,
    ),
    "invalid_client": Entry(
        "TikTok does not accept the app's client key or secret.",
        f"{_ASK_OPERATOR} to check the key and the secret in AWS Secrets Manager. A sandbox app's key and secret "
        "differ from those of the production app.",
        Next.NONE,
    ),
    "unauthorized_client": Entry(
        "TikTok does not allow the app to connect accounts in this way.",
        f"{_ASK_OPERATOR} to check in TikTok's portal that Login Kit is added and the app is approved.",
        Next.NONE,
    ),
    "oauth_invalid_request": Entry(
        "TikTok rejected the sign-in request, often because the redirect address is not registered.",
        f"{_ASK_OPERATOR} to register the redirect address PUBLIC_URL/oauth/tiktok/callback in TikTok's portal. "
        "Every character of the address must match.",
        Next.NONE,
    ),
    "unsupported_grant_type": Entry(
        "TikTok does not support the requested grant type.",
        _REPORT_BUG,
        Next.NONE,
    ),
    "unsupported_response_type": Entry(
        "TikTok does not support the requested response type.",
        _REPORT_BUG,
        Next.NONE,
    ),
    # unknown codes, and missing answers
    "tiktok_refused": Entry(
        "TikTok refused the request with a code that Dropcast does not know: {tiktok_code}.",
        "Look up the code in TikTok's documentation. Report the code and log_id to Dropcast's developers.",
        Next.NONE,
        502,
    ),
    "tiktok_failed": Entry(
        "TikTok did not publish the post. It gave a reason that Dropcast does not recognise: {reason}.",
        "Look up the reason in TikTok's documentation. Report the reason and log_id to Dropcast's developers.",
        Next.NONE,
    ),
    "tiktok_unanswered": Entry("TikTok gave no usable answer ({reason}).", "Try again in a minute.", Next.RETRY, 502),
}
