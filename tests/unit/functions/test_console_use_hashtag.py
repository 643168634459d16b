"""Takes a hashtag from a trend into a post: the choice of the account, and the posting page with the hashtag in its
text.
"""

import re

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.settings import settings
from tests.unit.functions.test_console_post_page import stored
from tests.unit.support.console import Shown, signed_in

USE = "/console/trends/use"


@pytest.fixture
def accounts(tiktok, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two accounts of Ana, and one of Ben."""
    monkeypatch.setenv("APP_AUDIT", "audited")
    settings.cache_clear()
    found: list[str] = []
    for open_id, user_id in (("open-1", "ana"), ("open-2", "ana"), ("open-3", "ben")):
        tiktok.open_id = open_id
        account = save_connection(user_id, tiktok.grant())
        assert isinstance(account, Account)
        found.append(account.account_id)
    return found


def text_of(shown: Shown, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>([^<]*)</textarea>', shown.text)
    assert found
    return found[1]


def linked(shown: Shown) -> set[str]:
    return set(re.findall(r'href="/console/accounts/(\w+)/post\?hashtag=pottery"', shown.text))


def test_a_key_chooses_between_the_accounts_that_it_sees(accounts):
    assert linked(signed_in().get(USE, hashtag="pottery")) == set(accounts)
    assert linked(signed_in("publish", user_id="ana").get(USE, hashtag="pottery")) == set(accounts[:2])


def test_the_only_account_needs_no_choice(accounts):
    answer = signed_in("draft", user_id="ben").get(USE, hashtag="pottery")

    assert (answer.status, answer.headers["Location"]) == (303, f"/console/accounts/{accounts[2]}/post?hashtag=pottery")


def test_without_an_account_the_page_says_how_to_get_one(cloud):
    assert "No account can post now." in signed_in().get(USE, hashtag="pottery").words()


@pytest.mark.parametrize("hashtag", ["", "two words", "#", "a#b", "<b>", "a-b", "@ana"])
def test_what_is_no_hashtag_is_not_found(accounts, hashtag):
    assert signed_in().get(USE, hashtag=hashtag).status == 404


def test_a_key_that_may_not_post_is_refused(accounts):
    assert signed_in("read").get(USE, hashtag="pottery").status == 403


@pytest.mark.parametrize("hashtag", ["pottery", "straße", "ขนมปัง", "日本語"])
def test_the_posting_page_has_the_hashtag_in_a_text_that_can_be_changed(accounts, hashtag):
    shown = signed_in().get(f"/console/accounts/{accounts[2]}/post", hashtag=hashtag)

    assert text_of(shown, "title") == f"#{hashtag} "
    assert f"#{hashtag} into the title" in shown.words()
    assert stored() == []


def test_photos_have_the_hashtag_in_their_description(accounts):
    shown = signed_in().get(f"/console/accounts/{accounts[2]}/post", hashtag="pottery", kind="photo")

    assert (text_of(shown, "title"), text_of(shown, "description")) == ("", "#pottery ")
    assert "hashtag=pottery" in shown.text


def test_a_draft_of_a_video_has_no_text_and_says_so(accounts):
    words = signed_in().get(f"/console/accounts/{accounts[2]}/post", hashtag="pottery", mode="draft").words()

    assert "Type #pottery in the TikTok app." in words


@pytest.mark.parametrize("hashtag", ["", "two words", "</textarea><b>", "a-b"])
def test_what_is_no_hashtag_is_ignored_by_the_posting_page(accounts, hashtag):
    shown = signed_in().get(f"/console/accounts/{accounts[2]}/post", hashtag=hashtag)

    assert text_of(shown, "title") == ""
    assert "hashtag=" not in shown.text


def test_the_posting_page_of_another_user_does_not_exist(accounts):
    assert signed_in("publish", user_id="ana").get(f"/console/accounts/{accounts[2]}/post", hashtag="a").status == 404


def test_a_choice_makes_three_aws_calls_and_asks_tiktok_nothing(accounts, aws_calls, tiktok):
    visitor = signed_in()
    aws_calls.clear()
    tiktok.asked.clear()

    visitor.get(USE, hashtag="pottery")

    assert (len(aws_calls), tiktok.asked) == (3, [])
