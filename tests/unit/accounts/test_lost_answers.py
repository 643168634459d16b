"""DynamoDB executes a conditional write and its answer is lost.

The SDK repeats the write, and the caller gets the right result.
"""

from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast import clock
from dropcast.access.authentication import authenticate
from dropcast.access.keys import create_key, revoke_key
from dropcast.accounts.comments import idempotency_store
from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.connect import connect_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.fresh_token import get_fresh_token, refresh_if_due
from dropcast.accounts.tokens.refresh_due_index import DueRow, postpone
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.caller import SYSTEM
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_secrets import secrets_of
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Upload
from tests.unit.support.accounts import NOW, event_names
from tests.unit.support.lost import lost_answer

DAY = 24 * 3600


@pytest.fixture
def account(cloud, held_clock, tiktok):
    return save_connection("user-1", tiktok.grant())


def test_a_rotated_secret_and_the_receivers_old_one_both_sign(cloud, held_clock):
    made, before = endpoints.create("https://r.example/in", ["*"], "")

    with lost_answer("UpdateItem") as left:
        endpoint, new = endpoints.rotate(made.endpoint_id)

    assert left == [0]
    assert [one.get_secret_value() for one in secrets_of(endpoint)] == [
        new.get_secret_value(),
        before.get_secret_value(),
    ]


def test_a_lease_does_not_block_its_own_holder(account, held_clock):
    began = held_clock.at

    with lost_answer("PutItem") as left:
        outcome = refresh_if_due(account.account_id, asked_at=clock.now() + 1)

    assert (outcome, left) == (None, [0])
    assert held_clock.at - began < 1


def test_a_creator_who_consented_becomes_connected(cloud, held_clock, tiktok):
    link = connect_account.begin_connection("u", "https://app.example/done")
    departure = connect_account.redirect(link.connect_url.partition("c=")[2])
    state = parse_qs(urlsplit(departure.authorize_url).query)["state"][0]

    with lost_answer("UpdateItem") as left:
        arrival = connect_account.callback(
            {"state": state, "code": "c"}, {departure.cookie_name: departure.cookie_value}
        )

    assert left == [0]
    assert isinstance(arrival.outcome, Account)
    assert arrival.outcome.status == "active"


def test_a_connection_is_announced_once(cloud, held_clock, tiktok):
    with lost_answer("TransactWriteItems") as left:
        account = save_connection("user-1", tiktok.grant())

    assert left == [0]
    assert isinstance(account, Account)
    assert event_names() == ["account.connected"]


def test_a_deleted_endpoint_is_not_reported_as_missing(cloud, held_clock):
    made, _ = endpoints.create("https://r.example/in", ["*"], "")

    with lost_answer("DeleteItem") as left:
        outcome = endpoints.delete(made.endpoint_id)

    assert (outcome, left) == (None, [0])
    assert endpoints.delete(made.endpoint_id).code == "not_found"


def test_a_used_idle_account_becomes_due_sooner(account, held_clock):
    held_clock.at = NOW + 60 * DAY
    refresh_if_due(account.account_id)
    idle = get_tokens(account.account_id)

    with lost_answer("UpdateItem"):
        get_fresh_token(account.account_id, outlive_s=60)

    assert get_tokens(account.account_id).due_at < idle.due_at


def test_a_postponed_row_can_still_be_queued(account, held_clock):
    tokens = get_tokens(account.account_id)
    due = DueRow(f"account#{account.account_id}", "account", tokens.due_at)

    with lost_answer("UpdateItem") as left:
        assert postpone(due, tokens.due_at + 60) is not None

    assert left == [0]
    assert postpone(due, tokens.due_at + 90) is None


def test_a_new_key_is_returned_and_works(cloud, held_clock):
    with lost_answer("PutItem") as left:
        _, text = create_key("name", frozenset({"read"}))

    assert left == [0]
    assert authenticate(text)


def test_a_revoked_key_is_not_reported_as_missing(cloud, held_clock):
    key, _ = create_key("name", frozenset({"read"}))

    with lost_answer("UpdateItem") as left:
        revoked = revoke_key(key.key_id)

    assert left == [0]
    assert revoked.status == "revoked"


def test_a_new_upload_is_returned_to_its_caller(account):
    with lost_answer("PutItem") as left:
        begun = uploads.begin(account.account_id, SYSTEM, "a.mp4", 100, "video/mp4")

    assert left == [0]
    assert isinstance(begun.upload, Upload)


def test_a_claimed_comment_key_does_not_block_its_holder(cloud, held_clock):
    with lost_answer("PutItem") as left:
        assert idempotency_store.claim(CommentKey("name", "body"), "user-1") is None

    assert left == [0]
    assert idempotency_store.claim(CommentKey("name", "body"), "user-1").state == "sending"
