"""What is found in a call of AWS, and in no other of its operation, at one step of a publish."""

CLAIM, STORE, SENT, END, HELD = (
    f'":state": {{"S": "{state}"}}' for state in ("starting", "uploading", "processing", "published", "held")
)
PULLED = SENT
QUEUED = '"state": {"S": "queued"}'
BEGIN, PIN, TOKEN_KEPT = "REMOVE unstarted_shard", "#source = :source", "task_token = :token"
EPOCH, NOTE, STILL_MINE = "epoch + :one", "chunks_begun = :begun", "epoch, #state"
FACT, FACTS = '"fact#', '"fact#"'
GRANT, JOURNAL = "refresh_expires_at", "journal = :journal"
LEDGER, POLLS = '#posting"}', '#status"}'
TOKENS, ADDRESS = '"kind": "access_token"', '"kind": "upload_url"'
