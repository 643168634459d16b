"""A person's actions on a publish: the questions, the buttons, double presses, and actions that come too late."""

import pytest

from dropcast import clock
from dropcast.errors.problem import problem
from dropcast.publishing.actions import cancel as cancel_module
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from functions.http.console import change_publishes
from tests.unit.functions.test_console_post_page import account as connected  # noqa: F401
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.publish_pages import account as account
from tests.unit.support.publish_pages import offered, path_of
from tests.unit.support.publishes import put_publish, row_of

ACTIONS = ("cancel", "restart", "retry", "edit", "resolve")
CANARIES = ("canary-upload-url", "canary-task-token", "canary-source-url")


def press(visitor: Visitor, publish: Publish, action: str, **filled: str) -> Shown:
    """Open the question and press its button."""
    asked = visitor.get(path_of(publish, action))
    assert asked.status == 200, asked.words()
    return visitor.submit(asked.form(path_of(publish, action)), None, **filled)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.QUEUED, {"edit", "cancel", "restart"}),
        (State.HELD, {"edit", "cancel", "restart"}),
        (State.STARTING, set()),
        (State.PROCESSING, {"cancel", "restart"}),
        (State.IN_INBOX, set()),
        (State.PUBLISHED, set()),
        (State.FAILED, {"retry"}),
        (State.CANCELLED, {"retry"}),
        (State.UNKNOWN, {"resolve"}),
    ],
)
def test_a_page_offers_what_the_state_allows(account: str, state: State, actions: set[str]):
    publish = put_publish(account, state)

    assert offered(signed_in().get(path_of(publish))) == actions
    assert offered(signed_in().get(path_of(publish, "progress"))) == actions
    assert offered(signed_in("read").get(path_of(publish))) == set()


def test_a_key_for_drafts_may_act_on_drafts_only(account: str):
    visitor = signed_in("draft", "read")
    direct, draft = put_publish(account), put_publish(account, mode="draft", options=PublishOptions())

    assert offered(visitor.get(path_of(direct))) == set()
    assert problem("scope_missing", scope="publish").message in visitor.get(path_of(direct)).words()
    for action in ACTIONS:
        assert visitor.get(path_of(direct, action)).status == 403
        answer = visitor.post(path_of(direct, action), {"csrf": visitor.csrf(), "outcome": "posted", "shown": "{}"})
        assert answer.status == 403
    assert row_of(direct) == direct
    assert press(visitor, draft, "cancel").status == 303


def test_a_key_that_may_not_read_is_not_led_to_lists(account: str):
    publish = put_publish(account)

    assert f'href="/console/publishes?account={account}"' in signed_in().get(path_of(publish)).text
    shown = signed_in("publish").get(path_of(publish))
    assert offered(shown) == {"edit", "cancel", "restart"}
    assert "/console/publishes?" not in shown.text


def test_a_page_leads_only_to_pages_that_the_key_may_open(account: str):
    publish = put_publish(account, State.PUBLISHED, post_ids=["7541234567890123456"])
    comments = f'href="/console/accounts/{account}/comments?video=7541234567890123456"'
    posting = f'href="/console/accounts/{account}/post"'

    def led_to(*scopes: str) -> list[bool]:
        return [link in signed_in(*scopes).get(path_of(publish)).text for link in (comments, posting)]

    assert led_to("read", "publish") == [True, True]
    assert led_to("read") == [True, False]
    assert led_to("draft") == [False, True]
    assert comments[:-30] not in signed_in().get(path_of(put_publish(account, State.FAILED))).text


@pytest.mark.parametrize("action", ACTIONS)
def test_a_publish_of_another_user_does_not_exist(account: str, action: str):
    stranger = signed_in("read", "publish", "draft", user_id="user-2")
    publish = put_publish(account, State.UNKNOWN)

    assert stranger.get(path_of(publish, action)).status == 404
    form = {"csrf": stranger.csrf(), "outcome": "posted", "shown": "{}", "execution": publish.execution}
    assert stranger.post(path_of(publish, action), form).status == 404
    assert row_of(publish) == publish


@pytest.mark.parametrize("action", ACTIONS)
def test_a_key_that_may_only_read_changes_nothing(account: str, action: str):
    visitor = signed_in("read")
    publish = put_publish(account, State.UNKNOWN)

    assert visitor.get(path_of(publish, action)).status == 403
    assert visitor.post(path_of(publish, action), {"csrf": visitor.csrf(), "outcome": "posted"}).status == 403
    assert row_of(publish) == publish


