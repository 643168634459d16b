"""The abilities of an account, with reasons in words."""

from dataclasses import replace

import pytest

from dropcast.accounts.abilities import abilities
from dropcast.accounts.models import Account, CreatorCheck

SCOPES = frozenset({"user.info.basic", "user.info.profile", "video.publish", "video.upload", "video.list"})
ACCOUNT = Account("acc_1", "user-1", "open-1", "active", SCOPES, 1, creator=CreatorCheck(1, private=True))
PUBLIC = replace(ACCOUNT, creator=CreatorCheck(1, private=False))


def found(account: Account, what: str, *, audited: bool = False):
    [ability] = [one for one in abilities(account, audited=audited) if one.what == what]
    return ability


def test_before_the_audit_a_private_account_posts_only_for_its_owner():
    ability = found(ACCOUNT, "publish videos")

    assert ability.can
    assert "only the account's owner" in (ability.why or "")
    assert not found(ACCOUNT, "publish videos that everyone sees").can


def test_before_the_audit_a_public_account_cannot_post_and_learns_the_fix():
    ability = found(PUBLIC, "publish videos")

    assert not ability.can
    assert "private" in (ability.fix or "")


def test_after_the_audit_a_public_account_posts_for_everyone_without_a_note():
    assert found(PUBLIC, "publish videos", audited=True).can
    assert found(PUBLIC, "publish videos that everyone sees", audited=True).can
    assert not [one for one in abilities(PUBLIC, audited=True) if one.why or one.fix]


def test_after_the_audit_a_private_account_cannot_post_for_everyone():
    ability = found(ACCOUNT, "publish videos that everyone sees", audited=True)

    assert (ability.can, ability.why) == (False, "The account is private.")


def test_an_account_without_a_check_may_post_under_a_stated_condition():
    ability = found(replace(ACCOUNT, creator=None), "publish videos")

    assert ability.can
    assert "only while the account is private" in (ability.why or "")


@pytest.mark.parametrize("code", ["spam_risk_user_banned_from_posting", "spam_risk_too_many_posts"])
def test_a_current_refusal_of_tiktok_removes_the_ability(code):
    account = replace(ACCOUNT, creator=CreatorCheck(1, private=True, refusal=code))

    assert not found(account, "publish videos").can
    assert not found(account, "publish videos that everyone sees", audited=True).can


@pytest.mark.parametrize("scope", ["video.publish", "video.upload", "video.list"])
def test_a_missing_scope_is_named(scope):
    account = replace(PUBLIC, scopes=SCOPES - {scope})

    without = [one for one in abilities(account, audited=True) if not one.can]

    assert without
    assert all(scope in (one.why or "") and scope in (one.fix or "") for one in without)


@pytest.mark.parametrize(
    ("scopes", "can"),
    [({"user.info.profile"}, True), ({"video.publish"}, True), ({"user.info.basic", "video.upload"}, False)],
)
def test_the_username_is_shown_with_its_own_scope_or_a_posting_scope(scopes, can):
    ability = found(replace(ACCOUNT, scopes=frozenset(scopes)), "show its @username")

    assert (ability.can, "user.info.profile" in (ability.why or "")) == (can, not can)


@pytest.mark.parametrize("status", ["unconfirmed", "reconnect_needed", "disconnected"])
def test_an_inactive_account_can_do_nothing_and_shows_the_fix(status):
    told = abilities(replace(PUBLIC, status=status), audited=True)

    assert not any(one.can for one in told)
    assert all(one.why and one.fix for one in told)
