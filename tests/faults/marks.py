"""Texts that appear in one AWS call at one step of a publish, and in no other call of its operation."""

CLAIM, STORE, SENT, END, HELD = (
    f'":state": {{"S": "{state}"}}' for state in ("starting", "uploading", "processing", "published", "held")
)
PULLED = SENT
QUEUED, ONCE_MORE = '"state": {"S": "queued"}', '":state": {"S": "queued"}'
PUT_OFF = "unstarted_at = :until"
BEGIN, PIN, TOKEN_KEPT = "REMOVE unstarted_shard", "#source = :source", "task_token = :token"
EPOCH, NOTE, STILL_MINE = "epoch + :one", "chunks_begun = :begun", "epoch, #state"
FACT, FACTS = '"fact#', '"fact#"'
GRANT, JOURNAL, LEASE = "refresh_expires_at", "journal = :journal", '"sk": {"S": "lease"}'
LEDGER, POLLS = '#posting"}', '#status"}'
TOKENS, ADDRESS = '"kind": "access_token"', '"kind": "upload_url"'
