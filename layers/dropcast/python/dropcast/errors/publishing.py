"""Dropcast's own errors of a publish: of its request, source, workflow or drop."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

_NEW_PUBLISH = "Create a new publish."

PUBLISHING: dict[ErrorCode, Entry] = {
    # the request
    "account_not_found": Entry(
        "There is no connected account {account_id} in this deployment.",
        "Use an account_id from GET /v1/accounts.",
        Next.NONE,
        404,
    ),
    "url_not_https": Entry(
        "TikTok pulls only from https:// addresses.", "Serve the video over https, without a redirect.", Next.NONE
    ),
    "publish_at_past": Entry(
        "publish_at ({publish_at}) is in the past; the current time is {now}.",
        "Choose a later time, or leave publish_at out to post immediately.",
        Next.NONE,
    ),
    "publish_at_too_far": Entry(
        "publish_at ({publish_at}) is more than {days} days ahead.",
        "Choose a time within the next {days} days.",
        Next.NONE,
    ),
    "publish_starting": Entry(
        "Dropcast is starting this publish at TikTok. At this moment the publish cannot be changed or cancelled.",
        "Try again in a few seconds.",
        Next.RETRY,
        409,
    ),
    "too_late_to_edit": Entry(
        "The publish is {state}. A publish can be changed only before it starts.",
        "If the post exists, change it in the TikTok app. Dropcast can change only queued and held publishes.",
        Next.NONE,
        409,
    ),
    "too_late_to_cancel": Entry(
        "The publish is {state} and can no longer be cancelled.",
        "If the post exists, delete it in the TikTok app.",
        Next.NONE,
        409,
    ),
    "not_retryable": Entry(
        "The publish is {state}. Only failed or cancelled publishes can be retried.",
        "Check the publish. If it is still in progress, wait for its outcome.",
        Next.NONE,
        409,
    ),
    "say_whether_posted": Entry(
        "Dropcast does not know whether TikTok posted this publish. A retry could make a second post.",
        "Check the account on TikTok. Then report the result with POST /v1/publishes/PUBLISH_ID/resolve. If "
        "TikTok did not post the publish, you can retry it afterwards.",
        Next.RESOLVE,
        409,
    ),
    "nothing_to_repeat": Entry(
        "Dropcast could not read the options of the file in drop/, so its publish cannot be changed or retried.",
        "Correct the options, then upload the file to the folder drop/ again.",
        Next.NONE,
        409,
    ),
    "not_restartable": Entry(
        "The publish is {state}, so there is nothing left to restart.",
        "If the publish failed or was cancelled, retry it.",
        Next.NONE,
        409,
    ),
    "nothing_to_watch": Entry(
        "TikTok never returned an id for this publish, so Dropcast cannot ask TikTok for its status.",
        "Check the account on TikTok. Then report the result with POST /v1/publishes/PUBLISH_ID/resolve.",
        Next.RESOLVE,
        409,
    ),
    "not_unknown": Entry(
        "The publish is {state}. Its outcome is already known, so there is nothing to resolve.",
        "Check the publish. Only a publish whose state is unknown can be resolved.",
        Next.NONE,
        409,
    ),
    "said_not_posted": Entry(
        "TikTok did not report the outcome. A person checked the account and reported that the post does not exist.",
        "To post it, retry the publish.",
        Next.RETRY,
    ),
    "idempotency_conflict": Entry(
        "This Idempotency-Key was already used for a different request.",
        "Use a new Idempotency-Key for a new request.",
        Next.NONE,
        409,
    ),
    "idempotency_key_needed": Entry(
        "A post to several accounts needs an Idempotency-Key.",
        "Send the header Idempotency-Key. A repeat with the same key creates only publishes that do not exist yet.",
        Next.NONE,
    ),
    "not_taken_in_time": Entry(
        "The time limit of the request ended before Dropcast accepted the publish for this account.",
        "Send the request again with the same Idempotency-Key. Dropcast creates only publishes that do not exist yet.",
        Next.RETRY,
        503,
    ),
    "request_in_flight": Entry(
        "Another request with this Idempotency-Key is being processed.",
        "Send the request again in a second with the same key. You then get the result of the first request.",
        Next.RETRY,
        409,
    ),
    "cover_may_be_ignored": Entry(
        "According to reports, TikTok uses the cover time only for public posts. With {privacy_level}, TikTok "
        "possibly shows the first frame instead.",
        "Put the frame that you want at the start of the video, or post with PUBLIC_TO_EVERYONE.",
        Next.NONE,
    ),
    "branded_for_followers": Entry(
        "TikTok's guidelines allow branded content for the public and for friends, but do not mention "
        "FOLLOWER_OF_CREATOR. TikTok could refuse the post.",
        "To be safe, choose PUBLIC_TO_EVERYONE or MUTUAL_FOLLOW_FRIENDS if TikTok offers them to this creator.",
        Next.NONE,
    ),
    "cover_outside_video": Entry(
        "cover_timestamp_ms is after the end of the video ({duration_ms} ms).", "Choose an earlier time.", Next.NONE
    ),
    "privacy_level_not_available": Entry(
        "TikTok does not offer {privacy_level} to this creator now. The offered levels are: {available}.",
        "Choose an offered level. The levels change when the account becomes private or public.",
        Next.NONE,
    ),
    "unaudited_client_posts_self_only": Entry(
        "TikTok has not audited this app yet. Until then the app can post only with SELF_ONLY, not with "
        "{privacy_level}.",
        "Choose SELF_ONLY and set the TikTok account itself to private. You can use other levels after the "
        "app has passed TikTok's audit.",
        Next.NONE,
    ),
    "longer_than_creator_may": Entry(
        "The video lasts {duration_ms} ms; this creator may post at most {max_ms} ms.",
        "Shorten the video.",
        Next.NONE,
    ),
    "interaction_switched_off": Entry(
        "The creator has switched off the following in the TikTok app: {interactions}.",
        "Switch off the same interactions in the request, or ask the creator to switch them on in the TikTok app.",
        Next.NONE,
    ),
    # the queue
    "budget_exhausted": Entry(
        "The account has used up a budget for TikTok calls or posts.",
        "No action needed; the publish continues at the time in its field not_before. GET "
        "/v1/accounts/ACCOUNT_ID/budgets shows which budgets are used up.",
        Next.WAIT,
        429,
    ),
    "behind_others": Entry(
        "Other publishes of this account are ahead in the queue.",
        "No action needed; the publish starts when its turn comes.",
        Next.WAIT,
        429,
    ),
    "transfers_busy": Entry(
        "This deployment is already sending as many videos at once as its limit allows.",
        "No action needed; the publish starts when its turn comes.",
        Next.WAIT,
        429,
    ),
    # the source
    "source_missing": Entry(
        "There is no object {key} in the bucket {bucket}.", "Upload the object first.", Next.NONE, 404
    ),
    "source_changed": Entry(
        "The object {key} was deleted or replaced after its publish was accepted. Nothing was posted.",
        "To post the current object, create a new publish with POST /v1/publishes. A retry fails, because it "
        "needs the old object.",
        Next.NONE,
    ),
    "pictures_refused": Entry(
        "{count} of the {total} pictures cannot be posted. {named}",
        "Fix or remove the pictures listed in `details`, then publish again.",
        Next.NONE,
        422,
    ),
    # the workflow
    "init_lost": Entry(
        "TikTok's answer to the request that starts this upload was lost. No bytes were sent, so nothing was posted.",
        _NEW_PUBLISH,
        Next.RETRY,
    ),
    "pull_init_lost": Entry(
        "TikTok's answer to the request that starts this post was lost. TikTok is possibly fetching and posting "
        "the media.",
        "Check the account on TikTok before you post again.",
        Next.RESOLVE,
    ),
    "pull_stalled": Entry(
        "TikTok has not finished fetching the media, although its own limit is one hour. Dropcast does not "
        "know whether TikTok will post it.",
        "Check the account on TikTok before you post again. If you then post a video again, you can use "
        "`via: upload`: Dropcast then sends the bytes to TikTok.",
        Next.RESOLVE,
    ),
    "upload_url_not_allowed": Entry(
        "TikTok returned an upload address that TIKTOK_UPLOAD_ORIGINS does not allow. Dropcast uploaded nothing.",
        "Ask the operator of this deployment to compare this setting with TikTok's documentation.",
        Next.NONE,
    ),
    "upload_url_expired": Entry(
        "TikTok's upload address expired before all bytes were sent. Nothing was posted.", _NEW_PUBLISH, Next.RETRY
    ),
    "upload_rejected": Entry(
        "TikTok rejected a part of the upload as malformed (HTTP {status}). Nothing was posted.",
        "This is a bug in Dropcast. Report it to Dropcast's developers.",
        Next.NONE,
    ),
    "upload_failed": Entry(
        "Dropcast stopped the upload after too many failures, before the last part was sent. Nothing was posted.",
        _NEW_PUBLISH,
        Next.RETRY,
    ),
    "upload_too_slow": Entry(
        "The upload was too slow to finish before TikTok's upload address expires, so Dropcast stopped it. "
        "Nothing was posted.",
        "If the video is in another AWS region, copy it to this deployment's region. Then create a new publish.",
        Next.RETRY,
    ),
    "upload_incomplete": Entry(
        "TikTok reports that the upload was not completed within the allowed hour. Nothing was posted.",
        _NEW_PUBLISH,
        Next.RETRY,
    ),
    "workflow_died": Entry(
        "Dropcast's workflow stopped before the upload started. Nothing was posted.", _NEW_PUBLISH, Next.RETRY
    ),
    "verdict_missing": Entry(
        "TikTok has not reported whether it posted this publish.",
        "Check the account on TikTok before you post again. If TikTok reports the outcome later, the publish "
        "changes its state.",
        Next.RESOLVE,
    ),
    # the drop
    "drop_key_invalid": Entry(
        "Dropcast cannot publish {key}. After drop/ACCOUNT_ID/, the key must continue with NAME.mp4 (or .mov or "
        ".webm), with NAME.photos.json, or with NAME.photos/ and a picture's name.",
        "Use one of these forms. A photo folder may contain only pictures. A video's NAME must not end with .photos.",
        Next.NONE,
    ),
    "drop_sidecar_invalid": Entry(
        "The options of {key} cannot be read: {reason}.",
        "Write the sidecar (the file with the options) as one JSON object of at most 64 kB. For a video, upload the "
        "sidecar and then the video again. For photos, upload only the sidecar again.",
        Next.NONE,
    ),
    "drop_options_invalid": Entry(
        "The options of {key} are invalid: {reason}.",
        "Correct the options in the sidecar (the JSON file), the object's metadata or the account's "
        "drop_defaults. For a video, upload the video again; for photos, only the sidecar NAME.photos.json.",
        Next.NONE,
    ),
    "drop_pictures_missing": Entry(
        "Pictures for {key} are missing: {reason}.",
        "Upload all pictures to the folder NAME.photos/, then upload the sidecar NAME.photos.json again. When the "
        "sidecar arrives, Dropcast posts the pictures that are in the folder at that moment.",
        Next.NONE,
    ),
    "drop_pictures_empty": Entry(
        "Pictures for {key} are empty (0 bytes): {names}.",
        "Upload the complete pictures again, then upload the sidecar NAME.photos.json again.",
        Next.NONE,
    ),
    "drop_pictures_late": Entry(
        "These pictures arrived after {key}: {names}. More pictures are possibly missing.",
        "Upload all pictures first, then the sidecar NAME.photos.json again. Its field `items` can list the pictures.",
        Next.NONE,
    ),
    "drop_pictures_too_many": Entry(
        "{folder} contains {count} pictures; TikTok accepts {limit} in one post.",
        "Remove some pictures, or list the chosen pictures in the field `items` of the sidecar (the JSON file with "
        "the options). Then upload the sidecar again.",
        Next.NONE,
    ),
    "drop_folder_mixed": Entry(
        "{folder} contains objects that are not pictures: {names}.",
        "Remove these objects, or list the pictures in the field `items` of the sidecar NAME.photos.json. Upload the "
        "sidecar again.",
        Next.NONE,
    ),
    "privacy_required": Entry(
        "The post has no privacy_level, so Dropcast does not know who may see it.",
        "Set privacy_level in the sidecar (the JSON file with the options), the object's metadata or the "
        "account's drop_defaults. Then upload the file again.",
        Next.NONE,
    ),
    "duplicate_drop": Entry(
        "The same file was already uploaded to {key} within the last day and became publish {publish_id}.",
        "To post the file twice on purpose, upload it again with the option allow_duplicate: true.",
        Next.NONE,
    ),
}
