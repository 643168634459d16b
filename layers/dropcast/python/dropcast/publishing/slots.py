"""A publish's slot: when the budgets that its post needs let it go, and what becomes of the slot.

TikTok's 429 and its words about posts of the day feed the same budgets (protocol sections 2, 3.5 and 11).
"""

from typing import Literal

from dropcast import clock
from dropcast.budgets.exhaustion import Who
from dropcast.budgets.ledger import Go, Wait
from dropcast.budgets.limits import BudgetName
from dropcast.budgets.refusals import budget_of
from dropcast.budgets.turns import leave, refused, take_turn
from dropcast.publishing.models import Publish
from dropcast.publishing.options import Kind, Mode
from dropcast.publishing.transitions import State

Call = Literal["creator_info", "init"]
_LOST = {"init_lost", "pull_init_lost"}
_CALLS: tuple[Call, ...] = ("creator_info", "init")

_COUNTED: dict[tuple[Kind, Mode], tuple[BudgetName, BudgetName]] = {
    ("video", "direct"): ("video_init", "direct_posts"),
    ("video", "draft"): ("inbox_init", "pending_drafts"),
    ("photo", "direct"): ("content_init", "direct_posts"),
    ("photo", "draft"): ("content_init", "pending_drafts"),
}


def take(publish: Publish) -> Go | Wait:
    """Whether the publish may ask TikTok now; else when, and which budgets have no room until then.

    It owns its slot until it is through, gives up or ends. An init made again takes the place of the lost one, which
    counts as made.
    """
    before = _owner(publish, publish.inits_lost - 1) if publish.inits_lost else None
    return take_turn(_who(publish), _owner(publish, publish.inits_lost), wants(publish), heir_of=before)


def through(publish: Publish) -> None:
    """TikTok took the init: the next may go."""
    _leave(publish, wants(publish))


def step_aside(publish: Publish, *made: Call) -> None:
    """It asked TikTok no more than `made`, and tries later or never: the next may go."""
    _leave(publish, _counts(publish, made))


def hear_no(publish: Publish, code: str, call: Call | None) -> Wait | None:
    """TikTok refused `call` with `code`: until when that holds this publish and those behind it.

    None if it tells of no budget: then the publish steps aside.
    """
    init, posts = _counted(publish)
    name = budget_of(code, init if call == "init" else "creator_info", posts) if call else None
    made = up_to(call)[:-1] if code == "rate_limit_exceeded" else up_to(call)
    if name is None:
        step_aside(publish, *made)
        return None
    counted = _counts(publish, made)
    return refused(_who(publish), _owner(publish, publish.inits_lost), wants(publish), counted, name, code)


def up_to(call: Call | None) -> tuple[Call, ...]:
    """The calls of TikTok that Start has made when it has made `call`."""
    return () if call is None else _CALLS[: _CALLS.index(call) + 1]


def free(ended: Publish, *, by_tiktok: bool) -> None:
    """It has ended: nobody waits for it any more.

    What TikTok itself calls failed counts for no day; a draft that was posted pends no longer; a lost init counts.
    """
    came_to_nothing = ended.state in (State.FAILED, State.CANCELLED)
    posted_draft = ended.state is State.PUBLISHED and ended.mode == "draft"
    lost = ended.error is not None and ended.error.code in _LOST
    if ended.open_id is None or not (came_to_nothing or posted_draft or lost):
        return
    if lost:
        _leave(ended, wants(ended))
        return
    _, posts = _counted(ended)
    leave(_who(ended), _owner(ended, ended.inits_lost), {}, back=(posts,) if by_tiktok or posted_draft else ())


def _leave(publish: Publish, made: tuple[BudgetName, ...]) -> None:
    if publish.open_id is not None:
        # Rounded up: a call that counts from a moment too early would let another follow too early.
        at = clock.now() + 1
        leave(_who(publish), _owner(publish, publish.inits_lost), dict.fromkeys(made, at))


def _counts(publish: Publish, calls: tuple[Call, ...]) -> tuple[BudgetName, ...]:
    init, _ = _counted(publish)
    return tuple(init if call == "init" else call for call in calls)


def wants(publish: Publish) -> tuple[BudgetName, ...]:
    """The budgets of which it needs a use each."""
    return ("creator_info", *_counted(publish))


def _counted(publish: Publish) -> tuple[BudgetName, BudgetName]:
    """What its init counts as: a call, and a post or a draft."""
    return _COUNTED[publish.kind, publish.mode]


def _owner(publish: Publish, inits_lost: int) -> str:
    return f"{publish.publish_id}+{inits_lost}" if inits_lost else publish.publish_id


def _who(publish: Publish) -> Who:
    if publish.open_id is None:
        raise ValueError(f"nobody has looked whose publish {publish.publish_id} is")
    return Who(publish.account_id, publish.open_id)
