"""Stores TikTok's id of a pull, even if another writer moved the publish during the init.

TikTok may already be posting a pull. Without its id, no webhook or status could be matched with the publish.
"""

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.store import publish_store


def save_pull_id(claimed: Publish, tiktok_publish_id: str) -> Publish | None:
    """Store the id in the row, and a pointer from the id to the publish (fact_store.py).

    Returns the publish, now `processing`, if `claimed` was still the latest row. None if another writer moved the
    publish meanwhile. The id is then stored in the latest row. If the state there is `starting`, it becomes
    `processing`, and the execution that took over watches the publish. A publish at rest keeps its state. Webhooks and
    polls can then find the publish by the id.
    """
    saved = _save(claimed, tiktok_publish_id)
    if saved is None:
        _save_on_latest_row(claimed.publish_id, tiktok_publish_id)
    return saved


@retry_on_conflict(tries=10)
def _save_on_latest_row(publish_id: str, tiktok_publish_id: str) -> Conflict | None:
    latest = publish_store.get(publish_id)
    if latest is None or latest.tiktok_publish_id is not None or _save(latest, tiktok_publish_id):
        return None
    return CONFLICT


def _save(publish: Publish, tiktok_publish_id: str) -> Publish | None:
    pointer = fact_store.pointer_write(tiktok_publish_id, publish.publish_id)
    if publish.state is State.STARTING:
        return publish_store.move(
            publish,
            State.PROCESSING,
            also=(pointer,),
            patience_s=dynamo.LONG_PATIENCE_S,
            tiktok_publish_id=tiktok_publish_id,
            processing_since=clock.now(),
        )
    entries = [publish_store.tiktok_id_write(publish, tiktok_publish_id), pointer]
    return publish if dynamo.write_all(entries, patience_s=dynamo.LONG_PATIENCE_S) else None
