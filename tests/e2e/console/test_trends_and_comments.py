"""Trends and comments in a browser: lines and plots, a hashtag for an empty text, and a reply that is sent once."""

from playwright.sync_api import expect

from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.console.posting import choose_audience
from tests.e2e.console.trend_rows import hashtags, put_list
from tests.e2e.test_comments import new_comments


def test_a_list_has_lines_and_an_item_a_plot(open_signed_in: Open, stack):
    items = hashtags()
    put_list(stack, "hashtags", items, country="CH")
    page = open_signed_in()
    page.goto("/console/trends?kind=hashtags&country=CH&period=7")

    expect(page.locator("[data-spark] svg")).to_have_count(len(items))
    assert_looks_right(page)
    page.get_by_role("link", name="#harbour", exact=True).click()

    expect(page.locator(".plot canvas")).to_be_visible()
    page.get_by_text("All ranks").click()
    expect(page.locator("tbody tr")).to_have_count(28)
    assert_looks_right(page)


def test_a_hashtag_fills_an_empty_text_and_replaces_no_typed_one(open_signed_in: Open, account: str):
    page, path = open_signed_in(), f"/console/accounts/{account}/post"
    title = page.get_by_label("Title")
    page.goto(path)
    choose_audience(page, "SELF_ONLY")

    page.goto(f"{path}?hashtag=harbour")
    expect(title).to_have_value("#harbour ")
    title.fill("My boat")
    page.goto(f"{path}?hashtag=kintsugi")

    expect(title).to_have_value("My boat")
    expect(page.get_by_text("put #kintsugi into the title")).to_be_visible()


def test_a_reply_is_sent_once_and_a_comment_is_hidden(open_signed_in: Open, journey):
    theirs = new_comments(journey)
    theirs.said("What is its name?", username="ben")
    page = open_signed_in()
    page.goto(f"/console/accounts/{theirs.account}/comments?video={theirs.video}")
    assert_looks_right(page)

    page.locator("summary", has_text="Reply to ben").click()
    page.locator("details[open] textarea").fill("Minka")
    page.locator("details[open]").get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("status").filter(has_text="Sent.")).to_be_visible()
    expect(page.locator("details[open] textarea")).to_have_value("")
    page.get_by_role("button", name="Hide").click()

    expect(page.get_by_role("status").filter(has_text="Hidden.")).to_be_visible()
    expect(page.get_by_role("button", name="Show again")).to_be_visible()
    assert theirs.texts() == ["What is its name?", "Minka"]
    assert_looks_right(page)
