"""The errors of a publish that are ours: what was asked for, the source, the workflow, the drop."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

_NEW_PUBLISH = "Publish it again as a new publish."

PUBLISHING: dict[ErrorCode, Entry] = {
    # what was asked for
    "account_not_found": Entry(
        "No account {account_id} is connected here.", "Use an account_id of GET /v1/accounts.", Next.NONE, 404
    ),
    "url_not_https": Entry(
        "TikTok pulls from https:// addresses alone.", "Serve the video over https, without a redirect.", Next.NONE
    ),
    "publish_at_past": Entry(
        "publish_at ({publish_at}) has passed; it is {now}.",
        "Choose a later time, or leave publish_at out to post at once.",
        Next.NONE,
    ),
    "publish_at_too_far": Entry(
        "publish_at ({publish_at}) is more than {days} days ahead.", "Choose a time within a year.", Next.NONE
    ),
    "publish_starting": Entry(
        "TikTok is being asked to take this publish right now; in a moment it is clear what can be done.",
        "Ask again in some seconds.",
        Next.RETRY,
        409,
    ),
    "too_late_to_edit": Entry(
        "The publish is {state}: it can be changed only before it begins.",
        "What is published can be changed in the TikTok app alone; what has not begun shows as queued or held.",
        Next.NONE,
        409,
    ),
    "too_late_to_cancel": Entry(
        "The publish is {state}: there is nothing left to cancel.",
        "A post that is there can be deleted in the TikTok app alone.",
        Next.NONE,
        409,
    ),
    "not_retryable": Entry(
        "The publish is {state}: only one that failed or was cancelled is tried again.",
        "Look at the publish; one that is under way may yet succeed.",
        Next.NONE,
        409,
    ),
    "say_whether_posted": Entry(
        "Nobody knows whether TikTok posted this; trying again could post it twice.",
        "Look at the account on TikTok and say what you found: resolve the publish. Then it can be tried again.",
        Next.RESOLVE,
        409,
    ),
    "nothing_to_repeat": Entry(
        "The options of this drop could not be read, so there is nothing to do again.",
        "Correct them and drop the file again.",
        Next.NONE,
        409,
    ),
    "not_restartable": Entry(
        "The publish is {state}: no execution has anything left to do for it.",
        "Retry it if it failed; else it is at its end.",
        Next.NONE,
        409,
    ),
    "nothing_to_watch": Entry(
        "TikTok never said under which id it took this publish, so there is nothing to ask it about.",
        "Look at the account on TikTok, then resolve the publish.",
        Next.RESOLVE,
        409,
    ),
    "not_unknown": Entry(
        "The publish is {state}: how it ended is known, so there is nothing to resolve.",
        "Look at the publish; only an unknown one is resolved.",
        Next.NONE,
        409,
    ),
    "said_not_posted": Entry(
        "TikTok did not say what became of it; a person looked and said that it was not posted.",
        "Retry it if it is still wanted.",
        Next.RETRY,
    ),
    "idempotency_conflict": Entry(
        "This Idempotency-Key was used for another request.", "Use a new key for a new publish.", Next.NONE, 409
    ),
    "idempotency_key_needed": Entry(
        "A post to several accounts needs an Idempotency-Key.",
        "Send the header, and the same one when you repeat the request: a repeat takes in what is missing.",
        Next.NONE,
    ),
    "not_taken_in_time": Entry(
        "The time of the request was over before it was this account's turn.",
        "Send the same request with the same Idempotency-Key: it takes in what is missing.",
        Next.RETRY,
        503,
    ),
    "request_in_flight": Entry(
        "Another request with this Idempotency-Key is being taken in just now.",
        "Ask again in a second, with the same key: you get what came of it.",
        Next.RETRY,
        409,
    ),
    "cover_may_be_ignored": Entry(
        "TikTok was seen to use the cover time of public posts alone. With {privacy_level} it may show the first "
        "frame.",
        "Put the frame that you want at the beginning of the video, or post it with PUBLIC_TO_EVERYONE.",
        Next.NONE,
    ),
    "branded_for_followers": Entry(
        "TikTok's guidelines name branded content for the public and for friends, not for FOLLOWER_OF_CREATOR. TikTok "
        "may refuse it.",
        "To be sure, choose PUBLIC_TO_EVERYONE or MUTUAL_FOLLOW_FRIENDS, as far as TikTok offers them to this creator.",
        Next.NONE,
    ),
    "cover_outside_video": Entry(
        "cover_timestamp_ms lies behind the end of the video ({duration_ms} ms).", "Choose an earlier time.", Next.NONE
    ),
    "privacy_level_not_available": Entry(
        "This creator may not choose {privacy_level} now; TikTok offers: {available}.",
        "Choose one of these. They change when the account goes private or public.",
        Next.NONE,
    ),
    "unaudited_client_posts_self_only": Entry(
        "TikTok has not audited this app yet: it may post for the account's owner alone (SELF_ONLY), not "
        "{privacy_level}.",
        "Choose SELF_ONLY. The account itself must be private, too; or have the app pass TikTok's audit.",
        Next.NONE,
    ),
    "longer_than_creator_may": Entry(
        "The video takes {duration_ms} ms; this creator may post {max_ms} ms at most.",
        "Shorten the video.",
        Next.NONE,
    ),
    "interaction_switched_off": Entry(
        "The creator has switched off in the TikTok app: {interactions}.",
        "Leave these off, or let the creator switch them on.",
        Next.NONE,
    ),
    # its turn
    "budget_exhausted": Entry(
        "The account may ask TikTok, or post, no more often for now.",
        "Wait: it goes by itself at not_before. GET /v1/accounts/{{account_id}}/budgets shows what is used up.",
        Next.WAIT,
        429,
    ),
    "behind_others": Entry(
        "Others of the same account were first.", "Wait: it goes by itself after them.", Next.WAIT, 429
    ),
    "transfers_busy": Entry(
        "As many videos are being sent as this deployment sends at once.",
        "No action needed; it starts when its turn comes.",
        Next.WAIT,
        429,
    ),
    # the source
    "source_missing": Entry("There is no object {key} in the bucket {bucket}.", "Upload it first.", Next.NONE, 404),
    "source_changed": Entry(
        "The object {key} was deleted or replaced after its publish was accepted. Nothing was posted.",
        "To post the object that is there now, make a new publish with POST /v1/publishes: a retry wants the old one.",
        Next.NONE,
    ),
    "pictures_refused": Entry(
        "{count} of the {total} pictures cannot be posted. {named}",
        "Mend them as the details say of each, or leave them out, and publish again.",
        Next.NONE,
        422,
    ),
    # the workflow
    "init_lost": Entry(
        "TikTok's answer to the start of this upload was lost. Nothing was posted: no byte was sent.",
        _NEW_PUBLISH,
        Next.RETRY,
    ),
    "pull_init_lost": Entry(
        "TikTok's answer to the start of this post was lost. TikTok may be fetching and posting it.",
        "Look at the account on TikTok before posting again.",
        Next.RESOLVE,
    ),
    "pull_stalled": Entry(
        "TikTok has not finished fetching the media long after the hour that it gives itself. It may or may not post "
        "it.",
        "Look at the account on TikTok before posting again; for a video, via: upload does without fetching.",
        Next.RESOLVE,
    ),
    "upload_url_not_allowed": Entry(
        "TikTok gave an upload address outside TIKTOK_UPLOAD_ORIGINS. Nothing was sent there.",
        "Check TIKTOK_UPLOAD_ORIGINS against TikTok's documentation.",
        Next.NONE,
    ),
    "upload_url_expired": Entry(
        "TikTok's upload address died before all bytes were there. Nothing was posted.", _NEW_PUBLISH, Next.RETRY
    ),
    "upload_rejected": Entry(
        "TikTok refused a part of the upload as malformed (HTTP {status}). Nothing was posted.",
        "Please report this: it is a defect of Dropcast.",
        Next.NONE,
    ),
    "upload_failed": Entry(
        "The upload failed too often and was given up before its last part. Nothing was posted.",
        _NEW_PUBLISH,
        Next.RETRY,
    ),
    "upload_too_slow": Entry(
        "The upload is so slow that TikTok's address would die before all of it is there, and was given up early. "
        "Nothing was posted.",
        "Keep the video in this deployment's region. If that is so already, publish it again as a new publish.",
        Next.RETRY,
    ),
    "upload_incomplete": Entry(
        "TikTok says that the upload never became whole within its hour. Nothing was posted.", _NEW_PUBLISH, Next.RETRY
    ),
    "workflow_died": Entry(
        "The workflow stopped before the upload began. Nothing was posted.", _NEW_PUBLISH, Next.RETRY
    ),
    "verdict_missing": Entry(
        "TikTok has not said what became of the video. It may or may not be posted.",
        "Look at the account on TikTok before posting again; a late word of TikTok still moves this publish.",
        Next.RESOLVE,
    ),
    # the drop
    "drop_key_invalid": Entry(
        "No publish comes of {key}: it is not drop/{{account_id}}/name.mp4 (or .mov, .webm), nor name.photos.json, nor "
        "a picture in name.photos/.",
        "Use such a key. A folder of photos holds pictures alone, and a video's name does not end with .photos.",
        Next.NONE,
    ),
    "drop_sidecar_invalid": Entry(
        "The options of {key} cannot be read: {reason}.",
        "Write one JSON object with the options of a publish, at most 64 kB. Then upload the video, or the sidecar of "
        "the photos, again.",
        Next.NONE,
    ),
    "drop_options_invalid": Entry(
        "The options of {key} are not those of a publish: {reason}.",
        "Correct them. Then upload the video, or the sidecar of the photos, again.",
        Next.NONE,
    ),
    "drop_pictures_missing": Entry(
        "Pictures of {key} are missing: {reason}.",
        "Upload all pictures to that folder, then the sidecar again: it posts what is there when it comes.",
        Next.NONE,
    ),
    "drop_pictures_empty": Entry(
        "Pictures of {key} are empty (0 bytes): {names}.",
        "Upload them again, whole, then the sidecar again.",
        Next.NONE,
    ),
    "drop_pictures_late": Entry(
        "Pictures came after {key}, so others may be missing: {names}.",
        "Upload all pictures first, then the sidecar again; or name the pictures in its items.",
        Next.NONE,
    ),
    "drop_pictures_too_many": Entry(
        "{folder} holds {count} pictures, and TikTok takes {limit} in a post.",
        "Take some out, or name those to be posted in the sidecar's items. Then upload the sidecar again.",
        Next.NONE,
    ),
    "drop_folder_mixed": Entry(
        "{folder} holds other objects than pictures: {names}.",
        "Take them out, or name the pictures in the sidecar's items. Then upload the sidecar again.",
        Next.NONE,
    ),
    "privacy_required": Entry(
        "Nothing says who may see the post: there is no privacy_level.",
        "Give privacy_level in the sidecar, in the object's metadata or in the account's drop_defaults.",
        Next.NONE,
    ),
    "duplicate_drop": Entry(
        "The same was dropped at {key} within a day, as publish {publish_id}.",
        "If it is meant to be posted twice, drop it with allow_duplicate: true.",
        Next.NONE,
    ),
}
