"""The comments on the creators' videos, and the replies to them."""

import itertools
from dataclasses import dataclass

FIRST_COMMENT_ID = 7_600_000_000_000_000_000


@dataclass
class Comment:
    id: int
    video_id: str
    author: str
    """The username of the author."""
    text: str
    created_at: float
    by_owner: bool
    """Whether the video's owner wrote the comment."""
    parent_id: int | None = None
    likes: int = 0
    liked: bool = False
    pinned: bool = False
    hidden: bool = False
    hidden_changed_at: float | None = None
    listed_from: float = 0
    """The time from which the lists of replies contain the comment."""


class Comments:
    def __init__(self) -> None:
        self._by_id: dict[int, Comment] = {}
        self._numbers = itertools.count(FIRST_COMMENT_ID)

    def add(
        self, video_id: str, author: str, text: str, *, at: float, by_owner: bool, parent_id: int | None = None
    ) -> Comment:
        comment = Comment(next(self._numbers), video_id, author, text, at, by_owner, parent_id)
        self._by_id[comment.id] = comment
        return comment

    def get(self, comment_id: str) -> Comment | None:
        return self._by_id.get(int(comment_id)) if comment_id.isascii() and comment_id.isdigit() else None

    def under(self, video_id: str, parent_id: int | None = None) -> list[Comment]:
        """The comments on a video, or the replies to one of its comments, oldest first."""
        return [one for one in self._by_id.values() if one.video_id == video_id and one.parent_id == parent_id]

    def replies_shown(self, comment: Comment, now: float) -> list[Comment]:
        """The replies to `comment`, oldest first, without those that TikTok's lists do not contain yet at `now`."""
        return [one for one in self.under(comment.video_id, comment.id) if one.listed_from <= now]

    def of_video(self, video_id: str) -> list[Comment]:
        """All comments and replies of a video."""
        return [one for one in self._by_id.values() if one.video_id == video_id]

    def delete(self, comment: Comment) -> None:
        """Delete a comment and its replies."""
        for one in [comment, *self.under(comment.video_id, comment.id)]:
            self._by_id.pop(one.id, None)
