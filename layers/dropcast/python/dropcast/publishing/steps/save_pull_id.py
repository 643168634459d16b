"""Stores TikTok's id of a pull, whatever became of the publish while TikTok was asked.

TikTok may be posting what it pulls. Without its id nothing that TikTok says of the post could be matched.
"""

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.aws.dynamo import LONG_PATIENCE_S
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.store import publish_store

_RACES_MAX = 10


def save_pull_id(claimed: Publish, tiktok_publish_id: str) -> Publish | None:
    """Store the id with its pointer. Returns the publish, now `processing`, if `claimed` still was the latest row.

    None if another writer moved the row meanwhile. A row that is `starting` all the same is watched from now on by the
    execution that took it over. A row at rest keeps its state and gets the id, by which webhooks and polls find it.
    """
    publish = claimed
    for _ in range(_RACES_MAX):
        moved = _named(publish, tiktok_publish_id)
        if moved is not None:
            return moved if publish is claimed else None
        found = publish_store.get(claimed.publish_id)
        if found is None or found.tiktok_publish_id is not None:
            return None
        publish = found
    raise RuntimeError(f"publish {claimed.publish_id} kept changing")


def _named(publish: Publish, tiktok_publish_id: str) -> Publish | None:
    pointer = fact_store.pointer_write(tiktok_publish_id, publish.publish_id)
    if publish.state is State.STARTING:
        return publish_store.move(
            publish,
            State.PROCESSING,
            also=(pointer,),
            patience_s=LONG_PATIENCE_S,
            tiktok_publish_id=tiktok_publish_id,
            processing_since=clock.now(),
        )
    entries = [publish_store.tiktok_id_write(publish, tiktok_publish_id), pointer]
    return publish if dynamo.write_all(entries, patience_s=LONG_PATIENCE_S) else None
