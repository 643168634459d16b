"""The overview in a browser: what needs a person, plots drawn from their tables, and how large the page is."""

import re

import pytest
from playwright.sync_api import Page, expect

from local.stack import LocalStack
from local.stack_client import StackClient
from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.console.outcome_rows import put_days, put_publish

SCRIPTS = 40_000


@pytest.fixture(scope="module")
def account(stack: LocalStack) -> str:
    put_days(stack)
    return StackClient(stack).connect("overview.olga", user_id="olga", nickname="Olga")


def look_again(page: Page) -> None:
    """Let the browser act as if the person returned to the tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_an_operator_sees_what_needs_a_person_and_plots_of_what_happened(
    open_signed_in: Open, stack: LocalStack, account: str
):
    put_publish(stack, account, "unknown", "olga-1")
    page, sizes = open_signed_in(), dict[str, int]()
    page.on("requestfinished", lambda one: sizes.update({one.url: one.sizes()["responseBodySize"]}))

    page.goto("/console")

    expect(page.get_by_role("heading", level=2).first).to_have_text("Needs a person")
    expect(page.locator("#attention a", has_text="olga-1")).to_be_in_viewport()
    expect(page.locator(".uplot canvas")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    scripts = {url.rpartition("/")[2]: size for url, size in sizes.items() if url.endswith(".js")}
    assert scripts["uplot.js"] > 20_000
    assert sum(scripts.values()) <= SCRIPTS
    assert sum(sizes.values()) <= 100_000

    page.locator("[data-plot] .u-over").first.hover()
    expect(page.locator(".plot-keys b").first).to_have_text(re.compile(r"\d+"))
    put_publish(stack, account, "unknown", "olga-2")
    look_again(page)
    expect(page.locator("#attention a", has_text="olga-2")).to_be_visible()
    expect(page.locator(".uplot canvas")).to_have_count(2)

    for details in page.locator("details").all():
        details.locator("summary").click()
    assert_looks_right(page)
    expect(page.locator(".uplot canvas")).to_have_count(2)


def test_without_scripts_the_tables_have_the_values(open_signed_in: Open, account: str):
    page = open_signed_in(java_script_enabled=False)

    page.goto("/console")
    page.get_by_text("The outcomes as a table").click()

    expect(page.get_by_role("table").first.get_by_role("row")).to_have_count(31)
    expect(page.locator(".plot").first).to_be_hidden()
