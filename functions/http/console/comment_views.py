"""Shows comments on pages, and the forms that answer and moderate them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.tiktok.business.comments import Comment, Mark, Reply
from dropcast.tiktok.models import Video

from .act_once import new_form_key
from .trend_words import counted

STATES = ("hidden", "liked", "pinned", "own", "reply")
"""The states of a comment that its form sends back. With them the page shows the form's buttons without another call to
TikTok.
"""

_UNDO: dict[str, tuple[Mark, Mark]] = {
    "hidden": ("hide", "unhide"),
    "liked": ("like", "unlike"),
    "pinned": ("pin", "unpin"),
}
_BUTTONS: dict[Mark, str] = {
    "hide": "Hide",
    "unhide": "Show again",
    "like": "Like",
    "unlike": "Take the like back",
    "pin": "Pin",
    "unpin": "Unpin",
}
_DONE: dict[Mark, str] = {
    "hide": "Hidden.",
    "unhide": "Shown again.",
    "like": "Liked.",
    "unlike": "The like is taken back.",
    "pin": "Pinned.",
    "unpin": "No longer pinned.",
}
_OFTEN_GONE = "40002"
_LATE = "TikTok's list can show the change some seconds late."
_HINTS: dict[str, str] = {
    "comment_unknown": "If you press Send again, Dropcast only looks for the comment; it does not send it a second "
    "time. To write another comment, reload this page.",
    "idempotency_conflict": "This form was sent before with another text. To write another comment, reload this page.",
    "request_in_flight": "The first request is still in progress. Press Send again in half a minute to see its result.",
}


@dataclass(frozen=True)
class WriteForm:
    """A form that writes a comment on the video, or a reply to `comment_id`.

    `path`: the address of the account's comments.
    `key`: the form's idempotency key. `text`: the typed text. `outcome`: the result of the last button press.
    """

    path: str
    video_id: str
    comment_id: str = ""
    key: str = field(default_factory=new_form_key)
    text: str = ""
    outcome: str = ""
    problem: Problem | None = None


@dataclass(frozen=True)
class MarkForm:
    """The buttons that moderate one comment. `states`: the states in STATES that the comment has.

    is_gone: the comment was deleted.
    """

    path: str
    video_id: str
    comment_id: str
    states: tuple[str, ...]
    outcome: str = ""
    problem: Problem | None = None
    is_gone: bool = False

    @property
    def buttons(self) -> list[tuple[Mark, str]]:
        """The marks that the comment can get, each with the text of its button. Replies cannot be pinned."""
        offered = [name for name in _UNDO if name != "pinned" or "reply" not in self.states]
        marks: list[Mark] = [_UNDO[name][1 if name in self.states else 0] for name in offered]
        return [(mark, _BUTTONS[mark]) for mark in marks]

    @property
    def can_delete(self) -> bool:
        """Whether the account can delete the comment. TikTok allows this only for the account's own comments."""
        return "own" in self.states

    def marked(self, mark: Mark) -> "MarkForm":
        """The form after TikTok made the change."""
        [(name, (_, undone))] = [(name, marks) for name, marks in _UNDO.items() if mark in marks]
        states = set(self.states) - {name} if mark == undone else {*self.states, name}
        return replace(self, states=in_order(states), outcome=f"{_DONE[mark]} {_LATE}")

    def deleted(self) -> "MarkForm":
        """The form after TikTok deleted the comment."""
        return replace(self, is_gone=True, outcome=f"Deleted. {_LATE}")


@dataclass(frozen=True)
class ShownVideo:
    """A video whose comments can be shown. `at`: when it was posted (seconds since the epoch)."""

    video_id: str
    title: str
    at: int | None
    counts: list[str]


@dataclass(frozen=True)
class ShownComment:
    """A comment or reply on a page. `answer`: the form with which a person replies to a comment. A reply has none."""

    comment: Reply
    by: str
    marks: MarkForm
    answer: WriteForm | None
    replies: tuple["ShownComment", ...] = ()


def shown_comments(path: str, video_id: str, comments: Iterable[Comment]) -> list[ShownComment]:
    """Comments with their first replies."""
    return [
        ShownComment(
            one,
            _author(one),
            MarkForm(path, video_id, one.comment_id, _states(one)),
            WriteForm(path, video_id, one.comment_id),
            tuple(shown_replies(path, video_id, one.reply_list)),
        )
        for one in comments
    ]


def shown_replies(path: str, video_id: str, replies: Iterable[Reply]) -> list[ShownComment]:
    """The replies as a page shows them."""
    return [
        ShownComment(
            one, _author(one), MarkForm(path, video_id, one.comment_id, in_order({*_states(one), "reply"})), None
        )
        for one in replies
    ]


def shown_videos(videos: Iterable[Video]) -> list[ShownVideo]:
    """The videos of TikTok's list."""
    return [
        ShownVideo(
            one.id,
            one.title or one.video_description or f"Video {one.id}",
            one.create_time,
            [
                counted(count, unit)
                for count, unit in ((one.comment_count, "comment"), (one.like_count, "like"), (one.view_count, "view"))
                if count is not None
            ],
        )
        for one in videos
    ]


def shown_posts(publishes: Iterable[Publish]) -> list[ShownVideo]:
    """The posts of publishes. A post that not everyone may see has no post id and is left out."""
    return [
        ShownVideo(post_id, (one.options and one.options.title) or f"Video {post_id}", one.history[-1].at, [])
        for one in publishes
        for post_id in one.post_ids
    ]


def hint_of(problem: Problem) -> str:
    """What the problem means on these pages, in addition to its message. Empty if there is nothing to add."""
    if (seconds := problem.details.get("retry_after")) is not None:
        return f"Try again in {counted(seconds, 'second')}."
    if problem.code == "business_refused" and str(problem.details.get("tiktok_code")) == _OFTEN_GONE:
        return (
            "Often the video or the comment no longer exists, belongs to another account, or is too new to be pinned."
        )
    return _HINTS.get(problem.code, "")


def in_order(states: Collection[str]) -> tuple[str, ...]:
    """The known states in `states`, in the order of STATES."""
    return tuple(name for name in STATES if name in states)


def sent_words(*, looked_up: bool) -> str:
    """The page's text after a comment was sent."""
    if looked_up:
        return "Sent. TikTok's answer was lost, and Dropcast found the comment in TikTok's list."
    return f"Sent. {_LATE}"


def _states(comment: Reply) -> tuple[str, ...]:
    is_hidden = comment.status is not None and comment.status != "PUBLIC"
    has = {"hidden": is_hidden, "liked": comment.liked, "pinned": comment.pinned, "own": comment.owner}
    return in_order([name for name, value in has.items() if value])


def _author(comment: Reply) -> str:
    return comment.display_name or comment.username or "A person"
