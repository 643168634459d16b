"""What Dropcast stores about a creator, and how often it calls TikTok."""

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.creator import fetch_creator_info, recheck_creator
from dropcast.accounts.models import Account, Profile, Stats
from dropcast.budgets.budget_use import get_budget_use
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import spend_now
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.tiktok.models import CreatorInfo
from tests.unit.support.accounts import change_account

PRIVATE = ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


def looked_at(account: Account) -> Account:
    found = get_account(account.account_id)
    assert found is not None
    checked = recheck_creator(found)
    assert checked is not None
    return checked


def test_a_check_stores_names_privacy_and_whether_posting_is_allowed(account, tiktok):
    tiktok.creator["privacy_level_options"] = PRIVATE

    checked = looked_at(account)

    assert (checked.username, checked.nickname) == ("ana", "Ana")
    assert checked.creator is not None
    assert (checked.creator.private, checked.creator.refusal) == (True, None)


def test_a_check_is_valid_for_ten_minutes(account, tiktok, held_clock):
    looked_at(account)
    asked = len(tiktok.asked)

    held_clock.at += 599
    looked_at(account)
    assert len(tiktok.asked) == asked

    held_clock.at += 1
    looked_at(account)
    assert len(tiktok.asked) == 2 * asked


@pytest.mark.parametrize(
    "code", ["spam_risk_user_banned_from_posting", "spam_risk_too_many_posts", "reached_active_user_cap"]
)
def test_a_creator_who_may_not_post_is_marked_and_keeps_its_privacy(account, tiktok, held_clock, code):
    looked_at(account)
    tiktok.creator = code
    held_clock.at += 600

    checked = looked_at(account)

    assert checked.creator is not None
    assert (checked.creator.refusal, checked.creator.private) == (code, False)


@pytest.mark.parametrize("code", ["internal_error", "rate_limit_exceeded", "scope_not_authorized"])
def test_an_error_that_does_not_concern_the_creator_changes_nothing(account, tiktok, held_clock, code):
    before = looked_at(account).creator
    tiktok.creator = code
    held_clock.at += 600

    assert looked_at(account).creator == before


def test_without_the_posting_scope_only_the_name_is_requested(tiktok):
    tiktok.scopes = "user.info.basic"
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)

    checked = looked_at(account)

    assert tiktok.asked == ["/v2/user/info/"]
    assert checked.creator is not None
    assert checked.creator.private is None


def test_an_invalid_token_is_refreshed_for_the_check(account, tiktok):
    tiktok.live_access = "act.canary-other"

    assert looked_at(account).username == "ana"
    assert tiktok.refreshes == 1


@pytest.mark.parametrize("status", ["unconfirmed", "reconnect_needed", "disconnected"])
def test_an_inactive_account_is_not_checked(account, tiktok, status):
    change_account(account.account_id, status=status)

    looked_at(account)

    assert tiktok.asked == []


def test_creator_info_is_fetched_each_time_and_stored(account, tiktok):
    first = fetch_creator_info(account.account_id, SYSTEM)
    tiktok.creator["privacy_level_options"] = PRIVATE
    second = fetch_creator_info(account.account_id, SYSTEM)

    assert isinstance(first, CreatorInfo)
    assert isinstance(second, CreatorInfo)
    assert (first.private, second.private) == (False, True)
    noted = get_account(account.account_id)
    assert noted is not None
    assert noted.creator is not None
    assert noted.creator.private is True


def test_checks_use_only_their_share_of_creator_infos_budget(account, tiktok, held_clock):
    answers = [fetch_creator_info(account.account_id, SYSTEM) for _ in range(9)]
    held_clock.at += 62

    assert [isinstance(answer, CreatorInfo) for answer in answers] == [True] * 8 + [False]
    assert len(tiktok.asked) == 8
    [*_, refused] = answers
    assert isinstance(refused, Problem)
    assert (refused.code, refused.details["budget"], refused.details["limit"]) == ("rate_limit_exceeded", "looks", 8)
    assert isinstance(fetch_creator_info(account.account_id, SYSTEM), CreatorInfo)


def test_a_check_that_publishes_leave_no_room_for_names_their_budget(account, tiktok):
    owner = BudgetOwner(account.account_id, account.open_id)
    publishes = [spend_now(owner, "creator_info") for _ in range(20)]

    refused = fetch_creator_info(account.account_id, SYSTEM)

    assert publishes == [None] * 20
    assert isinstance(refused, Problem)
    assert (refused.details["budget"], refused.details["limit"]) == ("creator_info", 20)


@pytest.mark.parametrize(
    ("code", "budget"),
    [
        ("rate_limit_exceeded", "creator_info"),
        ("spam_risk_too_many_posts", "direct_posts"),
        ("reached_active_user_cap", "direct_posts"),
    ],
)
def test_a_refusal_that_concerns_a_budget_blocks_it(account, tiktok, code, budget):
    tiktok.creator = code

    refused = fetch_creator_info(account.account_id, SYSTEM)

    assert isinstance(refused, Problem)
    assert refused.code == code
    assert {one.name: one.why for one in get_budget_use(account.open_id) if one.blocked_until} == {budget: code}


def test_a_check_without_budget_keeps_the_stored_values(account, tiktok):
    for _ in range(8):
        fetch_creator_info(account.account_id, SYSTEM)
    asked = len(tiktok.asked)

    shown = looked_at(account)

    assert shown.creator is not None
    assert tiktok.asked[asked:] in ([], ["/v2/user/info/"])


def test_creator_info_is_limited_by_scope_with_a_clear_code(tiktok):
    tiktok.scopes = "user.info.basic"
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)

    refused = fetch_creator_info(account.account_id, SYSTEM)

    assert isinstance(refused, Problem)
    assert (refused.code, tiktok.asked) == ("scope_not_granted", [])
    assert "video.publish" in refused.message


TOLD = {
    "display_name": "Ana",
    "username": "ana",
    "bio_description": "Tea 🍵",
    "profile_deep_link": "https://vm.tiktok.com/x/",
    "is_verified": True,
    "follower_count": 12,
    "following_count": 3,
    "likes_count": 4_000_000_000,
    "video_count": 0,
}


@pytest.mark.parametrize(
    ("scopes", "profile", "stats"),
    [
        ("user.info.basic", None, None),
        ("user.info.basic,user.info.profile", Profile("Tea 🍵", "https://vm.tiktok.com/x/", True), None),
        ("user.info.basic,user.info.stats", None, Stats(12, 3, 4_000_000_000, 0)),
    ],
)
def test_profile_and_stats_are_stored_if_their_scopes_were_granted(tiktok, scopes, profile, stats):
    tiktok.scopes, tiktok.user = scopes, TOLD
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)

    checked = looked_at(account)

    assert (checked.profile, checked.stats) == (profile, stats)


def test_an_emptied_bio_is_removed(tiktok, held_clock):
    tiktok.user = dict(TOLD)
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    looked_at(account)
    tiktok.user["bio_description"] = ""
    held_clock.at += 600

    checked = looked_at(account)

    assert checked.profile is not None
    assert checked.profile.bio == ""


def test_stored_values_stay_if_tiktok_does_not_answer(tiktok, held_clock):
    tiktok.user = dict(TOLD)
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    before = looked_at(account)
    tiktok.user = {"fails": True}
    held_clock.at += 600

    assert looked_at(account).profile == before.profile
