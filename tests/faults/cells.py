"""The cells of the matrix, one per line: the step, the fault, how it is caused, and the required end."""

# ruff: noqa: E501
# fmt: off

from dataclasses import replace

from tests.faults.aws_cells import AWS_CELLS
from tests.faults.aws_injuries import aws, aws_reset, conflict, killed_at
from tests.faults.cell import Cell
from tests.faults.injuries import (
    again,
    again_at_rest,
    banned_meanwhile,
    both,
    clock_jump,
    dropped_again,
    executed_again,
    html,
    killed_during,
    killed_midway,
    malformed,
    once_asked,
    polled,
    redelivered,
    refresh_needed,
    refused_after,
    refused_at_first,
    tiktok,
    token,
    webhooks,
)
from tests.faults.marks import (
    ADDRESS,
    BEGIN,
    CLAIM,
    END,
    EPOCH,
    FACT,
    GRANT,
    JOURNAL,
    NOTE,
    PIN,
    PULLED,
    SENT,
    STILL_MINE,
    STORE,
    TOKEN_KEPT,
    TOKENS,
)

REFUSED = "connection refused"
UNHARMED = Cell("-", "nothing", both())

PREPARE = [
    Cell("Prepare", "S3: 503 SlowDown", aws("HeadObject", "in/", "SlowDown")),
    Cell("Prepare", "S3: connection reset", aws_reset("GetObject", "in/", "reset_before", times=5)),
    Cell("Prepare", "DynamoDB: condition fails", conflict("UpdateItem", PIN), end="failed workflow_died", quick=True),
    Cell("Prepare", "DynamoDB: throttled", aws("UpdateItem", BEGIN)),
    Cell("Prepare", "DynamoDB: reset after effect", aws_reset("UpdateItem", PIN, "reset_after")),
    Cell("Prepare", "killed before it wrote", killed_at("UpdateItem", PIN, "kill_before")),
    Cell("Prepare", "killed after it wrote", killed_at("UpdateItem", PIN, "kill_after")),
    Cell("Prepare", "duplicate execution", executed_again),
]

PICTURES = [
    Cell("Pictures", "S3: 503 SlowDown", aws("GetObject", "in/", "SlowDown"), what="photos"),
    Cell("Pictures", "S3: connection reset", aws_reset("GetObject", "in/", "reset_before", times=5), what="photos"),
    Cell("Pictures", "killed midway", killed_at("UpdateItem", PIN, "kill_after"), what="photos"),
    Cell("Pictures", "invoked twice", again("workflow-pictures"), what="photos"),
]

TOKEN = [
    Cell("Start: token", REFUSED, refused_after("creator_info_401"), alone=True),
    Cell("Start: token", "reset before effect", token(tiktok("token", "reset_before"))),
    Cell("Start: token", "reset after effect", token(tiktok("token", "reset_after")), end="failed reconnect_needed"),
    Cell("Start: token", "time-out", token(tiktok("token", "slow_answer", seconds=35)), end="failed reconnect_needed"),
    Cell("Start: token", "502 with HTML", token(html("token"))),
    Cell("Start: token", "429", token(tiktok("token", "answer", status=429))),
    Cell("Start: token", "401", token(tiktok("token", "error", code="invalid_client")), end="failed invalid_client", says=True),
    Cell("Start: token", "error on HTTP 200", token(tiktok("token", "error", code="invalid_grant", status=200)), end="failed reconnect_needed", says=True),
    Cell("Start: token", "malformed JSON", token(malformed("token"))),
    Cell("Start: token", "killed before it wrote", token(killed_at("TransactWriteItems", GRANT, "kill_before"))),
    Cell("Start: token", "KMS throttled", aws("Decrypt", TOKENS)),
    Cell("Start: token", "KMS throttled at encryption", token(aws("Encrypt", TOKENS))),
    Cell("Start: token", "DynamoDB: condition fails", token(conflict("UpdateItem", JOURNAL))),
]

CREATOR_INFO = [
    Cell("Start: creator_info", REFUSED, refused_at_first, alone=True),
    Cell("Start: creator_info", "reset before effect", tiktok("creator_info", "reset_before")),
    Cell("Start: creator_info", "reset after effect", tiktok("creator_info", "reset_after")),
    Cell("Start: creator_info", "time-out", tiktok("creator_info", "slow_answer", seconds=35)),
    Cell("Start: creator_info", "502 with HTML", html("creator_info")),
    Cell("Start: creator_info", "429", tiktok("creator_info", "error", code="rate_limit_exceeded", status=429)),
    Cell("Start: creator_info", "401", refresh_needed, quick=True),
    Cell("Start: creator_info", "error on HTTP 200", tiktok("creator_info", "error", code="spam_risk_user_banned_from_posting", status=200), end="failed spam_risk_user_banned_from_posting", says=True),
    Cell("Start: creator_info", "cap on HTTP 200", tiktok("creator_info", "error", code="reached_active_user_cap", status=200)),
    Cell("Start: creator_info", "malformed JSON", malformed("creator_info")),
    Cell("Start: creator_info", "killed", killed_during("workflow-start", "creator_info")),
]

