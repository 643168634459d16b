"""The search for publishes, and what a key for one user finds and lists."""

import pytest

from dropcast.aws import dynamo
from dropcast.publishing.outcome.fact_store import pointer_write
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.accounts import change_account
from tests.unit.support.console import Visitor, signed_in
from tests.unit.support.publish_pages import leads_to, listed
from tests.unit.support.publish_pages import other as other
from tests.unit.support.publishes import put_publish

PATH = "/console/publishes"


class TestSearch:
    def test_a_publish_id_leads_to_its_page(self, account: str):
        publish = put_publish(account)

        assert leads_to(signed_in().get(PATH, q=f" {publish.publish_id} ")) == f"{PATH}/{publish.publish_id}"

    def test_tiktok_s_id_leads_to_the_page(self, account: str):
        publish = put_publish(account)
        dynamo.write_all([pointer_write("v_pub_file~v2.77", publish.publish_id)])

        assert leads_to(signed_in().get(PATH, q="v_pub_file~v2.77")) == f"{PATH}/{publish.publish_id}"

    def test_a_reference_leads_to_the_list_of_its_user(self, account: str):
        put_publish(account, reference="order 7&8")

        assert leads_to(signed_in(user_id="user-1").get(PATH, q="order 7&8")) == f"{PATH}?reference=order+7%268"
        by_operator = signed_in().get(PATH, q="order 7&8", user="user-1")
        assert leads_to(by_operator) == f"{PATH}?user=user-1&reference=order+7%268"

    def test_an_account_s_id_and_names_lead_to_its_list(self, account: str, other: str):
        visitor = signed_in()

        for text in (other, "ben", "@ben", "@BEN", "Ben"):
            assert leads_to(visitor.get(PATH, q=text, state="failed")) == f"{PATH}?account={other}&state=failed"

    def test_accounts_with_the_same_nickname_are_offered(self, account: str, other: str):
        change_account(account, nickname="Ben", username="ana")
        change_account(other, username="other")

        shown = signed_in().get(PATH, q="ben")

        assert "2 accounts have the name “ben”" in shown.words()
        assert f'href="{PATH}?account={account}"' in shown.text

    @pytest.mark.parametrize("text", ["nothing", "@", "pub_1", "acc_1", "x" * 2000, "\u0000", "🎬"])
    def test_what_is_not_found_is_said(self, account: str, text: str):
        shown = signed_in().get(PATH, q=text)

        assert shown.status == 200
        assert "Nothing is named" in shown.words()
        assert "also fill in the user" in shown.words()

    def test_a_long_list_of_accounts_is_said_not_to_be_compared_as_a_whole(self, account: str, other: str, monkeypatch):
        monkeypatch.setattr("dropcast.publishing.search._NAMED_ACCOUNTS_MAX", 1)

        assert "too many accounts to compare all names" in signed_in().get(PATH, q="nothing").words()


class TestStranger:
    @pytest.fixture
    def stranger(self, other: str) -> Visitor:
        return signed_in("read", "publish", user_id="user-2")

    def test_the_list_has_only_the_user_s_own(self, account: str, other: str, stranger: Visitor):
        hers = put_publish(account, reference="order-7")
        own = put_publish(other, user_id="user-2")

        for query in ({}, {"state": "queued"}, {"kind": "video"}, {"from": "2020-01-01"}):
            assert listed(stranger.get(PATH, None, **query)) == [own.publish_id]
            assert listed(stranger.get(f"{PATH}/rows", None, **query)) == [own.publish_id]
        assert listed(stranger.get(PATH, account=account)) == []
        assert listed(stranger.get(PATH, reference="order-7")) == []
        assert hers.publish_id not in stranger.get(PATH).text

    def test_another_user_cannot_be_named(self, account: str, stranger: Visitor):
        assert stranger.get(PATH, user="user-1").status == 404
        assert stranger.get(f"{PATH}/rows", user="user-1").status == 404
        assert stranger.get(PATH, q="order-7", user="user-1").status == 404

    def test_the_search_finds_nothing_of_another_user(self, account: str, stranger: Visitor):
        change_account(account, nickname="Canary", username="canary")
        hers = put_publish(account, reference="order-7")
        dynamo.write_all([pointer_write("v_pub_file~v2.77", hers.publish_id)])

        for text in (hers.publish_id, "v_pub_file~v2.77", "order-7", account, "Canary", "@canary"):
            shown = stranger.get(PATH, q=text)
            assert "Nothing is named" in shown.words()
            assert shown.text.count(hers.publish_id) == (2 if text == hers.publish_id else 0)

    def test_an_account_that_is_another_user_s_now_shows_no_name(self, account: str, other: str, stranger: Visitor):
        """The account belonged to the first user when the publish was made."""
        change_account(account, nickname="Canary")
        put_publish(account, user_id="user-2")

        assert "Canary" not in stranger.get(PATH, account=account).text

    def test_a_key_that_may_not_read_has_no_list(self, account: str):
        assert signed_in("publish").get(PATH).status == 403
        assert signed_in("draft").get(f"{PATH}/rows").status == 403
