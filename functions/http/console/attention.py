"""Publishes, accounts, webhook endpoints and parts of the deployment that need a person.

Each has a link to the page on which the person can act.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dropcast import clock
from dropcast.accounts.account_list_store import AccountPage
from dropcast.accounts.needing_a_person import accounts_needing_a_person
from dropcast.caller import Caller
from dropcast.events.endpoints.endpoint_store import Endpoint, all_endpoints
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store.wait_index import WaitingForPerson, needing_a_person

from .account_views import Tone, name_of
from .publish_words import caption_start

_SHOWN = 5
_COUNTED = 20
_NONE = "0"


@dataclass(frozen=True)
class Entry:
    """Something that needs a person. `path` and `words`: the address and the text of its link. `why`: the reason.

    `at`: a time in epoch seconds. `Group.when` is the word that the page shows before this time.
    """

    path: str
    words: str
    why: str
    at: int | None = None


@dataclass(frozen=True)
class Group:
    """Entries of one kind. `count`: their number in words, "3" or "20 or more".

    `path` and `list_name`: the address of the page that lists all of them, and the text of the link to it. `does`: what
    the person can do. `when`: the word before the time `at` of each entry.
    """

    name: str
    tone: Tone
    count: str
    entries: Sequence[Entry]
    path: str
    list_name: str
    does: str
    when: str = "since"


def get_attention(caller: Caller, first: AccountPage) -> list[Group]:
    """The groups that are not empty. `first`: the first page of the accounts that the caller sees."""
    names = {one.account_id: name_of(one) for one in first.accounts}
    publishes = needing_a_person(caller, _COUNTED)
    groups = [
        _publishes(
            "Publishes whose outcome is unknown", "unknown", "Look at TikTok, then resolve", publishes.unknown, names
        ),
        _publishes(
            "Publishes that failed in the last 7 days", "failed", "Retry them, or leave them", publishes.failed, names
        ),
        *_accounts(caller, first),
    ]
    if caller.user_id is None and caller.may("admin"):
        groups.append(_endpoints(all_endpoints()))
    if caller.user_id is None:
        groups.append(_deployment())
    return [group for group in groups if group.count != _NONE]


def _publishes(name: str, state: str, does: str, found: WaitingForPerson, names: dict[str, str]) -> Group:
    entries = [_publish(one, names.get(one.account_id) or one.username or one.account_id) for one in found.publishes]
    tone: Tone = "failed" if state == "failed" else "waits"
    count = _count(len(entries), has_more=found.has_more)
    return Group(
        name, tone, count, entries[:_SHOWN], f"/console/publishes?state={state}", f"All {state} publishes", does
    )


def _publish(publish: Publish, account: str) -> Entry:
    why = publish.error.message if publish.error else ""
    words = f"{account}: {publish.reference or caption_start(publish) or publish.publish_id}"
    return Entry(f"/console/publishes/{publish.publish_id}", words, why, publish.history[-1].at)


def _accounts(caller: Caller, first: AccountPage) -> list[Group]:
    found = accounts_needing_a_person(caller, first)
    lost = [Entry(f"/console/accounts/{one.account_id}", name_of(one), "") for one in found.to_reconnect]
    ending = [
        Entry(f"/console/accounts/{one.account_id}", name_of(one), health.words, health.ends_at)
        for one, health in found.expiring
    ]
    return [
        Group(
            "Accounts to connect again",
            "failed",
            _count(len(lost), has_more=found.has_more_to_reconnect),
            lost[:_SHOWN],
            "/console/accounts",
            "All accounts",
            "TikTok no longer accepts their tokens. Connect again",
        ),
        Group(
            "Accounts whose connection ends soon",
            "waits",
            _count(len(ending), has_more=found.has_more_expiring),
            ending[:_SHOWN],
            "/console/accounts",
            "All accounts",
            "Connect again before they end",
            when="ends",
        ),
    ]


def _endpoints(endpoints: Sequence[Endpoint]) -> Group:
    found = [one for one in endpoints if one.needs_a_person(clock.now())]
    entries = [
        Entry(
            f"/console/webhooks/{one.endpoint_id}",
            one.description or urlsplit(one.url).netloc,
            "Disabled, because it kept failing." if one.status == "disabled" else "It fails, and Dropcast tries again.",
            one.failing_since,
        )
        for one in found
    ]
    name = "Webhook endpoints that fail or are disabled"
    count = _count(len(entries), has_more=False)
    does = "Fix the receiver, then enable them"
    return Group(name, "failed", count, entries[:_SHOWN], "/console/webhooks", "All webhook endpoints", does)


def _deployment() -> Group:
    """The health checks that need a person now."""
    from dropcast.health.run_checks import checks_needing_a_person  # slow to import: the models of trends

    entries = [
        Entry(f"/console/health#{check.name}", check.title, finding.words)
        for check, finding in checks_needing_a_person()
    ]
    name = "Parts of this deployment that do not work"
    count = _count(len(entries), has_more=False)
    return Group(name, "failed", count, entries, "/console/health", "All checks", "The page Health says what to do")


def _count(number: int, *, has_more: bool) -> str:
    """The count in words. `has_more`: there are more entries than the counted ones. A count of 0 then becomes "maybe
    some".
    """
    if has_more:
        return f"{number} or more" if number else "maybe some"
    return str(number)
