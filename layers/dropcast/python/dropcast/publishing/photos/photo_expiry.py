"""Decides which prepared pictures S3 may have deleted. S3 keeps a picture for 7 days (infra/publishing.py). Pure
rules.
"""

from dropcast import clock
from dropcast.publishing.model.publish import Photo, Photos, Publish

_DAY_S = 24 * 3600
# The other 2 of the 7 days are for the day until the next check, and for TikTok's pull.
_RENEWED_AFTER_S = 5 * _DAY_S


def may_be_gone(publish: Publish) -> bool:
    """Whether the last check of the pictures was so long ago that S3 may have deleted one meanwhile."""
    if not isinstance(publish.source, Photos):
        return False
    return clock.now() - (publish.source.checked_at or publish.created_at) > _DAY_S


def is_old(photo: Photo) -> bool:
    """Whether the prepared picture must be renewed so that it lasts until after TikTok's pull."""
    return photo.prepared_at is not None and clock.now() - photo.prepared_at > _RENEWED_AFTER_S
