"""What is learned of a creator, and how often TikTok is asked."""

import pytest

from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.creator import fetch_creator_info, recheck_creator
from dropcast.accounts.models import Account, Profile, Stats
from dropcast.budgets.budget_use import get_budget_use
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


def test_a_look_tells_names_privacy_and_whether_posting_is_allowed(account, tiktok):
    tiktok.creator["privacy_level_options"] = PRIVATE

    checked = looked_at(account)

    assert (checked.username, checked.nickname) == ("ana", "Ana")
    assert checked.creator is not None
    assert (checked.creator.private, checked.creator.refusal) == (True, None)


def test_a_look_is_good_for_ten_minutes(account, tiktok, held_clock):
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
def test_a_creator_who_may_not_post_is_known_as_such_and_privacy_is_not_forgotten(account, tiktok, held_clock, code):
    looked_at(account)
    tiktok.creator = code
    held_clock.at += 600

    checked = looked_at(account)

    assert checked.creator is not None
    assert (checked.creator.refusal, checked.creator.private) == (code, False)


@pytest.mark.parametrize("code", ["internal_error", "rate_limit_exceeded", "scope_not_authorized"])
def test_trouble_that_says_nothing_of_the_creator_changes_nothing(account, tiktok, held_clock, code):
    before = looked_at(account).creator
    tiktok.creator = code
    held_clock.at += 600

    assert looked_at(account).creator == before


def test_without_the_scope_to_post_only_the_name_is_asked_for(tiktok):
    tiktok.scopes = "user.info.basic"
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)

    checked = looked_at(account)

    assert tiktok.asked == ["/v2/user/info/"]
    assert checked.creator is not None
    assert checked.creator.private is None


def test_a_token_that_died_is_refreshed_for_the_look(account, tiktok):
    tiktok.live_access = "act.canary-other"

    assert looked_at(account).username == "ana"
    assert tiktok.refreshes == 1


@pytest.mark.parametrize("status", ["unconfirmed", "reconnect_needed", "disconnected"])
def test_nobody_asks_for_an_account_that_is_not_active(account, tiktok, status):
    change_account(account.account_id, status=status)

    looked_at(account)

    assert tiktok.asked == []


def test_creator_info_is_asked_afresh_each_time_and_noted(account, tiktok):
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


def test_looks_take_their_share_of_creator_infos_budget_and_no_more(account, tiktok, held_clock):
    answers = [fetch_creator_info(account.account_id, SYSTEM) for _ in range(9)]
    held_clock.at += 62

    assert [isinstance(answer, CreatorInfo) for answer in answers] == [True] * 8 + [False]
    assert len(tiktok.asked) == 8
    [*_, refused] = answers
    assert isinstance(refused, Problem)
    assert refused.code == "rate_limit_exceeded"
    assert isinstance(fetch_creator_info(account.account_id, SYSTEM), CreatorInfo)


@pytest.mark.parametrize(
    ("code", "budget"),
    [
        ("rate_limit_exceeded", "creator_info"),
        ("spam_risk_too_many_posts", "direct_posts"),
        ("reached_active_user_cap", "direct_posts"),
    ],
)
def test_a_no_that_tells_of_a_budget_shuts_it(account, tiktok, code, budget):
    tiktok.creator = code

    refused = fetch_creator_info(account.account_id, SYSTEM)

    assert isinstance(refused, Problem)
    assert refused.code == code
    assert {one.name: one.why for one in get_budget_use(account.open_id) if one.blocked_until} == {budget: code}


def test_a_look_for_which_there_is_no_budget_leaves_what_was_known(account, tiktok):
    for _ in range(8):
        fetch_creator_info(account.account_id, SYSTEM)
    asked = len(tiktok.asked)

    shown = looked_at(account)

    assert shown.creator is not None
    assert tiktok.asked[asked:] in ([], ["/v2/user/info/"])


def test_creator_info_degrades_by_scope_with_a_clear_word(tiktok):
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
def test_profile_and_stats_are_known_where_their_scopes_were_granted(tiktok, scopes, profile, stats):
    tiktok.scopes, tiktok.user = scopes, TOLD
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)

    checked = looked_at(account)

    assert (checked.profile, checked.stats) == (profile, stats)


def test_a_bio_that_was_emptied_does_not_stay(tiktok, held_clock):
    tiktok.user = dict(TOLD)
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    looked_at(account)
    tiktok.user["bio_description"] = ""
    held_clock.at += 600

    checked = looked_at(account)

    assert checked.profile is not None
    assert checked.profile.bio == ""


def test_what_was_known_stays_while_tiktok_is_silent(tiktok, held_clock):
    tiktok.user = dict(TOLD)
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    before = looked_at(account)
    tiktok.user = {"fails": True}
    held_clock.at += 600

    assert looked_at(account).profile == before.profile
