"""The posting page and the connect page in the site of an adopter. For the browser this is a different site."""

import secrets
from typing import Any

from playwright.sync_api import expect

from local.processes import free_port
from local.stack import LocalStack
from tests.e2e.conftest import SITE
from tests.e2e.console.adopters import Adopter, FramingSite, assert_looks_right, choose_and_upload, framing_site, id_of
from tests.e2e.console.adopters import adopter as adopter
from tests.e2e.console.adopters import framing as framing
from tests.e2e.console.adopters import own_account as own_account
from tests.e2e.console.adopters import site as site
from tests.e2e.console.adopters import user as user
from tests.e2e.console.looks import violations
from tests.e2e.road import SMALL, Videos

# Everything that the page in this frame could read later. A browser may refuse storage to a frame of another site.
_STORED = """() => {
  try {
    return JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }]);
  } catch {
    return JSON.stringify(history.state);
  }
}"""


# The page requested a refresh before the press. The refresh arrives while the press has no answer yet, so the page
# still has the old link.
_PRESS_DURING_A_REFRESH = """button => {
  button.click();
  const ctx = { target: document.getElementById("outcome") };
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: { ctx } }));
}"""


def closed(page: str, *, account_ids: list[str] | None = None, publish_ids: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "dropcast.closed",
        "page": page,
        "publish_ids": publish_ids or [],
        "account_ids": account_ids or [],
    }


def test_a_person_posts_in_the_site_of_an_adopter(
    adopter: Adopter, stack: LocalStack, site: str, own_account: str, videos: Videos
):
    page = adopter.page
    page.goto(site)
    page.get_by_role("button", name="Post to TikTok").click()
    frame = adopter.frame()
    frame.get_by_role("link", name="Post").click()
    choose_and_upload(frame, videos(SMALL)[0])
    frame.locator("#title").fill("From another site")
    frame.locator("#privacy_level").select_option("SELF_ONLY")
    expect(frame.locator("#send")).to_be_enabled()
    page.evaluate("document.querySelector('iframe').contentWindow.postMessage({ type: 'dropcast.expired' }, '*')")
    assert_looks_right(adopter)

    frame.locator("#send").click()

    expect(frame.locator("#state")).to_have_text("Published", timeout=60_000)
    expect(page.locator("#said")).to_have_text("Your post: published")
    assert_looks_right(adopter)
    publish_id = frame.locator("#progress").get_attribute("data-publish-id")
    assert adopter.journey.show(publish_id or "")["account_id"] == own_account
    frame.get_by_role("button", name="Close").click()
    expect(page.locator("iframe")).to_have_count(0)
    told = [data for _, data in adopter.heard()]
    done = {"type": "dropcast.publish", "publish_id": publish_id, "account_id": own_account, "state": "published"}
    assert told[-2:] == [done, closed("post", publish_ids=[publish_id or ""])]
    assert {origin for origin, _ in adopter.heard()} == {stack.public_url}
    assert_kept_secret(adopter, stack)


def assert_kept_secret(adopter: Adopter, stack: LocalStack) -> None:
    """The token is in no address, referrer, cookie or log."""
    seen = adopter.seen
    assert seen.tokens
    logged = stack.log_file.read_text(errors="replace")
    for token in seen.tokens:
        assert not any(token in sent for sent in seen.addresses + seen.referrers)
        assert token not in logged
    assert not any("/embed/" in referrer for referrer in seen.referrers)
    assert adopter.page.context.cookies(stack.public_url) == []


def test_a_link_is_used_up_and_works_again_only_for_a_reload(
    adopter: Adopter, stack: LocalStack, framing: FramingSite, own_account: str
):
    link = adopter.link(account_id=own_account)
    secret = link.partition("#")[2]
    frame = adopter.show(framing, link)
    expect(frame.locator("#creator")).to_be_visible()

    assert frame.evaluate("[location.href, document.URL, history.length]") == [*[link.partition("#")[0]] * 2, 2]
    assert not any(hidden in frame.evaluate(_STORED) for hidden in (secret, *adopter.seen.tokens))
    frame.evaluate("path => htmx.ajax('GET', path, { target: '#page' })", f"/embed/{id_of(link)}/accounts/acc_1/post")
    expect(frame.locator("#trouble")).to_contain_text("account_not_found")
    adopter.complaints.found.clear()
    adopter.page.reload()
    frame = adopter.frame()
    expect(frame.locator("#creator")).to_be_visible()
    assert adopter.heard() == []
    _add_seconds(stack, id_of(link), "opened_at", -61)
    adopter.page.reload()

    adopter.expect_heard({"type": "dropcast.expired"})
    expect(adopter.frame().get_by_text("This page has ended")).to_be_visible()
    expect(adopter.frame().locator("form")).to_have_count(0)
    assert_looks_right(adopter)
    assert not any(secret in sent.partition("#")[0] for sent in adopter.seen.addresses + adopter.seen.referrers)
    assert secret not in stack.log_file.read_text(errors="replace")
    adopter.complaints.found.clear()  # the refusal