INIT = [
    Cell("Start: init", REFUSED, refused_after("creator_info"), alone=True),
    Cell("Start: init", "reset before effect", tiktok("video_init", "reset_before"), inits=2),
    Cell("Start: init", "reset after effect", tiktok("video_init", "reset_after"), inits=2),
    Cell("Start: init", "lost twice", tiktok("video_init", "reset_after", times=2), inits=2, end="failed init_lost"),
    Cell("Start: init", "time-out", tiktok("video_init", "slow_answer", seconds=35), inits=2, within=150),
    Cell("Start: init", "502 with HTML, after effect", html("video_init", effect=True), inits=2),
    Cell("Start: init", "429", tiktok("video_init", "error", code="rate_limit_exceeded", status=429), inits=2),
    Cell("Start: init", "401", tiktok("video_init", "error", code="access_token_invalid"), inits=2),
    Cell("Start: init", "error on HTTP 200", tiktok("video_init", "error", code="privacy_level_option_mismatch", status=200), end="failed privacy_level_option_mismatch", says=True, quick=True),
    Cell("Start: init", "malformed JSON, after effect", malformed("video_init", effect=True), inits=2),
    Cell("Start: init", "killed after the claim", killed_at("TransactWriteItems", CLAIM, "kill_after"), inits=1),
    Cell("Start: init", "killed during the call", killed_during("workflow-start", "video_init"), inits=2, within=150),
    Cell("Start: init", "killed before it was stored", killed_at("TransactWriteItems", STORE, "kill_before"), inits=2, within=150),
    Cell("Start: init", "killed after it was stored", killed_at("TransactWriteItems", STORE, "kill_after")),
    Cell("Start: init", "DynamoDB: condition fails at the claim", conflict("TransactWriteItems", CLAIM), end="failed workflow_died", inits=0),
    Cell("Start: init", "DynamoDB: condition fails at the upload", conflict("TransactWriteItems", STORE), end="failed init_lost"),
    Cell("Start: init", "DynamoDB: reset after the claim took effect", aws_reset("TransactWriteItems", CLAIM, "reset_after")),
    Cell("Start: init", "DynamoDB: throttled at the upload", aws("TransactWriteItems", STORE), inits=2),
    Cell("Start: init", "KMS throttled", aws("Encrypt", ADDRESS), inits=2),
    Cell("Start: init", "invoked twice", again("workflow-start", when="video_init")),
    Cell("Start: init of a draft", "reset after effect", tiktok("inbox_init", "reset_after"), what="draft", inits=2, end="in_inbox"),
    Cell("Start: init of a pull", "reset before effect", tiktok("video_init", "reset_before"), what="pull", end="unknown pull_init_lost"),
    Cell("Start: init of a pull", "reset after effect", tiktok("video_init", "reset_after"), what="pull", end="unknown pull_init_lost"),
    Cell("Start: init of a pull", "killed during the call", killed_during("workflow-start", "video_init"), what="pull", end="unknown pull_init_lost"),
    Cell("Start: init of a pull", "killed before it was stored", killed_at("TransactWriteItems", PULLED, "kill_before"), what="pull", end="unknown pull_init_lost"),
    Cell("Start: init of a pull", "500 with TikTok's envelope, after effect", tiktok("video_init", "error", code="internal_error", effect=True), what="pull", end="unknown pull_init_lost", says=True),
    Cell("Start: init of photos", "502 with HTML, after effect", html("content_init", effect=True), what="photos", end="unknown pull_init_lost"),
    Cell("Start: init of photos", "killed after it was stored", killed_at("TransactWriteItems", PULLED, "kill_after"), what="photos"),
]

