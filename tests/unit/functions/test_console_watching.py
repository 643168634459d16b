"""The cost of watching a page: the AWS calls of a view, and of a minute in which the page refreshes itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest

from dropcast import clock
from dropcast.events.deliveries import delivery_store
from dropcast.events.endpoints import endpoints
from dropcast.publishing.model.states import State
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.console import ROOT, Shown, signed_in
from tests.unit.support.embeds import Embedded, embedded
from tests.unit.support.publishes import put_publish

FOLDER = ROOT / "functions/http/console"
MINUTE_S = 60
# The part of the page that refreshes itself.
PART = re.compile(r'data-poll="(\d+)"\s+hx-get="([^"]+)"')
# A script refreshes the list of accounts while a person connects an account in another window.
AWAITED_PART = re.compile(r'()hx-get="(/console/accounts/list[^"]*)"')
Open = Callable[..., Shown]


@dataclass(frozen=True)
class Live:
    """A page that refreshes itself. `calls`: the most AWS calls of a view. `minute`: the most in a minute after it."""

    template: str
    path: str
    calls: int
    minute: int


# The table in docs/console.md.
PAGES = (
    Live("overview.html", "/console", 16, 26),
    Live("publishes.html", "/console/publishes", 12, 144),
    Live("publishes.html", "/console/publishes?account={account}", 4, 48),
    Live("publish.html", "/console/publishes/{publish}", 4, 60),
    Live("calendar.html", "/console/calendar", 6, 10),
    Live("accounts.html", "/console/accounts", 4, 60),
    Live("webhook.html", "/console/webhooks/{endpoint}", 4, 48),
    Live("delivery.html", "/console/webhooks/{endpoint}/deliveries/{event}", 3, 36),
    Live("health.html", "/console/health", 10, 20),
    Live("embed_publish.html", "/publishes/{publish}", 3, 60),
    Live("embed_accounts.html", "/connection?until={until}", 3, 60),
)


@pytest.fixture
def ids(account: str) -> dict[str, str]:
    """An account with a queued publish, a scheduled one and an unknown one, and a pending delivery to an endpoint."""
    made = endpoints.create("https://hooks.example/in", ["*"], "")
    assert isinstance(made, tuple)
    event = "evt_01jd0000000000000000000001"
    delivery_store.put_event(event, "publish.failed", "{}")
    delivery_store.put_delivery(made[0].endpoint_id, event, "publish.failed")
    put_publish(account, State.UNKNOWN)
    put_publish(account, State.HELD, publish_at=clock.now() + 60)
    publish = put_publish(account)
    named = {"publish": publish.publish_id, "endpoint": made[0].endpoint_id, "event": event}
    return named | {"account": account, "until": "9999999999"}


def opener(page: Live, account: str) -> Open:
    """Loads an address in this page's browser."""
    if not page.template.startswith("embed_"):
        return signed_in("admin").get
    shown: Embedded = (
        embedded("connect", user_id="user-1") if "connection" in page.path else embedded(account_id=account)
    )
    return lambda path, headers=None, **query: shown.get(path.removeprefix(shown.home), headers, **query)


def show(get: Open, address: str) -> Shown:
    path, _, query = address.replace("&amp;", "&").partition("?")
    shown = get(path, {"hx-request": "true"}, **dict(parse_qsl(query)))
    assert shown.status == 200, shown.words()
    return shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_view_and_a_minute_of_watching_make_few_aws_calls(
    ids: dict[str, str], account: str, page: Live, aws_calls: list[str], tiktok
):
    get = opener(page, account)
    show(get, page.path.format(**ids))
    aws_calls.clear()
    tiktok.asked.clear()

    shown = show(get, page.path.format(**ids))
    view = len(aws_calls)
    aws_calls.clear()
    seconds, part = part_of(shown, page)
    for _ in range(MINUTE_S // seconds):
        show(get, part)

    assert view <= page.calls, aws_calls
    assert len(aws_calls) <= page.minute, aws_calls
    assert tiktok.asked == []


def part_of(shown: Shown, page: Live) -> tuple[int, str]:
    """How often the page refreshes itself (in seconds), and the address that it requests."""
    [(seconds, address)] = (AWAITED_PART if page.template == "accounts.html" else PART).findall(shown.text)
    return int(seconds or script_s()), address


def script_s() -> int:
    [seconds] = re.findall(r"ASK_EVERY_S = (\d+)", (FOLDER / "static/connect_window.js").read_text())
    return int(seconds)


def test_every_page_that_refreshes_itself_is_counted():
    folder = FOLDER / "templates"

    live = {file.name for file in folder.glob("*.html") if 'hx-trigger="poll"' in file.read_text()}

    assert live == {page.template for page in PAGES}


def test_only_the_script_that_stops_in_a_hidden_tab_asks_again_and_again():
    """No other script has a repeating timer, and no element uses htmx's own polling."""
    repeating = [file.name for file in (FOLDER / "static").glob("*.js") if "setInterval" in file.read_text()]
    triggers = {
        trigger
        for file in (FOLDER / "templates").glob("*.html")
        for trigger in re.findall(r'hx-trigger="([^"]+)"', file.read_text())
    }

    assert repeating == ["poll.js"]
    assert not any("every" in trigger for trigger in triggers), triggers