class TestCancel:
    def test_the_question_says_what_happens_and_the_press_cancels(self, account: str):
        visitor, publish = signed_in(), put_publish(account)
        assert "cancels the publish at once, and nothing is posted" in visitor.get(path_of(publish, "cancel")).words()
        assert row_of(publish).state is State.QUEUED

        answer = press(visitor, publish, "cancel")

        assert answer.headers["Location"] == path_of(publish)
        assert row_of(publish).state is State.CANCELLED

    def test_a_second_press_and_the_back_button_change_nothing(self, account: str):
        visitor, publish = signed_in(), put_publish(account)
        form = visitor.get(path_of(publish, "cancel")).form(path_of(publish, "cancel"))

        answers = [visitor.submit(form) for _ in range(3)]

        assert {answer.headers["Location"] for answer in answers} == {path_of(publish)}
        assert len(row_of(publish).history) == 2
        assert visitor.get(path_of(publish, "cancel")).headers["Location"] == path_of(publish)

    def test_tiktok_is_asked_once_it_has_the_post(self, account: str, monkeypatch: pytest.MonkeyPatch):
        asked: list[str] = []

        def ask(publish: Publish) -> Publish | None:
            asked.append(publish.publish_id)
            return publish_store.note_cancel(publish)

        monkeypatch.setattr(cancel_module, "_ask_tiktok_to_cancel", ask)
        visitor, publish = signed_in(), put_publish(account, State.PROCESSING, tiktok_publish_id="v_pub_1")
        assert "TikTok decides" in visitor.get(path_of(publish, "cancel")).words()

        press(visitor, publish, "cancel")

        assert asked == [publish.publish_id]
        assert "Dropcast asked TikTok to cancel it:" in visitor.get(path_of(publish)).words()
        assert "Dropcast has already asked TikTok:" in visitor.get(path_of(publish, "cancel")).words()

    def test_a_lost_race_says_what_happened_and_shows_the_publish_as_it_is_now(self, account: str):
        visitor, publish = signed_in(), put_publish(account, State.PROCESSING)
        form = visitor.get(path_of(publish, "cancel")).form(path_of(publish, "cancel"))
        publish_store.move(publish, State.PUBLISHED, post_ids=["77"])

        answer = visitor.submit(form)

        assert answer.status == 409
        assert problem("too_late_to_cancel", state="published").message in answer.words()
        assert '<strong id="state">Published</strong>' in answer.text
        assert visitor.get(path_of(publish, "cancel")).status == 409


class TestRestart:
    def test_a_new_execution_takes_over_once_for_each_question(self, account: str):
        visitor, publish = signed_in(), put_publish(account, State.PROCESSING)
        form = visitor.get(path_of(publish, "restart")).form(path_of(publish, "restart"))
        assert "Nothing is posted twice" in visitor.get(path_of(publish, "restart")).words()

        assert visitor.submit(form).headers["Location"] == path_of(publish)
        again = visitor.submit(form)

        assert row_of(publish).execution == f"{publish.publish_id}-1"
        assert again.status == 200
        assert "so Dropcast did nothing" in again.words()

    def test_two_presses_at_the_same_moment_start_one_execution(self, account: str, monkeypatch: pytest.MonkeyPatch):
        visitor, publish = signed_in(), put_publish(account, State.PROCESSING)
        form = visitor.get(path_of(publish, "restart")).form(path_of(publish, "restart"))
        monkeypatch.setattr(change_publishes, "changeable_publish", lambda *_: publish)

        answers = [visitor.submit(form) for _ in range(2)]

        assert [answer.status for answer in answers] == [303, 200]
        assert "so Dropcast did nothing" in answers[1].words()
        assert row_of(publish).execution == f"{publish.publish_id}-1"

    def test_an_unknown_publish_with_tiktok_s_id_is_watched_again(self, account: str):
        visitor = signed_in()
        publish = put_publish(account, State.UNKNOWN, tiktok_publish_id="v_pub_1", error=problem("verdict_missing"))

        press(visitor, publish, "restart")

        assert row_of(publish).state is State.PROCESSING

    @pytest.mark.parametrize(
        ("state", "code"), [(State.STARTING, "publish_starting"), (State.FAILED, "not_restartable")]
    )
    def test_what_cannot_be_restarted_says_why(self, account: str, state: State, code: str):
        visitor, publish = signed_in(), put_publish(account, state)

        shown = visitor.get(path_of(publish, "restart"))
        form = {"csrf": visitor.csrf(), "execution": publish.execution, "once": "k" * 22}
        pressed = visitor.post(path_of(publish, "restart"), form)

        assert (shown.status, pressed.status) == (409, 409)
        assert code in shown.text
        assert code in pressed.text


