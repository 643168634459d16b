"""The routes of accounts and connections: their parameters, their answers, their refusals."""

import json
from typing import Any

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.settings import settings
from tests.openapi import Operation
from tests.unit.support.accounts import NOW, change_account
from tests.unit.support.api import call, with_scopes


@pytest.fixture
def account(tiktok) -> str:
    tiktok.scopes += ",video.list"
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected.account_id


def ask(method: str, path: str, body: Any = None, key: str = "admin", **query: str) -> tuple[int, dict[str, Any]]:
    path, _, text = path.partition("?")
    query |= dict(pair.split("=", 1) for pair in text.split("&") if pair)
    return call(Operation(method, path, path, query, body), with_scopes(key))


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_an_account_is_shown_with_its_creator_and_its_abilities(account):
    status, shown = ask("GET", f"/v1/accounts/{account}", key="read")

    assert status == 200
    assert shown["account_id"] == account
    assert (shown["username"], shown["status"], shown["app_audit"]) == ("ana", "active", "unaudited")
    assert shown["creator"] == {
        "checked_at": "2027-01-15T08:00:00Z",
        "private": False,
        "can_post": True,
        "refusal": None,
    }
    assert {"code", "what", "can", "why", "fix"} == set(shown["abilities"][0])
    assert not shown["abilities"][0]["can"]


def test_profile_and_stats_are_shown_if_their_scopes_were_granted(tiktok):
    tiktok.scopes += ",user.info.stats"
    tiktok.user |= {"bio_description": "Tea", "is_verified": False, "follower_count": 12, "likes_count": 5}
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)

    _, shown = ask("GET", f"/v1/accounts/{connected.account_id}", key="read")

    assert shown["profile"] == {"bio": "Tea", "link": None, "verified": False}
    assert shown["stats"] == {"followers": 12, "following": None, "likes": 5, "videos": None}


def test_stats_without_their_current_scope_are_not_shown(tiktok):
    tiktok.scopes += ",user.info.stats"
    tiktok.user |= {"follower_count": 12}
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    ask("GET", f"/v1/accounts/{connected.account_id}")
    tiktok.scopes = "user.info.basic"
    save_connection("user-1", tiktok.grant())

    _, shown = ask("GET", f"/v1/accounts/{connected.account_id}")

    assert (shown["profile"], shown["stats"]) == (None, None)


def test_the_audit_setting_changes_the_abilities(account, cloud):
    cloud.setenv("APP_AUDIT", "audited")
    settings.cache_clear()

    _, shown = ask("GET", f"/v1/accounts/{account}")

    assert shown["app_audit"] == "audited"
    assert shown["abilities"][0]["can"]


def test_an_expired_picture_link_is_not_shown(account, tiktok, held_clock):
    tiktok.user["avatar_url"] = "https://p.example/ana.jpg"
    ask("GET", f"/v1/accounts/{account}")

    _, fresh = ask("GET", "/v1/accounts?user_id=user-1")
    held_clock.at += 7200
    _, stale = ask("GET", "/v1/accounts?user_id=user-1")

    assert fresh["items"][0]["avatar_url"] == "https://p.example/ana.jpg"
    assert stale["items"][0]["avatar_url"] is None


def test_accounts_are_listed_by_user_by_status_and_by_page(account, tiktok):
    tiktok.open_id = "open-2"
    save_connection("user-2", tiktok.grant())
    change_account(account, status="reconnect_needed")

    of_user = ask("GET", "/v1/accounts?user_id=user-1")[1]
    of_status = ask("GET", "/v1/accounts?status=reconnect_needed")[1]
    everyone = ask("GET", "/v1/accounts")[1]
    first = ask("GET", "/v1/accounts?limit=1")[1]
    second = ask("GET", "/v1/accounts", limit="1", next=first["next"])[1]

    assert [one["account_id"] for one in of_user["items"]] == [account]
    assert [one["account_id"] for one in of_status["items"]] == [account]
    assert len(everyone["items"]) == 2
    assert [one["user_id"] for one in first["items"] + second["items"]] != []
    assert first["items"] != second["items"]


@pytest.mark.parametrize("query", ["status=gone", "limit=0", "limit=101", "next=x", "user_id="])
def test_an_invalid_list_query_is_refused(account, query):
    assert code(ask("GET", f"/v1/accounts?{query}")) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/accounts/acc_none", None),
        ("GET", "/v1/accounts/acc_none/creator-info", None),
        ("GET", "/v1/accounts/acc_none/videos", None),
        ("POST", "/v1/accounts/acc_none/videos/query", {"video_ids": ["1"]}),
        ("POST", "/v1/accounts/acc_none/refresh", None),
        ("PUT", "/v1/accounts/acc_none/drop-defaults", {}),
        ("DELETE", "/v1/accounts/acc_none", None),
    ],
)
def test_an_unknown_account_is_404_everywhere(tiktok, method, path, body):
    assert code(ask(method, path, body)) == (404, "account_not_found")


def test_creator_info_is_always_fetched_again(account):
    status, shown = ask("GET", f"/v1/accounts/{account}/creator-info", key="read")

    assert status == 200
    assert (shown["nickname"], shown["private"], shown["max_video_post_duration_s"]) == ("Ana", False, 600)
    assert "PUBLIC_TO_EVERYONE" in shown["privacy_level_options"]


def test_creator_info_shows_tiktoks_refusal_with_its_log_id(account, tiktok):
    tiktok.creator = "spam_risk_user_banned_from_posting"

    answer = ask("GET", f"/v1/accounts/{account}/creator-info")

    assert code(answer) == (400, "spam_risk_user_banned_from_posting")
    assert answer[1]["error"]["log_id"] == "log-no"


