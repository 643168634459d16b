"""The preflight's report: every problem at once, from the same checks as in the workflow. It stores nothing."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.caller import SYSTEM
from dropcast.publishing.intake.cost_estimate import estimate
from dropcast.publishing.intake.dry_run import DryRun, dry_run
from dropcast.publishing.model.request import PublishRequest
from dropcast.settings import settings
from dropcast.tiktok.client import TikTok
from tests.unit.publishing.conftest import BUCKET, CREATOR, refusal, upload_object
from tests.unit.support.memory_aws import maker

SAMPLE = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()
NARROW = {**CREATOR, "privacy_level_options": ["SELF_ONLY"], "comment_disabled": True, "max_video_post_duration_sec": 1}


@pytest.fixture
def asked_tiktok(tiktok, monkeypatch):
    client = TikTok("https://open.tiktokapis.com", httpx.Client(transport=httpx.MockTransport(tiktok.answer)))
    monkeypatch.setattr(tiktok_app, "tiktok_within", lambda seconds: client)
    return tiktok


def of(account_id: str, **changes) -> DryRun:
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    body = {"account_id": account_id, "source": source, "privacy_level": "SELF_ONLY", **changes}
    return dry_run(PublishRequest.model_validate(body), SYSTEM)


def problems(found: DryRun) -> list[tuple[str, str]]:
    return [(one.field, one.problem.code) for one in found.problems]


def warnings(found: DryRun) -> list[str]:
    return [one.problem.code for one in found.warnings]


def picture(width: int, height: int, kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, kind)
    return file.getvalue()


def rows() -> int:
    return maker("dynamodb").scan(TableName="publishes_table")["Count"]


def test_a_valid_request_has_a_plan_and_leaves_nothing(account, asked_tiktok):
    upload_object("a.mp4", SAMPLE)

    found = of(account.account_id)

    assert (found.problems, found.warnings) == ((), ())
    assert found.inspected.facts is not None
    assert (found.inspected.facts.duration_ms, found.inspected.facts.width) == (2000, 360)
    plan = found.forecast
    assert plan is not None
    assert plan.chunks is not None
    assert (plan.chunks.count, plan.chunks.chunk_size) == (1, len(SAMPLE))
    assert {one.name for one in plan.budgets} == {"creator_info", "video_init", "direct_posts"}
    assert plan.waits_for is None
    assert abs(plan.goes_at - clock.now()) < 5
    assert rows() == 0


def test_the_plan_has_the_chunks_that_this_deployment_sends(account, asked_tiktok, monkeypatch):
    monkeypatch.setenv("UPLOAD_CHUNK_BYTES", "10000000")
    settings.cache_clear()
    room = 70_000_000 - len(SAMPLE)
    upload_object("a.mp4", SAMPLE + room.to_bytes(4) + b"free" + bytes(room - 8))

    found = of(account.account_id)

    assert found.forecast is not None
    assert found.forecast.chunks is not None
    assert (found.forecast.chunks.count, found.forecast.chunks.chunk_size) == (7, 10_000_000)


def test_every_problem_is_reported_at_once(account, asked_tiktok):
    upload_object("a.mp4", SAMPLE)
    asked_tiktok.script["creator_info/query"] = [NARROW]

    found = of(
        account.account_id, privacy_level="PUBLIC_TO_EVERYONE", allow_comment=True, publish_at="2001-01-01T00:00:00Z"
    )

    assert problems(found) == [
        ("publish_at", "publish_at_past"),
        ("source", "longer_than_creator_may"),
        ("privacy_level", "privacy_level_not_available"),
        ("allow_comment", "interaction_switched_off"),
    ]
    [longer] = [one.problem for one in found.problems if one.problem.code == "longer_than_creator_may"]
    assert longer.details["ffmpeg"].startswith("ffmpeg -i IN")


def test_an_interaction_that_the_creator_switched_off_is_reported_at_its_first_field(account, asked_tiktok):
    upload_object("a.mp4", SAMPLE)
    asked_tiktok.script["creator_info/query"] = [{**CREATOR, "duet_disabled": True, "stitch_disabled": True}]

    found = of(account.account_id, allow_comment=True, allow_duet=True, allow_stitch=True)

    assert problems(found) == [("allow_duet", "interaction_switched_off")]


def test_an_unaudited_app_may_do_little(account, asked_tiktok, monkeypatch):
    upload_object("a.mp4", SAMPLE)
    monkeypatch.setenv("APP_AUDIT", "unaudited")
    settings.cache_clear()

    assert problems(of(account.account_id)) == [("account_id", "unaudited_client_can_only_post_to_private_accounts")]


@pytest.mark.parametrize(
    ("body", "code"),
    [(None, "source_missing"), (b"", "source_empty"), (b"not a video at all", "not_a_video")],
)
def test_an_invalid_source_and_a_forbidden_option_are_both_reported(account, asked_tiktok, body, code):
    if body is not None:
        upload_object("a.mp4", body)
    asked_tiktok.script["creator_info/query"] = [NARROW]

    found = of(account.account_id, privacy_level="PUBLIC_TO_EVERYONE")

    assert problems(found) == [("source", code), ("privacy_level", "privacy_level_not_available")]
    assert found.forecast is None


def test_a_cover_after_the_end_is_reported_at_its_field(account, asked_tiktok):
    upload_object("a.mp4", SAMPLE)

    assert problems(of(account.account_id, cover_timestamp_ms=2001)) == [("cover_timestamp_ms", "cover_outside_video")]


def test_an_unknown_account_and_a_missing_source_are_both_reported(cloud, asked_tiktok):
    found = of("acc_nobody")

    assert problems(found) == [("account_id", "account_not_found"), ("source", "source_missing")]
    assert asked_tiktok.calls == []


@pytest.mark.parametrize(
    ("code", "stops"), [("spam_risk_user_banned_from_posting", True), ("spam_risk_too_many_posts", False)]
)
def test_a_temporary_problem_is_a_warning(account, asked_tiktok, code, stops):
    upload_object("a.mp4", SAMPLE)
    asked_tiktok.script["creator_info/query"] = [refusal(code)]

    found = of(account.account_id)

    assert problems(found) == ([("account_id", code)] if stops else [])
    assert warnings(found) == ([] if stops else [code])


def test_a_frame_rate_that_tiktok_may_refuse_is_a_warning_with_the_fixing_command(account, asked_tiktok):
    ticks = SAMPLE.index(b"mdhd") + 16
    assert SAMPLE[ticks : ticks + 4] == (15_360).to_bytes(4)
    upload_object("a.mp4", SAMPLE[:ticks] + (15_360 * 608 // 300).to_bytes(4) + SAMPLE[ticks + 4 :])

    found = of(account.account_id)

    assert (problems(found), warnings(found)) == ([], ["frame_rate_high"])
    assert "fps=60" in found.warnings[0].problem.details["ffmpeg"]
    assert found.forecast is not None


def test_a_tiktok_without_an_answer_is_a_warning(account, asked_tiktok):
    upload_object("a.mp4", SAMPLE)
    asked_tiktok.script["creator_info/query"] = [None]

    found = of(account.account_id)

    assert (problems(found), warnings(found)) == ([], ["tiktok_unanswered"])


def test_each_photo_is_reported_by_its_index(account, asked_tiktok):
    upload_object("a.jpg", picture(1080, 1920, "JPEG"))
    upload_object("b.png", picture(3000, 2000, "PNG"))
    upload_object("c.jpg", b"no picture")
    items = [{"bucket": BUCKET, "key": key} for key in ("a.jpg", "b.png", "c.jpg", "none.jpg")]

    found = of(account.account_id, kind="photo", source={"type": "photos", "items": items})

    assert problems(found) == [("source.items.2", "not_a_picture"), ("source.items.3", "source_missing")]
    assert [one and (one.width, set(one.corrections)) for one in found.inspected.photos] == [
        (1080, set()),
        (3000, {"format", "size"}),
        None,
        None,
    ]


def test_photos_have_a_plan_too(account, asked_tiktok):
    upload_object("a.jpg", picture(1080, 1920, "JPEG"))
    items = [{"bucket": BUCKET, "key": "a.jpg"}]

    found = of(account.account_id, kind="photo", source={"type": "photos", "items": items})

    assert found.problems == ()
    assert found.forecast is not None
    assert found.forecast.chunks is None
    assert {one.name for one in found.forecast.budgets} == {"creator_info", "content_init", "direct_posts"}


def test_a_video_at_a_url_is_not_inspected_and_the_report_says_so(account, asked_tiktok):
    found = of(account.account_id, source={"type": "url", "url": "https://videos.example/a.mp4"})

    assert (problems(found), warnings(found)) == ([], ["source_not_looked_at"])
    assert found.forecast is not None
    assert found.forecast.chunks is None
    assert [line.amount for line in found.forecast.cost if line.what == "bytes_out"] == [0]


def test_a_large_video_costs_as_much_as_the_formula_says():
    lines = {line.what: line for line in estimate("upload", 1_000_000_000)}

    assert lines["bytes_out"].micro_usd == 90_000
    assert lines["state_transitions"].micro_usd == 8 * 25
    assert lines["lambda_gb_ms"].amount == 40_000 + 3_500
    assert lines["lambda_gb_ms"].micro_usd == 580


def test_a_pull_costs_no_lambda_transfer():
    upload, pull = ({line.what: line.amount for line in estimate(way, 10**9)} for way in ("upload", "pull"))

    assert pull["lambda_gb_ms"] < upload["lambda_gb_ms"]
    assert pull["bytes_out"] == upload["bytes_out"]


ANYONE = [
    "PUBLIC_TO_EVERYONE",
    "MUTUAL_FOLLOW_FRIENDS",
    "FOLLOWER_OF_CREATOR",
    "SELF_ONLY",
]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"cover_timestamp_ms": 0}, ["cover_may_be_ignored"]),
        ({"cover_timestamp_ms": 500, "privacy_level": "MUTUAL_FOLLOW_FRIENDS"}, ["cover_may_be_ignored"]),
        ({"cover_timestamp_ms": 500, "privacy_level": "PUBLIC_TO_EVERYONE"}, []),
        ({}, []),
        ({"brand_content": True, "privacy_level": "FOLLOWER_OF_CREATOR"}, ["branded_for_followers"]),
        ({"brand_content": True, "privacy_level": "MUTUAL_FOLLOW_FRIENDS"}, []),
        ({"brand_organic": True, "privacy_level": "FOLLOWER_OF_CREATOR"}, []),
        (
            {"brand_content": True, "privacy_level": "FOLLOWER_OF_CREATOR", "cover_timestamp_ms": 500},
            ["cover_may_be_ignored", "branded_for_followers"],
        ),
    ],
)
def test_a_privacy_level_that_tiktok_may_ignore_or_refuse_is_a_warning(account, asked_tiktok, asked, told):
    upload_object("a.mp4", SAMPLE)
    asked_tiktok.script["creator_info/query"] = [{**CREATOR, "privacy_level_options": ANYONE}]

    found = of(account.account_id, **asked)

    assert (problems(found), warnings(found)) == ([], told)


def test_branded_photos_for_followers_are_a_warning_too(account, asked_tiktok):
    maker("s3").put_object(Bucket=BUCKET, Key="1.jpg", Body=picture(720, 1280, "JPEG"))
    asked_tiktok.script["creator_info/query"] = [{**CREATOR, "privacy_level_options": ANYONE}]
    photos = {"type": "photos", "items": [{"bucket": BUCKET, "key": "1.jpg"}]}

    found = of(account.account_id, kind="photo", source=photos, brand_content=True, privacy_level="FOLLOWER_OF_CREATOR")

    assert warnings(found) == ["branded_for_followers"]
