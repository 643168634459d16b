"""Groups of error codes that several routes share. tests/reachable_codes.py finds each route's codes."""

from dropcast.errors.tiktok import TIKTOK

EVERY_ROUTE = ("invalid_request", "scope_missing", "internal_error", "busy")

_INACTIVE = ("account_unconfirmed", "account_disconnected", "reconnect_needed")

ACTIVE_ACCOUNT = ("account_not_found", *_INACTIVE)
"""For routes that need a connected account."""

ANY_OF_TIKTOKS = (*TIKTOK, "account_not_found", "reconnect_needed", "app_changed")
"""For routes that call TikTok with an account's token."""

ASKS_TIKTOK = (*ACTIVE_ACCOUNT, "scope_not_granted", *ANY_OF_TIKTOKS)
"""For routes that need a connected account with a scope and that call TikTok."""

COMMENTS = (
    *ACTIVE_ACCOUNT,
    "business_app_changed",
    "business_not_connected",
    "business_not_permitted",
    "business_not_set",
    "business_reconnect_needed",
    "business_refused",
    "invalid_grant",
    "not_found",
    "rate_limit_exceeded",
    "tiktok_unanswered",
)
"""For comment routes, which call TikTok API for Business."""

SENDS_COMMENT = (*COMMENTS, "approval_required", "comment_unknown", "idempotency_conflict", "request_in_flight")

_SOURCE = (
    "bucket_not_ours",
    "media_not_served",
    "pull_not_ours",
    "source_archived",
    "source_changed",
    "source_empty",
    "source_forbidden",
    "source_missing",
    "source_not_upload",
    "source_too_large",
    "source_unreadable",
    "upload_aborted",
    "upload_gone_by_then",
    "upload_not_found",
    "upload_not_of_account",
    "upload_unfinished",
    "url_not_https",
    "url_ownership_unverified",
)
_VIDEO = (
    "codec_not_accepted",
    "container_not_accepted",
    "cover_outside_video",
    "duration_too_long",
    "duration_unknown",
    "frame_rate_not_accepted",
    "frame_size_not_accepted",
    "longer_than_creator_may",
    "media_unreadable",
    "not_a_video",
    "video_cut_short",
    "video_empty",
    "video_track_missing",
)
PUBLISH = (*ACTIVE_ACCOUNT, "scope_not_granted", "publish_at_past", "publish_at_too_far", *_SOURCE, *_VIDEO)
"""For routes that validate a new publish."""

PUBLISH_AGAIN = (*PUBLISH, "not_found", "nothing_to_repeat", "privacy_required")
"""For routes that validate a stored publish again."""

PLANS = (
    *ASKS_TIKTOK,
    *PUBLISH_AGAIN,
    *COMMENTS,
    "already_retried",
    "idempotency_conflict",
    "not_retryable",
    "say_whether_posted",
)
"""For the route that makes plans."""

EXECUTES_PLAN = (*ASKS_TIKTOK, *SENDS_COMMENT, "plan_changed", "plan_expired", "plan_needs_person")
"""For the route that executes plans."""