def test_videos_are_paged_with_their_statistics(account, tiktok):
    tiktok.videos = [{"id": 7, "create_time": NOW, "title": "hi", "view_count": 3, "like_count": 2}]
    tiktok.more_videos = True

    status, first = ask("GET", f"/v1/accounts/{account}/videos?limit=1", key="read")
    ask("GET", f"/v1/accounts/{account}/videos", next=first["next"])

    assert status == 200
    assert first["items"][0]["video_id"] == "7"
    assert first["items"][0]["metrics"] == {"views": 3, "likes": 2, "comments": None, "shares": None}
    assert tiktok.bodies == [{"max_count": 1}, {"max_count": 20, "cursor": 1_700_000_000_000}]


def test_videos_are_found_by_their_ids(account, tiktok):
    tiktok.videos = [{"id": "7"}]

    status, found = ask("POST", f"/v1/accounts/{account}/videos/query", {"video_ids": ["7", "8"]}, key="read")

    assert (status, [one["video_id"] for one in found["items"]], found["next"]) == (200, ["7"], None)
    assert tiktok.bodies == [{"filters": {"video_ids": ["7", "8"]}}]


@pytest.mark.parametrize("ids", [[], ["1"] * 21, [""], [1]])
def test_invalid_ids_are_refused(account, ids):
    assert code(ask("POST", f"/v1/accounts/{account}/videos/query", {"video_ids": ids})) == (400, "invalid_request")


def test_without_the_scope_videos_return_a_clear_code(tiktok):
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)

    answer = ask("GET", f"/v1/accounts/{connected.account_id}/videos")

    assert code(answer) == (409, "scope_not_granted")
    assert "video.list" in answer[1]["error"]["message"]
    assert tiktok.asked == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("unconfirmed", "account_unconfirmed"),
        ("reconnect_needed", "reconnect_needed"),
        ("disconnected", "account_disconnected"),
    ],
)
def test_a_request_that_needs_an_active_connection_says_why_there_is_none(account, status, expected):
    change_account(account, status=status)

    for method, path in (("POST", "refresh"), ("GET", "creator-info"), ("GET", "videos")):
        assert code(ask(method, f"/v1/accounts/{account}/{path}")) == (409, expected)


def test_drop_defaults_are_stored_and_replaced(account):
    first = ask("PUT", f"/v1/accounts/{account}/drop-defaults", {"title": "hi", "allow_comment": True}, key="publish")
    second = ask("PUT", f"/v1/accounts/{account}/drop-defaults", {"privacy_level": "SELF_ONLY"})

    assert first == (200, {"account_id": account, "drop_defaults": {"title": "hi", "allow_comment": True}})
    assert second[1]["drop_defaults"] == {"privacy_level": "SELF_ONLY"}
    assert get_account(account).drop_defaults == {"privacy_level": "SELF_ONLY"}  # type: ignore[union-attr]


def test_drop_defaults_may_contain_options_of_photos_and_of_videos(account):
    defaults = {"auto_add_music": True, "description": "ours", "allow_duet": True, "title": "x" * 2200}

    assert ask("PUT", f"/v1/accounts/{account}/drop-defaults", defaults)[1]["drop_defaults"] == defaults


@pytest.mark.parametrize(
    "defaults",
    [
        {"privacy_level": "EVERYBODY"},
        {"description": "x" * 4001},
        {"cover_index": 1},
        {"allow_comment": "perhaps"},
        {"caption": "hi"},
        {"title": "x" * 2201},
        {"privacy_level": "SELF_ONLY", "brand_content": True},
        {"cover_timestamp_ms": -1},
    ],
)
def test_defaults_that_a_drop_would_refuse_are_refused(account, defaults):
    assert code(ask("PUT", f"/v1/accounts/{account}/drop-defaults", defaults)) == (400, "invalid_request")
    assert get_account(account).drop_defaults == {}  # type: ignore[union-attr]


def test_a_disconnected_account_shows_its_stored_values(account):
    status, ended = ask("DELETE", f"/v1/accounts/{account}")

    assert (status, ended["status"], ended["revoked_at_tiktok"]) == (200, "disconnected", True)
    assert ask("GET", f"/v1/accounts/{account}")[1]["end_reason"] == "disconnected_here"


def test_only_an_admin_key_disconnects(account):
    assert code(ask("DELETE", f"/v1/accounts/{account}", key="publish")) == (403, "scope_missing")


def test_a_link_is_made(tiktok):
    body = {"user_id": "u", "return_to": "https://app.example/x", "scopes": ["video.publish"], "force_consent": True}

    status, link = ask("POST", "/v1/connections", body, key="publish")

    assert status == 201
    assert link["connect_url"].startswith("https://dropcast.example/oauth/tiktok/start?c=")
    assert link["expires_at"] == "2027-01-15T08:10:00Z"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scopes": ["video.create"]}, "scope_not_approved"),
        ({"scopes": []}, "invalid_request"),
        ({"return_to": "https://evil.example/"}, "return_to_refused"),
        ({"confirm": True}, "invalid_request"),
        ({"user_id": " "}, "invalid_request"),
        ({"redirect": "x"}, "invalid_request"),
    ],
)
def test_an_impossible_link_is_refused(tiktok, change, expected):
    assert code(ask("POST", "/v1/connections", {"user_id": "u"} | change)) == (400, expected)


def test_a_wrong_code_confirms_nothing_and_is_not_repeated(tiktok, written):
    answer = ask("POST", "/v1/connections/confirm", {"code": "canary-guess"}, key="publish")

    assert code(answer) == (410, "confirmation_expired")
    assert "canary" not in json.dumps(answer) + written()
