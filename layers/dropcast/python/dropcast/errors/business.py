"""The errors of TikTok API for Business and of what goes through it: comments, and the Discovery API's trends."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

BUSINESS: dict[ErrorCode, Entry] = {
    "business_not_set": Entry(
        "This deployment has no app of TikTok API for Business: {missing} is not set.",
        "Its operator follows docs/connect.md, 'TikTok API for Business': dropcast app set-business, and for account "
        "holders the setting TIKTOK_BUSINESS_HOLDER_URL.",
        Next.NONE,
        409,
    ),
    "business_not_connected": Entry(
        "There is no connection to TikTok API for Business that could do this.",
        "Make a link (POST /v1/business-connections or dropcast business connect) and have the account's owner agree.",
        Next.RECONNECT,
        409,
    ),
    "business_reconnect_needed": Entry(
        "TikTok no longer accepts this connection to its API for Business.",
        "Make a new link (POST /v1/business-connections or dropcast business connect) and agree again.",
        Next.RECONNECT,
        409,
    ),
    "business_not_permitted": Entry(
        "The app, or whoever agreed, lacks the permission that this needs at TikTok API for Business.",
        "The operator checks the app's permission groups in that portal (docs/connect.md); then agree again.",
        Next.RECONNECT,
        409,
    ),
    "business_app_changed": Entry(
        "This connection was made through another app of TikTok API for Business than the one that is set now.",
        "If that is a mistake, the operator sets the former app again (dropcast app set-business). If not, connect it "
        "again.",
        Next.RECONNECT,
        409,
    ),
    "business_no_advertiser": Entry(
        "Whoever agreed runs no advertiser account, and the Discovery API answers to none but those.",
        "Make one at ads.tiktok.com (it costs nothing), then agree again.",
        Next.NONE,
        409,
    ),
    "business_refused": Entry(
        "TikTok API for Business refused with code {tiktok_code}: {tiktok_message}",
        "Look the code up in that portal's documentation; log_id is TikTok's request_id.",
        Next.NONE,
        502,
    ),
    "approval_required": Entry(
        "A comment or a reply is sent only when a person has approved of it.",
        'Show the text to a person; then send it with "approved": true and "approved_by", who that was.',
        Next.NONE,
    ),
    "comment_unknown": Entry(
        "TikTok did not answer, and neither does it tell whether the comment was made.",
        "Look at the video's comments in a minute. Send it again, with a new Idempotency-Key, only if it is not there.",
        Next.RESOLVE,
        502,
    ),
}