def test_a_stale_link_asks_the_site_for_another_one(
    adopter: Adopter, stack: LocalStack, framing: FramingSite, own_account: str
):
    link = adopter.link(account_id=own_account)
    _add_seconds(stack, id_of(link), "ends_at", -601)

    frame = adopter.show(framing, link)

    adopter.expect_heard({"type": "dropcast.expired"})
    expect(frame.get_by_text("This page has ended")).to_be_visible()
    adopter.complaints.found.clear()  # the refusal


def test_a_page_whose_script_does_not_load_says_what_to_do(adopter: Adopter, framing: FramingSite, own_account: str):
    adopter.page.route("**/embed.js*", lambda route: route.abort())
    frame = adopter.show(framing, adopter.link(account_id=own_account))
    advice = frame.get_by_text("Open this page again from the site")
    expect(advice).to_be_hidden()

    frame.evaluate("document.getAnimations().forEach(waiting => waiting.finish())")

    expect(advice).to_be_visible()
    assert_looks_right(adopter)
    adopter.complaints.found.clear()  # the script that did not load


def _add_seconds(stack: LocalStack, embed_id: str, attribute: str, seconds: int) -> None:
    """Change a time in the embed's row, as if time had passed."""
    [table] = [name for name in stack.client("dynamodb").list_tables()["TableNames"] if "Console" in name]
    stack.client("dynamodb").update_item(
        TableName=table,
        Key={"pk": {"S": f"embed#{embed_id}"}},
        UpdateExpression=f"ADD {attribute} :seconds",
        ExpressionAttributeValues={":seconds": {"N": str(seconds)}},
    )


def test_a_page_is_for_its_site_and_its_user_and_ends_with_its_key(
    adopter: Adopter, framing: FramingSite, own_account: str, account: str
):
    wish = {"name": "site", "scopes": ["publish"], "user_id": _user_of(adopter, own_account)}
    made = adopter.journey.api("POST", "/v1/keys", json=wish).raise_for_status().json()
    refused = adopter.journey.api(
        "POST",
        "/v1/embeds",
        json={"origin": SITE, "page": "post", "account_id": account},
        headers={"Authorization": f"Bearer {made['key']}"},
    )
    assert refused.json()["error"]["code"] == "account_not_found"
    link = adopter.link(key=made["key"])

    with framing_site(free_port()) as forbidden:
        with adopter.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            adopter.show(forbidden, link)
        assert adopter.frame().url.startswith("chrome-error:")
        assert adopter.heard() == []
    frame = adopter.show(framing, link)
    expect(frame.get_by_role("link", name="Post")).to_have_count(1)
    frame.evaluate(
        "path => htmx.ajax('GET', path, { target: '#page' })", f"/embed/{id_of(link)}/accounts/{account}/post"
    )
    expect(frame.locator("#trouble")).to_contain_text("account_not_found")
    adopter.journey.api("DELETE", f"/v1/keys/{made['key_id']}").raise_for_status()
    frame.get_by_role("link", name="Post").click()

    adopter.expect_heard({"type": "dropcast.expired"})
    expect(frame.get_by_text("This page has ended")).to_be_visible()
    adopter.complaints.found.clear()  # the refusals


def _user_of(adopter: Adopter, account_id: str) -> str:
    return adopter.journey.api("GET", f"/v1/accounts/{account_id}").json()["user_id"]


def test_a_person_connects_an_account_in_a_window_of_its_own(adopter: Adopter, site: str, user: str):
    creator = f"person-{secrets.token_hex(4)}"
    adopter.journey.sandbox("POST", "/creators", json={"username": creator, "private": True})
    page = adopter.page
    page.goto(site)
    page.get_by_role("button", name="Connect TikTok").click()
    frame = adopter.frame()
    with page.expect_popup() as refusing:
        frame.get_by_role("button", name="Connect an account").click()
    refusing.value.get_by_role("button", name="Continue to TikTok").click()
    refusing.value.get_by_role("button", name="Cancel").click()
    expect(frame.get_by_text("access_denied")).to_be_visible(timeout=15_000)
    assert_looks_right(adopter)
    assert violations(refusing.value) == []
    refusing.value.close()
    with page.expect_popup() as agreeing:
        frame.get_by_role("button", name="Connect an account").evaluate(_PRESS_DURING_A_REFRESH)
    expect(frame.get_by_text("Continue in the other window")).to_be_visible()

    with agreeing.value.expect_event("close"):
        agreeing.value.get_by_role("button", name="Continue to TikTok").click()
        agreeing.value.get_by_label(f"@{creator}").check()
        agreeing.value.get_by_role("button", name="Allow").click()

    expect(page.locator("#said")).to_contain_text("Connected: acc_", timeout=15_000)
    [account] = adopter.journey.api("GET", f"/v1/accounts?user_id={user}").json()["items"]
    assert adopter.heard()[-1][1] == closed("connect", account_ids=[account["account_id"]])


def test_a_page_in_a_popup_tells_its_opener_and_closes(adopter: Adopter, site: str, own_account: str):
    link = adopter.link(account_id=own_account)
    adopter.page.goto(site)

    with adopter.page.expect_popup() as opened:
        adopter.page.evaluate("link => { window.open(link, '_blank', 'popup') }", link)
    popup = opened.value
    expect(popup.locator("#creator")).to_be_visible()
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Close").click()

    adopter.expect_heard(closed("post"))
