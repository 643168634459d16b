"""The overview: the outcomes of 30 days, the accounts nearest to their limits, and this month's cost."""

import re

import pytest

from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import spend_now
from tests.unit.functions.overview_scene import PAGE, TODAY, Connect, count
from tests.unit.functions.overview_scene import connect as connect
from tests.unit.functions.overview_scene import troubled as troubled
from tests.unit.support.console import Shown, signed_in


def row_of(shown: Shown, day: str) -> list[str]:
    """The outcomes of a day, as the table shows them."""
    [cells] = re.findall(rf'<time datetime="{day}">[^<]*</time></th>((?:<td>\d+</td>)+)</tr>', shown.text)
    return re.findall(r"\d+", cells)


def test_a_bound_key_sees_its_user_s_counts_and_no_cost(connect: Connect):
    connect("Ana")
    count(("published", "ana", 7_000_000), ("published", "ben", 9_000_000), ("failed", "ben", 0))

    shown = signed_in("read", user_id="ana").get(PAGE)

    assert row_of(shown, TODAY) == ["1", "0", "0", "0", "0"]
    assert "7.0 MB" in shown.text
    assert "$" not in shown.text


def test_a_key_without_a_user_sees_the_deployment_s_counts_and_its_cost(connect: Connect):
    connect("Ana")
    count(("published", "ana", 7_000_000_000), ("failed", "ben", 0), ("in_inbox", None, 0), ("cancelled", "c", 0))
    count(("published", "ana", 3_000_000_000), day="2026-12-31")

    shown = signed_in().get(PAGE)

    assert row_of(shown, TODAY) == ["1", "1", "1", "0", "1"]
    assert row_of(shown, "2026-12-31") == ["1", "0", "0", "0", "0"]
    assert 'data-value="7000000000">7.0 GB</td>' in shown.text
    assert "Cost in January 2027" in shown.words()
    assert "4 publishes $0.00 7.0 GB sent $0.63" in shown.words()
    assert "A month without publishes (docs/deploy.md) $10.00 Together $10.63" in shown.words()


def test_thirty_days_are_shown_the_newest_first(connect: Connect):
    count(("failed", "ana", 0))

    days = re.findall(r'<time datetime="([\d-]{10})">', signed_in().get(PAGE).text)

    assert days[:30] == days[30:]
    assert (days[0], days[29], len(set(days))) == (TODAY, "2026-12-17", 30)


def test_each_plot_has_its_table(connect: Connect):
    count(("failed", "ana", 0))

    figures = re.findall(r"<figure data-plot=.*?</figure>", signed_in().get(PAGE).text, re.DOTALL)

    assert len(figures) == 2
    for figure in figures:
        assert figure.count("<tr>") == 31
        assert "<figcaption" in figure
        assert '<div class="plot"></div>' in figure


def test_thirty_days_without_an_outcome_have_no_plot(connect: Connect):
    shown = signed_in().get(PAGE)

    assert "No publish reached an outcome in these days." in shown.words()
    assert "<figure" not in shown.text


def test_the_accounts_nearest_to_their_limits_come_first(connect: Connect):
    for name, used in (("Idle", 0), ("Ana", 1), ("Ben", 4)):
        account = connect(name)
        for _ in range(used):
            spend_now(BudgetOwner(account.account_id, account.open_id), "looks")

    shown = signed_in().get(PAGE)

    rows = re.findall(r'<th scope="row"><a href="/console/accounts/\w+">(\w+)</a></th>\s*<td>([^<]+)</td>', shown.text)
    assert rows == [("Ben", "4 of 8"), ("Ana", "1 of 8")]


def test_a_key_that_may_not_read_is_told_the_missing_scope(cloud):
    shown = signed_in("publish").get(PAGE)

    assert shown.status == 403
    assert "read" in shown.words()


def test_the_overview_is_the_first_page_and_marked_in_the_menu(connect: Connect):
    visitor = signed_in()

    assert '<a href="/console" aria-current="page">Overview</a>' in visitor.get(PAGE).text
    assert '<a href="/console">Overview</a>' in visitor.get("/console/accounts").text


@pytest.mark.parametrize("query", [{"limit": "-1"}, {"next": "x"}, {"user_id": "ben"}, {"state": "'<script>"}])
def test_parameters_change_nothing(troubled, query: dict[str, str]):
    visitor = signed_in(user_id="ana")

    shown = visitor.send("GET", PAGE, {}, query, None)

    assert shown.status == 200
    assert "Ben" not in shown.text
    assert "<script>" not in shown.text.replace("<script nonce", "")