FIRST = [
    Cell("Transfer: first chunk", REFUSED, refused_after("video_init"), alone=True),
    Cell("Transfer: first chunk", "reset before effect", tiktok("upload", "reset_before")),
    Cell("Transfer: first chunk", "reset in the body", tiktok("upload", "reset_in_body", after_bytes=3_000_000), what="chunked"),
    Cell("Transfer: first chunk", "reset after effect", tiktok("upload", "reset_after"), what="chunked"),
    Cell("Transfer: first chunk", "time-out", tiktok("upload", "slow_answer", seconds=65), what="chunked"),
    Cell("Transfer: first chunk", "502 with HTML", html("upload"), quick=True),
    Cell("Transfer: first chunk", "429", tiktok("upload", "answer", status=429)),
    Cell("Transfer: first chunk", "401", tiktok("upload", "answer", status=401), end="failed upload_rejected"),
    Cell("Transfer: first chunk", "400", tiktok("upload", "answer", status=400), end="failed upload_rejected"),
    Cell("Transfer: first chunk", "403", tiktok("upload", "answer", status=403), what="chunked", inits=2),
    Cell("Transfer: first chunk", "404", tiktok("upload", "answer", status=404), what="chunked", inits=2),
    Cell("Transfer: first chunk", "410 for a single-chunk video", tiktok("upload", "answer", status=410), end="failed upload_url_expired"),
    Cell("Transfer: first chunk", "416", tiktok("upload", "answer", status=416)),
    Cell("Transfer: first chunk", "403, after effect", tiktok("upload", "answer", status=403, effect=True), quick=True),
    Cell("Transfer: first chunk", "404, after effect, without a status", both(tiktok("upload", "answer", status=404, effect=True), html("status_fetch", times=2))),
    Cell("Transfer: first chunk", "403 twice", tiktok("upload", "answer", status=403, times=2), what="chunked", inits=2, twice=2, end="failed upload_url_expired"),
    Cell("Transfer: first chunk", "wrong Content-Range", tiktok("upload", "wrong_content_range", content_range="bytes 0-5/64000001"), what="chunked"),
    Cell("Transfer: first chunk", "expired upload_url", clock_jump(3601, after="video_init"), what="chunked", inits=2, alone=True),
    Cell("Transfer: first chunk", "killed", killed_midway(0), what="chunked"),
    Cell("Transfer: first chunk", "KMS throttled", aws("Decrypt", ADDRESS)),
    Cell("Transfer: first chunk", "DynamoDB: condition fails", conflict("UpdateItem", NOTE)),
    Cell("Transfer: first chunk", "DynamoDB: throttled", aws("UpdateItem", EPOCH)),
    # The second uploader takes over, and the state machine's next call of Transfer takes over again.
    Cell("Transfer: first chunk", "invoked twice", again("workflow-transfer", when="upload", times=1), what="chunked", twice=2),
]

