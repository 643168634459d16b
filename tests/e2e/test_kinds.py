"""Drafts and pulled videos on the local stack."""

import secrets

import pytest

from local.stack_client import StackClient
from tests.e2e.road import SMALL, bytes_put, fault, posts, published, requests, wait_for
from tests.e2e.test_media import signed

DRAFT = {"mode": "draft", "privacy_level": None}


def states(shown: dict) -> list[str]:
    return [moment["state"] for moment in shown["history"]]


def lost_signatures(stack, shown: dict, secret: str) -> bool:
    """Whether `secret` appears in no log and no history."""
    (execution,) = stack.executions(shown["publish_id"])
    seen = stack.log_file.read_text(errors="replace") + str(stack.history(execution)) + str(shown)
    return secret not in seen


def test_a_draft_waits_in_the_inbox_until_its_creator_posts_it(journey, account, videos, events):
    path, sha256 = videos(SMALL)

    shown = published(journey, account, path, **DRAFT)

    received = journey.received(shown["tiktok_publish_id"])
    assert (shown["state"], shown["bytes_sent"]) == ("in_inbox", SMALL)
    assert states(shown) == ["queued", "starting", "uploading", "processing", "in_inbox"]
    assert (received["mode"], received["sha256"], received["warnings"]) == ("inbox", sha256, [])
    assert posts(journey, account) == []
    assert wait_for(lambda: events.of("publish.in_inbox", account))

    journey.sandbox("POST", f"/posts/{shown['tiktok_publish_id']}/publish", json={"public": True})

    assert wait_for(lambda: journey.show(shown["publish_id"])["state"] == "published")
    assert wait_for(lambda: journey.show(shown["publish_id"])["post_ids"])


def test_a_grant_for_drafts_makes_only_drafts(journey, videos):
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, scopes=["user.info.basic", "video.upload"])
    key = f"in/{name}.mp4"
    journey.upload(videos(SMALL)[0], key)

    drafted = journey.until_rest(journey.publish(account, key, **DRAFT)["publish_id"])
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": key}
    direct = journey.api(
        "POST", "/v1/publishes", json={"account_id": account, "source": source, "privacy_level": "SELF_ONLY"}
    )

    assert drafted["state"] == "in_inbox"
    assert (direct.json()["error"]["code"], direct.json()["error"]["details"]["scope"]) == (
        "scope_not_granted",
        "video.publish",
    )
    assert requests(journey, account, "creator_info") == []


def test_a_drop_can_make_a_draft(journey, account, videos, events):
    path, sha256 = videos(SMALL)

    journey.drop(account, path, "my draft+1.mp4", {"mode": "draft"})

    (told,) = wait_for(lambda: events.of("publish.in_inbox", account))
    assert journey.received(told["tiktok_publish_id"])["sha256"] == sha256


@pytest.mark.parametrize("mode", ["direct", "draft"])
def test_our_own_video_is_pulled_on_request(journey, account, stack, videos, mode):
    path, sha256 = videos(SMALL)
    options = DRAFT if mode == "draft" else {"title": "pulled", "hashtags": ["one"]}

    shown = published(journey, account, path, via="pull", **options)

    received = journey.received(shown["tiktok_publish_id"])
    url = received["source_info"]["video_url"]
    assert shown["state"] == {"direct": "published", "draft": "in_inbox"}[mode]
    assert states(shown)[:3] == ["queued", "starting", "processing"]
    assert received["source_info"]["source"] == "PULL_FROM_URL"
    assert (received["sha256"], bytes_put(received)) == (sha256, 0)
    assert shown["bytes_sent"] == shown["bytes_total"] == SMALL
    assert mode == "draft" or received["post_info"]["title"] == "pulled #one"
    assert lost_signatures(stack, shown, url.split("Signature=")[1][:40])


def by_url(journey: StackClient, account: str, url: str, **options):
    body = {"account_id": account, "source": {"type": "url", "url": url}, "privacy_level": "SELF_ONLY", **options}
    return journey.api("POST", "/v1/publishes", json=body)


@pytest.fixture
def url(journey, stack, videos) -> str:
    """The address of a verified video, with a signature in its query."""
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(videos(SMALL)[0], key, ContentType="video/mp4")
    return signed(stack, f"/{key}")


def test_a_video_at_its_owners_address_is_pulled(journey, account, stack, videos, url):
    shown = journey.until_rest(by_url(journey, account, url).raise_for_status().json()["publish_id"])

    (post,) = posts(journey, account)
    assert (shown["state"], shown["via"], shown["bytes_total"]) == ("published", "pull", 0)
    assert (post["sha256"], post["source_info"]["video_url"]) == (videos(SMALL)[1], url)
    assert lost_signatures(stack, shown, url.split("Signature=")[1][:40])


def test_an_unverified_address_is_refused_at_once(journey, account):
    answer = by_url(journey, account, "https://elsewhere.example/a.mp4")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "url_ownership_unverified")


def test_a_failed_pull_shows_tiktoks_reason(journey, account, url):
    shown = journey.until_rest(by_url(journey, account, url + "x").raise_for_status().json()["publish_id"])

    assert (shown["state"], shown["error"]["code"], shown["error"]["next"]) == ("failed", "video_pull_failed", "retry")


@pytest.mark.parametrize(("kind", "heard"), [("reset_after", 1), ("reset_before", 0)])
def test_a_pull_whose_init_got_no_answer_is_unknown_and_has_one_init(journey, account, url, events, kind, heard):
    fault(journey, "video_init", kind)

    shown = journey.until_rest(by_url(journey, account, url).raise_for_status().json()["publish_id"])

    assert (shown["state"], shown["error"]["code"], shown["error"]["next"]) == ("unknown", "pull_init_lost", "resolve")
    assert [bool(one["effect"]) for one in requests(journey, account, "video_init")] == [heard == 1]
    assert wait_for(lambda: events.of("publish.unknown", account))
