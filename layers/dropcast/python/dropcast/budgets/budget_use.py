"""How much of each budget an account has used, and when the budget has room again."""

from collections.abc import Sequence
from dataclasses import dataclass

from dropcast import clock
from dropcast.budgets import ledger_store
from dropcast.budgets.ledger import Ledger
from dropcast.budgets.ledger_item import Book, names_in
from dropcast.budgets.limits import BudgetName, budgets
from dropcast.budgets.overflow_queue import next_room, reserved_uses

_BOOKS: tuple[Book, ...] = ("posting", "status", "comments")
_WORDS: dict[BudgetName, str] = {
    "creator_info": "questions to TikTok about what the creator may post",
    "video_init": "starts of videos",
    "inbox_init": "starts of video drafts",
    "content_init": "starts of photo posts and photo drafts",
    "status": "questions to TikTok about the state of a post",
    "direct_posts": "posts",
    "pending_drafts": "drafts that wait in the inbox",
    "looks": "views of what the creator may post, by people and programs",
    "comments": "calls to read, write and moderate comments",
}


@dataclass(frozen=True)
class BudgetUse:
    """One budget: `used` of its `limit` uses were made within the last `window_s` seconds.

    `reserved`: further uses, which waiting publishes have reserved.
    `next_free_at`: when one more use fits, in seconds since the epoch. `blocked_until`: until when Dropcast makes no
    call, because TikTok refused one. `why`: the code of that refusal.
    """

    name: BudgetName
    used: int
    reserved: int
    limit: int
    window_s: int
    next_free_at: int
    blocked_until: int | None = None
    why: str | None = None

    @property
    def share(self) -> float:
        """The share of the budget that is used or reserved.

        1 if all uses are taken, or while Dropcast makes no call because TikTok refused one.
        """
        return 1.0 if self.blocked_until else min((self.used + self.reserved) / self.limit, 1.0)

    @property
    def what(self) -> str:
        """A description, for people, of the uses that the budget counts."""
        return _WORDS[self.name]


def get_budget_use(open_id: str) -> list[BudgetUse]:
    """Every budget of a TikTok account, read consistently by one call."""
    return [use for book, ledger in ledger_store.read_books(open_id, _BOOKS).items() for use in _uses_in(book, ledger)]


def get_fullest_budgets(open_ids: Sequence[str], most: int) -> list[tuple[str, BudgetUse]]:
    """The posting budget nearest to its limit, for each of these TikTok accounts (at most 100). The fullest come
    first.

    Returns at most `most` accounts. Leaves out accounts that have used and reserved nothing. Reads all ledgers
    consistently, in one call.
    """
    ledgers = ledger_store.read_accounts(open_ids, "posting")
    fullest = [(open_id, max(_uses_in("posting", ledger), key=_share)) for open_id, ledger in ledgers.items()]
    return sorted((one for one in fullest if one[1].share), key=lambda one: -one[1].share)[:most]


def _share(use: BudgetUse) -> float:
    return use.share


def _uses_in(book: Book, ledger: Ledger) -> list[BudgetUse]:
    now, known = clock.now(), budgets()
    blocks = {name: ledger.block_of(name, now) for name in ledger.blocks}
    return [
        BudgetUse(
            name,
            used=len(ledger.used.get(name, {})),
            reserved=reserved_uses(ledger, name),
            limit=known[name].limit,
            window_s=known[name].window_s,
            next_free_at=next_room(ledger, known, name, now),
            blocked_until=block.until if (block := blocks.get(name)) else None,
            why=block and block.why,
        )
        for name in names_in(book)
    ]
