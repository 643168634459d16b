"""Errors of TikTok API for Business, which Dropcast uses for comments and for the trends of the Discovery API."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

BUSINESS: dict[ErrorCode, Entry] = {
    "business_not_set": Entry(
        "This deployment is not set up for TikTok API for Business: {missing} is not set.",
        "Follow 'TikTok API for Business' in docs/connect.md: run dropcast app set-business. To let account "
        "owners give consent, the setting TIKTOK_BUSINESS_HOLDER_URL is needed too.",
        Next.NONE,
        409,
    ),
    "business_not_connected": Entry(
        "This request needs a connection to TikTok API for Business, and there is none.",
        "Create a link (POST /v1/business-connections or dropcast business connect) and let the account's owner give "
        "consent.",
        Next.RECONNECT,
        409,
    ),
    "business_reconnect_needed": Entry(
        "TikTok no longer accepts this connection to its API for Business.",
        "Create a new link (POST /v1/business-connections or dropcast business connect) and give consent again.",
        Next.RECONNECT,
        409,
    ),
    "business_not_permitted": Entry(
        "This request needs a permission of TikTok API for Business. The app does not have this permission, or the "
        "person did not consent to it.",
        "Ask the operator to check the app's permission groups in the Business portal (docs/connect.md). Then "
        "create a new link (POST /v1/business-connections or dropcast business connect) and give consent again.",
        Next.RECONNECT,
        409,
    ),
    "business_app_changed": Entry(
        "This connection was made through a different TikTok API for Business app from the one that is configured now.",
        "If the change was a mistake, ask the operator to set the previous app again (dropcast app set-business). "
        "If the new app is right, connect again (dropcast business connect).",
        Next.RECONNECT,
        409,
    ),
    "business_no_advertiser": Entry(
        "The person who gave consent has no advertiser account, but TikTok's Discovery API requires one.",
        "Create an advertiser account at ads.tiktok.com (it is free), then give consent again with a new link.",
        Next.NONE,
        409,
    ),
    "business_refused": Entry(
        "TikTok API for Business refused the request with code {tiktok_code}: {tiktok_message}",
        "Look up the code in the documentation of TikTok API for Business. log_id is TikTok's request_id.",
        Next.NONE,
        502,
    ),
    "approval_required": Entry(
        "Dropcast sends a comment or a reply only after a person has approved it.",
        'Show the text to a person. Then send it with "approved": true and name that person in "approved_by". '
        'To execute a plan, send only "approved_by".',
        Next.NONE,
    ),
    "comment_unknown": Entry(
        "TikTok did not answer, so Dropcast does not know whether the comment was created.",
        "Check the video's comments in a minute. If the comment is missing, send it again with a new Idempotency-Key.",
        Next.RESOLVE,
        502,
    ),
}