MIDDLE = [
    Cell("Transfer: middle chunk", REFUSED, refused_after("upload", skip=2), what="chunked", alone=True),
    Cell("Transfer: middle chunk", "reset in the body", tiktok("upload", "reset_in_body", after_bytes=3_000_000, skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "reset after effect", tiktok("upload", "reset_after", skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "time-out", tiktok("upload", "slow_answer", seconds=65, skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "502 with HTML", html("upload", skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "502 with HTML, after effect", html("upload", skip=3, effect=True), what="chunked"),
    Cell("Transfer: middle chunk", "502 always", html("upload", skip=3, times=50), what="chunked", end="failed upload_failed", twice=4),
    Cell("Transfer: middle chunk", "429", tiktok("upload", "answer", status=429, skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "403", tiktok("upload", "answer", status=403, skip=3), what="chunked", end="failed upload_url_expired"),
    Cell("Transfer: middle chunk", "404", tiktok("upload", "answer", status=404, skip=3), what="chunked", end="failed upload_url_expired"),
    Cell("Transfer: middle chunk", "410", tiktok("upload", "answer", status=410, skip=3), what="chunked", end="failed upload_url_expired"),
    Cell("Transfer: middle chunk", "416, after effect", tiktok("upload", "answer", status=416, skip=3, effect=True), what="chunked"),
    Cell("Transfer: middle chunk", "no Content-Range", tiktok("upload", "wrong_content_range", skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "Content-Range too high", tiktok("upload", "wrong_content_range", content_range="bytes 0-64000000/64000001", skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "killed in the body", killed_midway(3), what="chunked"),
    Cell("Transfer: middle chunk", "killed at the read of the epoch", killed_at("GetItem", STILL_MINE, "kill_after"), what="chunked"),
    Cell("Transfer: middle chunk", "killed after the chunk", killed_during("workflow-transfer", "upload", skip=3), what="chunked"),
    Cell("Transfer: middle chunk", "S3: connection reset", aws_reset("GetObject", "bytes=", "reset_before"), what="chunked"),
]

LAST = [
    Cell("Transfer: last chunk", "reset before effect", tiktok("upload", "reset_before", skip=5), what="chunked"),
    Cell("Transfer: last chunk", "reset after effect", tiktok("upload", "reset_after", skip=5), what="chunked"),
    Cell("Transfer: last chunk", "time-out", polled(tiktok("upload", "slow_answer", seconds=65, skip=5)), what="chunked"),
    Cell("Transfer: last chunk", "502 with HTML, after effect", html("upload", skip=5, effect=True), what="chunked"),
    Cell("Transfer: last chunk", "403, after effect", tiktok("upload", "answer", status=403, skip=5, effect=True), what="chunked"),
    Cell("Transfer: last chunk", "404", tiktok("upload", "answer", status=404, skip=5), what="chunked", end="failed upload_url_expired"),
    Cell("Transfer: last chunk", "410, after effect", tiktok("upload", "answer", status=410, skip=5, effect=True), what="chunked"),
    Cell("Transfer: last chunk", "416, after effect", tiktok("upload", "answer", status=416, skip=5, effect=True), what="chunked"),
    Cell("Transfer: last chunk", "wrong Content-Range", tiktok("upload", "wrong_content_range", content_range="bytes 0-5/64000001", skip=5), what="chunked"),
    Cell("Transfer: last chunk", "expired upload_url", clock_jump(3601, after="upload", skip=4), what="chunked", end="failed upload_url_expired", alone=True),
    Cell("Transfer: last chunk", "killed after effect", killed_during("workflow-transfer", "upload", skip=5), what="chunked"),
    Cell("Transfer: last chunk", "DynamoDB: condition fails after the chunk", conflict("TransactWriteItems", SENT)),
    Cell("Transfer: last chunk", "DynamoDB: throttled after the chunk", aws("TransactWriteItems", SENT)),
    Cell("Transfer: last chunk", "killed before it was stored", killed_at("TransactWriteItems", SENT, "kill_before")),
]

_AMBIGUOUS = tiktok("upload", "reset_after", skip=3)

STATUS = [
    Cell("Transfer: status", "reset before effect", both(_AMBIGUOUS, tiktok("status_fetch", "reset_before")), what="chunked"),
    Cell("Transfer: status", "502 with HTML", both(_AMBIGUOUS, html("status_fetch")), what="chunked"),
    Cell("Transfer: status", "429", both(_AMBIGUOUS, tiktok("status_fetch", "error", code="rate_limit_exceeded", status=429)), what="chunked"),
    Cell("Transfer: status", "malformed JSON", both(_AMBIGUOUS, malformed("status_fetch")), what="chunked"),
    Cell("Transfer: status", "error on HTTP 200", both(_AMBIGUOUS, tiktok("status_fetch", "error", code="invalid_publish_id", status=200)), what="chunked"),
    Cell("Transfer: status", "502 three times, after the last chunk", both(polled(tiktok("upload", "reset_after", skip=5)), html("status_fetch", times=3)), what="chunked"),
]

WATCH = [
    Cell("Watch", REFUSED, polled(refused_after("upload")), alone=True),
    Cell("Watch", "reset before effect", polled(tiktok("status_fetch", "reset_before"))),
    Cell("Watch", "reset after effect", polled(tiktok("status_fetch", "reset_after"))),
    Cell("Watch", "time-out", polled(tiktok("status_fetch", "slow_answer", seconds=35))),
    Cell("Watch", "502 with HTML", polled(html("status_fetch"))),
    Cell("Watch", "429", polled(tiktok("status_fetch", "error", code="rate_limit_exceeded", status=429))),
    Cell("Watch", "401", polled(tiktok("status_fetch", "error", code="access_token_invalid"))),
    Cell("Watch", "error on HTTP 200", polled(tiktok("status_fetch", "error", code="internal_error", status=200))),
    Cell("Watch", "malformed JSON", polled(malformed("status_fetch"))),
    Cell("Watch", "an unknown status", polled(tiktok("status_fetch", "answer", status=200, body={"data": {"status": "PUBLISHED"}, "error": {"code": "ok", "message": "", "log_id": "l"}}))),
    Cell("Watch", "TikTok reports a failure", polled(banned_meanwhile), end="failed spam_risk_user_banned_from_posting", says=True),
    Cell("Watch", "killed", polled(killed_during("workflow-watch", "status_fetch"))),
    Cell("Watch", "killed after it stored its token", polled(killed_at("UpdateItem", TOKEN_KEPT, "kill_after"))),
    Cell("Watch", "KMS throttled", polled(once_asked("upload", aws("Decrypt", TOKENS)))),
    Cell("Watch", "DynamoDB: condition fails", polled(conflict("UpdateItem", TOKEN_KEPT)), end="unknown verdict_missing"),
    Cell("Watch", "DynamoDB: throttled", polled(aws("PutItem", FACT))),
    Cell("Watch", "invoked twice", polled(again("workflow-watch", when="status_fetch", task_token="none", round="soon"))),
    Cell("Watch", "clock jump of three hours", polled(clock_jump(10_800, after="upload")), alone=True),
]

SETTLE = [
    Cell("Settle", "DynamoDB: condition fails", conflict("TransactWriteItems", END)),
    Cell("Settle", "DynamoDB: throttled", aws("TransactWriteItems", END)),
    Cell("Settle", "DynamoDB: reset after effect", aws_reset("TransactWriteItems", END, "reset_after")),
    Cell("Settle", "killed before it wrote", killed_at("TransactWriteItems", END, "kill_before")),
    Cell("Settle", "killed after it wrote", killed_at("TransactWriteItems", END, "kill_after")),
    Cell("Settle", "invoked twice", again_at_rest("workflow-settle")),
    Cell("Settle", "late end of an old step", again_at_rest("workflow-settle", step={"outcome": "refused", "error": {"code": "upload_failed", "details": {}}})),
]

WEBHOOK = [
    Cell("webhook", "duplicates", webhooks("post.publish.complete", times=3)),
    Cell("webhook", "a failure after the end", webhooks("post.publish.failed", "post.publish.inbox_delivered")),
    Cell("webhook", "before TikTok's id is stored", webhooks("post.publish.complete", before="video_init")),
    Cell("webhook", "an hour-old signature", webhooks("post.publish.complete", age_s=3600)),
    Cell("webhook", "SQS: throttled", aws("SendMessage", "post.publish", times=8)),
    Cell("webhook", "killed before the fact is stored", killed_at("PutItem", FACT, "kill_before")),
    Cell("webhook", "DynamoDB: throttled", aws("PutItem", FACT)),
]

DROP = [
    Cell("drop", "duplicate event", dropped_again, what="drop"),
    Cell("drop", "S3: 503 SlowDown", both(redelivered, aws("HeadObject", "drop/", "SlowDown")), what="drop"),
    Cell("drop", "killed before it wrote", both(redelivered, killed_at("TransactWriteItems", '"queued"', "kill_before")), what="drop"),
    Cell("drop", "killed after it wrote", killed_at("TransactWriteItems", '"queued"', "kill_after"), what="drop"),
    Cell("drop", "StartExecution throttled", aws("StartExecution", "pub_"), what="drop"),
]

_OF_REDRIVE = [
    Cell("Start: init of a pull", "reset after effect", tiktok("video_init", "reset_after"), what="pull", end="unknown pull_init_lost"),
    Cell("Prepare", "DynamoDB: condition fails", conflict("UpdateItem", PIN), end="failed workflow_died"),
    Cell("Start: init", "lost twice", tiktok("video_init", "reset_after", times=2), inits=2, end="failed init_lost"),
    Cell("Start: init of photos", "502 with HTML, in effect", html("content_init", effect=True), what="photos", end="unknown pull_init_lost"),
    Cell("Transfer: middle chunk", "502 for ever", html("upload", skip=3, times=50), what="chunked", end="failed upload_failed", twice=4),
    Cell("Transfer: last chunk", "killed after its effect", killed_during("workflow-transfer", "upload", skip=5), what="chunked"),
    # Its publish is unknown (verdict_missing) until the redriven recheck reads TikTok's verdict.
    Cell("Watch", "DynamoDB: condition fails", polled(conflict("UpdateItem", TOKEN_KEPT))),
    Cell("Settle", "killed after it wrote", killed_at("TransactWriteItems", END, "kill_after")),
    Cell("drop", "duplicate event", dropped_again, what="drop"),
]
# A redrive acts on the whole stack, so these cells run alone.
REDRIVEN = [
    replace(cell, step=f"{cell.step}, redriven", alone=True, redriven=True, quick=cell is _OF_REDRIVE[0])
    for cell in _OF_REDRIVE
]

# An expired token affects every account, so the cells that move TikTok's clock run last.
START_LATE = [
    Cell("Start: creator_info", "clock jump of three hours", clock_jump(10_800), alone=True),
]

CELLS = [*PREPARE, *PICTURES, *TOKEN, *CREATOR_INFO, *INIT, *FIRST, *MIDDLE, *LAST, *STATUS]
CELLS += [*WATCH, *SETTLE, *WEBHOOK, *DROP, *AWS_CELLS, *REDRIVEN, *START_LATE]
