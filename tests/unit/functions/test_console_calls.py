"""How many calls the posting page and the page of a publish make, and what they show while TikTok is down."""

import pytest

from dropcast.aws import clients
from dropcast.errors.problem import problem
from dropcast.publishing.posting_page.notes_by_field import FieldNotes
from functions.http.console.templates import render_block
from local.video import SAMPLE
from tests.unit.functions.test_console_post_page import KEY, form_of
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.accounts import BUCKET
from tests.unit.support.console import signed_in


@pytest.fixture
def calls(aws_calls: list[str]) -> list[str]:
    """The AWS calls of a process that has already loaded its secrets."""
    clients.client("s3").meta.events.register("before-call.s3", lambda model, **_: aws_calls.append(model.name))
    return aws_calls


def test_the_posting_page_makes_nine_aws_calls_at_most(account: str, calls: list[str]):
    visitor = signed_in()
    visitor.get(f"/console/accounts/{account}/post")
    calls.clear()

    visitor.get(f"/console/accounts/{account}/post")

    assert len(calls) <= 9, calls


def test_a_partial_update_reads_the_session_only(account: str, calls: list[str]):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    calls.clear()

    visitor.post(f"/console/accounts/{account}/post/choices", form)

    assert calls == ["GetItem", "GetItem"]


def test_the_page_of_a_publish_makes_four_aws_calls_and_its_refresh_three(account: str, calls: list[str]):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    sent = visitor.post(f"/console/accounts/{account}/post", form).headers["Location"].partition("?")[0]
    calls.clear()

    visitor.get(sent)

    assert calls == ["GetItem"] * 4
    calls.clear()
    visitor.get(f"{sent}/progress")
    assert calls == ["GetItem"] * 3


@pytest.mark.parametrize("down", ["internal_error", "rate_limit_exceeded"])
def test_the_posting_page_says_that_tiktok_does_not_answer(account: str, tiktok, down: str):
    visitor = signed_in()
    tiktok.creator = down

    shown = visitor.get(f"/console/accounts/{account}/post")

    assert shown.status == 200
    assert "TikTok" in shown.words()
    assert 'role="alert"' in shown.text
    assert "Send as a draft" in shown.words()


def test_a_file_that_is_no_video_is_explained_below_it(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))

    report = visitor.post(f"/console/accounts/{account}/post/check", form)

    assert report.status == 200
    assert "it is of an unknown type, and must be MP4, MOV or WebM" in report.words()


def test_a_problem_that_ffmpeg_mends_shows_the_command(account: str):
    why = problem("duration_too_long", duration_ms=700_000, max_ms=600_000, ffmpeg="ffmpeg -i <in> out.mp4")

    shown = render_block("report.html", "report", "nonce", {"notes": [FieldNotes((why,))], "facts": None})

    assert "<code>ffmpeg -i &lt;in&gt; out.mp4</code>" in shown


def test_a_video_that_tiktok_takes_shows_its_facts(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    clients.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=SAMPLE.read_bytes(), ContentType="video/mp4")

    report = visitor.post(f"/console/accounts/{account}/post/check", form)

    assert "h264" in report.words()
    assert 'class="wrong"' not in report.text


def test_a_refused_part_stays_as_it_is_and_the_problem_shows_above_the_page(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post")) | {"csrf": "another"}

    answer = visitor.post(f"/console/accounts/{account}/post/choices", form, {"hx-request": "true"})

    assert answer.status == 403
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#trouble", "innerHTML")
    assert answer.text.count('role="alert"') == 1
    assert "<main" not in answer.text
    assert 'id="trouble"' in visitor.get(f"/console/accounts/{account}/post").text
