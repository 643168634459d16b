"""Accounts on the whole stack: read, confirmed, listed, refreshed, disconnected, and removed by TikTok."""

import secrets
import time
from typing import Any

import pytest

from local.stack_client import StackClient, query_of
from tests.e2e.browser import CALLBACK, FINISH, Browser
from tests.e2e.conftest import RETURN_TO_ORIGIN
from tests.e2e.road import SMALL, begun, requests, send_signed, wait_for


def shown(journey: StackClient, account: str) -> dict[str, Any]:
    return journey.api("GET", f"/v1/accounts/{account}").raise_for_status().json()


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def abilities(journey: StackClient, account: str) -> dict[str, bool]:
    return {one["what"]: one["can"] for one in shown(journey, account)["abilities"]}


def wait_status(journey: StackClient, account: str, status: str) -> dict[str, Any]:
    return wait_for(lambda: (seen := shown(journey, account))["status"] == status and seen)


@pytest.fixture
def publics(journey: StackClient) -> str:
    """A public account."""
    name = f"creator-{secrets.token_hex(4)}"
    return journey.connect(name, user_id=name)


def test_an_account_shows_its_abilities_in_words(journey, account, publics):
    private, public = shown(journey, account), shown(journey, publics)

    assert private["creator"]["private"]
    assert not public["creator"]["private"]
    assert abilities(journey, account)["publish videos"]
    refusal = next(one for one in public["abilities"] if one["what"] == "publish videos")
    assert not refusal["can"]
    assert "private" in refusal["fix"]


def test_creator_info_is_fetched_from_tiktok_and_has_its_own_budget(journey, account):
    name = shown(journey, account)["username"]
    before = journey.api("GET", f"/v1/accounts/{account}/creator-info").json()
    journey.sandbox("PATCH", f"/creators/{name}", json={"max_video_post_duration_sec": 61})

    after = journey.api("GET", f"/v1/accounts/{account}/creator-info").json()
    rest = [journey.api("GET", f"/v1/accounts/{account}/creator-info") for _ in range(20)]

    assert (before["max_video_post_duration_s"], after["max_video_post_duration_s"]) == (600, 61)
    assert code(rest[-1]) == (429, "rate_limit_exceeded")
    assert {one["status"] for one in requests(journey, account, "creator_info")} == {200}


def test_videos_are_paged_and_found_by_id(journey, account):
    name = shown(journey, account)["username"]
    for number in range(5):
        video = {"title": f"v{number}", "create_time": 1_700_000_000 + number, "view_count": number}
        journey.sandbox("POST", f"/creators/{name}/videos", json=video)

    pages, after = [], {}
    while True:
        page = journey.api("GET", f"/v1/accounts/{account}/videos", params={"limit": "2", **after}).json()
        pages.append([(one["title"], one["metrics"]["views"]) for one in page["items"]])
        if page["next"] is None:
            break
        after = {"next": page["next"]}
        wanted = [one["video_id"] for one in page["items"]]
    found = journey.api("POST", f"/v1/accounts/{account}/videos/query", json={"video_ids": [*wanted, "1"]}).json()

    assert pages == [[("v4", 4), ("v3", 3)], [("v2", 2), ("v1", 1)], [("v0", 0)]]
    assert {one["video_id"] for one in found["items"]} == set(wanted)


def test_a_missing_scope_is_refused_with_a_clear_code(journey):
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, scopes=["user.info.profile", "video.publish"])

    answer = journey.api("GET", f"/v1/accounts/{account}/videos")

    assert code(answer) == (409, "scope_not_granted")
    assert requests(journey, account, "video_list") == []
    assert not abilities(journey, account)["list its public videos and their figures"]


def test_a_requested_refresh_is_done(journey, account):
    before = len(requests(journey, account, "token"))
    time.sleep(1.1)  # a requested refresh needs tokens that are at least a second old

    answer = journey.api("POST", f"/v1/accounts/{account}/refresh")

    assert answer.status_code == 202
    wait_for(lambda: len(requests(journey, account, "token")) == before + 1)


def test_an_account_waits_for_the_code_from_return_to(journey):
    name = f"creator-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name, "private": True})
    wish = {"user_id": name, "confirm": True, "return_to": f"{RETURN_TO_ORIGIN}/done"}
    browser = Browser(journey)
    link = journey.api("POST", "/v1/connections", json=wish).json()["connect_url"]
    back = query_of(browser.open(browser.consent(link, name)).headers["location"])
    account = back["connected"]

    waits = journey.api("GET", "/v1/accounts", params={"user_id": name, "status": "unconfirmed"}).json()["items"]
    refused = journey.api("GET", f"/v1/accounts/{account}/creator-info")
    confirmed = journey.api("POST", "/v1/connections/confirm", json={"code": back["code"], "user_id": name})
    again = journey.api("POST", "/v1/connections/confirm", json={"code": back["code"]})

    assert [one["account_id"] for one in waits] == [account]
    assert code(refused) == (409, "account_unconfirmed")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active")
    assert code(again) == (410, "confirmation_expired")
    assert journey.api("GET", f"/v1/accounts/{account}/creator-info").status_code == 200