class TestRetry:
    def test_presses_make_one_new_publish_and_lead_to_it(self, account: str):
        visitor, publish = signed_in(), put_publish(account, State.FAILED, error=problem("upload_failed"))
        form = visitor.get(path_of(publish, "retry")).form(path_of(publish, "retry"))

        places = {visitor.submit(form).headers["Location"] for _ in range(3)}

        retried_as = row_of(publish).retried_as
        assert places == {f"/console/publishes/{retried_as}"}
        again = publish_store.get(retried_as or "")
        assert again
        assert again.retry_of == publish.publish_id
        assert visitor.get(path_of(publish, "retry")).headers["Location"] == f"/console/publishes/{retried_as}"
        assert "It was retried as another publish" in visitor.get(path_of(publish)).words()
        assert f'href="{path_of(publish)}"' in visitor.get(path_of(again)).text

    def test_the_retry_carries_the_consent_and_the_question_shows_it(self, account: str, held_clock):
        consent = RecordedConsent.model_validate(
            {"by": "Ana", "at": clock.iso(clock.now()), "text": "By posting, you agree", "version": "v1"}
        )
        visitor, publish = signed_in(), put_publish(account, State.FAILED, consent=consent)
        asked = visitor.get(path_of(publish, "retry")).words()
        assert "The new publish keeps the consent of this publish: Ana," in asked
        assert "“By posting, you agree”" in asked

        press(visitor, publish, "retry")

        again = publish_store.get(row_of(publish).retried_as or "")
        assert again
        assert again.consent == consent

    def test_an_unknown_publish_is_resolved_first(self, account: str):
        visitor, publish = signed_in(), put_publish(account, State.UNKNOWN)

        for answer in (
            visitor.get(path_of(publish, "retry")),
            visitor.post(path_of(publish, "retry"), {"csrf": visitor.csrf()}),
        ):
            assert answer.status == 409
            assert problem("say_whether_posted").message in answer.words()

    def test_a_file_that_is_gone_is_said_on_the_page(self, account: str):
        source = {"type": "s3", "bucket": "videos-of-ours", "key": "gone.mp4", "etag": "x"}
        visitor, publish = signed_in(), put_publish(account, State.FAILED, source=source)

        answer = press(visitor, publish, "retry")

        assert answer.status == 404
        assert "source_missing" in answer.text
        assert row_of(publish).retried_as is None


def test_no_page_of_a_publish_shows_a_secret(account: str):
    publish = put_publish(
        account,
        State.UNKNOWN,
        source={"type": "url", "host": "cdn.example"},
        source_url_sealed=b"canary-source-url",
        upload_url_sealed=b"canary-upload-url",
        task_token="canary-task-token",
        tiktok_publish_id="v_pub_1",
        error=problem("verdict_missing", log_id="log-1"),
        metadata={"order": "7"},
    )
    visitor = signed_in()

    for part in ("", "progress", "resolve", "restart"):
        shown = visitor.get(path_of(publish, part))
        assert shown.status == 200
        assert [canary for canary in CANARIES if canary in shown.text] == []
        assert "Secret" not in shown.text
    words = visitor.get(path_of(publish)).words()
    assert "at cdn.example" in words
    assert "order 7" in words
    assert "log-1" in words


def test_the_timeline_has_the_time_between_its_lines_and_its_codes_in_words(account: str, held_clock):
    publish = put_publish(account)
    held_clock.at += 3725
    moved = publish_store.move(publish, State.HELD, code="budget_exhausted", not_before=clock.now() + 60)
    assert moved
    held_clock.at += 5

    words = signed_in().get(path_of(publish)).words()

    assert "after 1 h 2 min" in words
    assert problem("budget_exhausted").message in words
    assert "for 5 s so far" in words
