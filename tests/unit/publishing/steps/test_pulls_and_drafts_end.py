"""How pulls, photo posts and drafts end if TikTok refuses, does not answer or is slow."""

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from tests.unit.publishing.conftest import CREATOR, FakeTikTok, outbox, refusal, stored
from tests.unit.publishing.intake.test_accept import SAMPLE
from tests.unit.publishing.steps.test_photos_and_pulls import (  # noqa: F401
    BY_URL,
    DIRECT,
    DRAFT,
    FILE,
    PHOTOS,
    PRIVATE,
    PULLED,
    _served,
    begin,
    prepared,
    taken_in,
)
from tests.unit.support.memory_aws import maker


@pytest.mark.parametrize(
    ("creator", "level", "code"),
    [
        (CREATOR, "SELF_ONLY", "unaudited_client_can_only_post_to_private_accounts"),
        (PRIVATE, "FOLLOWER_OF_CREATOR", "unaudited_client_posts_self_only"),
        (PRIVATE, "PUBLIC_TO_EVERYONE", "privacy_level_not_available"),
        (PRIVATE, "SELF_ONLY", None),
    ],
)
@pytest.mark.parametrize("kind", [FILE, PHOTOS], ids=["video", "photo"])
def test_an_unaudited_app_posts_self_only_to_private_accounts(
    account, begun, tiktok: FakeTikTok, monkeypatch, kind, creator, level, code
):
    monkeypatch.setenv("APP_AUDIT", "unaudited")
    settings.cache_clear()
    tiktok.script["creator_info/query"] = [creator]

    step = begin(prepared(taken_in(account, kind, privacy_level=level)))

    assert (step.error and step.error.code) == code
    assert bool(tiktok.count("video/init") + tiktok.count("content/init")) == (code is None)


@pytest.mark.parametrize("parts", [(PULLED, DIRECT), (BY_URL, DRAFT), (PHOTOS, DIRECT)], ids=["s3", "url", "photos"])
def test_a_pull_whose_init_got_no_answer_has_no_second_init(account, begun, tiktok: FakeTikTok, parts):
    publish = prepared(taken_in(account, *parts))
    for route in ("video/init", "inbox/video/init", "content/init"):
        tiktok.script[route] = [None]

    lost = begin(publish)
    decided = decide(publish.publish_id, publish.publish_id, lost)
    again = begin(publish)
    end = settle(publish.publish_id, decided)

    assert [lost.outcome, decided.outcome, again.outcome] == ["lost", "unknown", "lost"]
    assert sum(tiktok.count(route) for route in ("video/init", "inbox/video/init", "content/init")) == 1
    assert end.error is not None
    assert (end.state, end.error.code, end.error.next) == (State.UNKNOWN, "pull_init_lost", "resolve")
    assert outbox()[-1] == "publish.unknown"


def test_after_a_dead_start_a_pull_ends_unknown_and_an_upload_failed(account, begun, tiktok: FakeTikTok):
    pulled, sent = (prepared(taken_in(account, part, DIRECT)) for part in (PULLED, FILE))
    ends = []
    for publish in (pulled, sent):
        publish_store.move(publish, State.STARTING)
        ends.append(settle(publish.publish_id, StepResult(Outcome.DIED)).state)

    assert ends == [State.UNKNOWN, State.FAILED]


def test_a_pull_that_tiktok_refused_for_now_waits_and_tries_again(account, begun, tiktok: FakeTikTok, monkeypatch):
    publish = prepared(taken_in(account, PHOTOS, DIRECT))
    tiktok.script["content/init"] = [refusal("rate_limit_exceeded", 429)]

    first = begin(publish)
    due = stored(publish).not_before
    monkeypatch.setattr(clock, "now", lambda: due)
    second = begin(publish)

    assert (first.outcome, second.outcome) == ("held", "processing")


def test_a_draft_stays_in_the_inbox_until_its_creator_posts_it(account, begun, tiktok: FakeTikTok):
    publish = prepared(taken_in(account, PULLED, DRAFT))
    tiktok.script["inbox/video/init"] = [{"publish_id": "v_inbox_url~1"}]
    begin(publish)
    fact_store.add("v_inbox_url~1", Fact("in_inbox", 1))
    delivered = settle(publish.publish_id, StepResult(Outcome.VERDICT))
    fact_store.add("v_inbox_url~1", Fact("complete", 2))
    posted = settle(publish.publish_id, StepResult(Outcome.VERDICT))

    assert (delivered.state, posted.state) == (State.IN_INBOX, State.PUBLISHED)
    assert delivered.bytes_sent == delivered.bytes_total == SAMPLE.stat().st_size
    assert outbox()[-2:] == ["publish.in_inbox", "publish.published"]


def test_a_pull_without_progress_long_after_its_hour_is_unknown(account, begun, tiktok: FakeTikTok, woken, monkeypatch):
    publish = prepared(taken_in(account, PULLED, DIRECT))
    begin(publish)
    tiktok.status = {"status": "PROCESSING_DOWNLOAD", "downloaded_bytes": 5}
    later = clock.now() + 2 * 3600 + 1
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))

    watch(publish.publish_id, publish.publish_id, SecretStr("t-1"), "slow")

    ((_, step),) = woken
    assert (step["outcome"], step["error"]["code"]) == ("unknown", "pull_stalled")


def test_consent_is_stored_with_the_post(account, begun):
    consent = {"by": "ana@example.com", "at": "2026-11-20T10:00:00+01:00", "text": "I agree to the Music Usage"}

    publish = taken_in(account, FILE, DIRECT, consent=consent)

    kept = stored(publish).consent
    assert kept is not None
    assert (kept.by, kept.text, kept.at.isoformat()) == (consent["by"], consent["text"], consent["at"])


def test_rows_of_an_older_release_are_direct_uploads_of_videos(account, begun, tiktok: FakeTikTok):
    publish = prepared(taken_in(account, FILE, DIRECT))
    maker("dynamodb").update_item(
        TableName="publishes_table",
        Key={"pk": {"S": f"publish#{publish.publish_id}"}, "sk": {"S": "publish"}},
        UpdateExpression="REMOVE kind, #mode, via, #source.#type",
        ExpressionAttributeNames={"#mode": "mode", "#source": "source", "#type": "type"},
    )

    assert begin(publish) == StepResult(Outcome.STARTED)
    assert (stored(publish).kind, stored(publish).mode, stored(publish).via) == ("video", "direct", "upload")