def test_a_consent_that_returns_in_another_browser_is_finished_there(journey):
    name = f"creator-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name, "private": True})
    wish = {"user_id": name, "confirm": True, "return_to": f"{RETURN_TO_ORIGIN}/done"}
    link = journey.api("POST", "/v1/connections", json=wish).json()["connect_url"]
    began, other = Browser(journey), Browser(journey)

    first_page = other.open(began.consent(link, name))
    second_page = other.press_on(first_page, CALLBACK)
    back = query_of(other.press_on(second_page, FINISH).headers["location"])
    without_user = journey.api("POST", "/v1/connections/confirm", json={"code": back["code"]})
    confirmed = journey.api("POST", "/v1/connections/confirm", json={"code": back["code"], "user_id": name})

    assert name in first_page.text
    assert f"@{name}" in second_page.text
    assert code(without_user) == (400, "confirmation_needs_user")
    assert (confirmed.status_code, confirmed.json()["account_id"]) == (200, back["connected"])
    assert confirmed.json()["status"] == "active"


def test_lists_go_through_all_accounts_page_by_page(journey, account, publics):
    journey.api("DELETE", f"/v1/accounts/{publics}").raise_for_status()

    def listed(**query: str) -> list[str]:
        found, after = [], {}
        while True:
            page = journey.api("GET", "/v1/accounts", params={"limit": "2", **query, **after}).json()
            found += [one["account_id"] for one in page["items"]]
            if page["next"] is None:
                return found
            after = {"next": page["next"]}

    everyone, active, ended = listed(), listed(status="active"), listed(status="disconnected")

    assert len(everyone) == len(set(everyone))
    assert {account, publics} <= set(everyone)
    assert account in active
    assert publics not in active
    assert publics in ended


def test_disconnecting_ends_waiting_publishes_and_keeps_their_history(journey, stack, account, videos, events):
    before = shown(journey, account)
    journey.sandbox("PATCH", f"/creators/{before['username']}", json={"capped": True})
    held, _ = begun(journey, account, videos(SMALL)[0])
    wait_for(lambda: journey.show(held)["state"] == "held")

    ended = journey.api("DELETE", f"/v1/accounts/{account}").raise_for_status().json()
    failed = journey.until_rest(held)

    assert (ended["status"], ended["end_reason"], ended["revoked_at_tiktok"]) == (
        "disconnected",
        "disconnected_here",
        True,
    )
    assert (failed["state"], failed["error"]["code"]) == ("failed", "account_disconnected")
    wait_for(lambda: events.of("account.disconnected", account))
    tokens = {"pk": {"S": f"account#{account}"}, "sk": {"S": "tokens"}}
    left = stack.client("dynamodb").get_item(TableName=stack.outputs["AccountsTable"], Key=tokens)["Item"]
    assert set(left) <= {"pk", "sk", "version", "last_version", "write_id"}
    assert shown(journey, account)["username"] == before["username"]
    assert code(journey.api("POST", f"/v1/accounts/{account}/refresh")) == (409, "account_disconnected")


def test_disconnecting_ends_publishes_that_tiktok_processes(journey, account, videos, events):
    journey.sandbox("PATCH", "/settings", json={"processing_seconds": 600})
    running, _ = begun(journey, account, videos(SMALL)[0])
    wait_for(lambda: journey.show(running)["state"] == "processing")

    journey.api("DELETE", f"/v1/accounts/{account}").raise_for_status()

    ended = journey.until_rest(running)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "auth_removed")
    wait_for(lambda: events.of("publish.failed", account))


def test_removing_the_app_at_tiktok_disconnects_the_account(journey, account, events):
    name = shown(journey, account)["username"]

    journey.sandbox("POST", f"/creators/{name}/disconnect", json={"reason": 1})

    ended = wait_status(journey, account, "disconnected")
    assert ended["end_reason"] == "removed_at_tiktok"
    wait_for(lambda: events.of("account.disconnected", account))


def test_a_false_or_old_removal_webhook_disconnects_no_account(journey, stack, account):
    open_id = shown(journey, account)["open_id"]
    probes = len(requests(journey, account, "user_info"))

    def heard() -> int:
        lines = stack.log_file.read_text(errors="replace").splitlines()
        return sum("removal.ignored" in line and open_id in line for line in lines)

    for age in (0, 3600):
        sent_at = int(time.time()) - age
        send_signed(
            stack, "authorization.removed", {"reason": 1}, open_id=open_id, create_time=sent_at
        ).raise_for_status()
    wait_for(lambda: heard() >= 2)

    assert len(requests(journey, account, "user_info")) == probes + 1
    assert shown(journey, account)["status"] == "active"
    assert journey.api("GET", f"/v1/accounts/{account}/creator-info").status_code == 200
