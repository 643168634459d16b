"""A person's browser sends files to the bucket, and continues an upload that was interrupted."""

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dropcast.errors.problem import problem
from tests.e2e.console.conftest import Open
from tests.e2e.console.posting import open_posting_page
from tests.e2e.console.uploading import (
    Network,
    begin_upload,
    choose,
    count_stored_parts,
    expect_stored,
    hold_parts,
    key_of,
    let_go,
    open_uploads,
    store_two_parts,
    use_old_url_once,
)
from tests.e2e.road import SEVERAL_CHUNKS, SMALL, Videos

ONE_SHORT_PART_MORE = 17_000_000
ONCE_EACH = {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}
TWO_OF_THEM = {1: 1, 2: 1}
INTERRUPTED = "The upload was interrupted. It continues by itself."
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def posting(open_signed_in: Open, account: str) -> Page:
    """The posting page for a video."""
    return open_posting_page(open_signed_in(), account)


@pytest.fixture
def network(posting: Page) -> Network:
    return Network(posting)


@pytest.fixture
def stored_parts(posting: Page) -> Counter[int]:
    """How often the bucket stored each part."""
    return count_stored_parts(posting.context)


@pytest.fixture
def video(videos: Videos) -> Path:
    """A video of 70 MB. It is sent in five parts, four of them at once."""
    return videos(SEVERAL_CHUNKS)[0]


@pytest.fixture
def smaller_video(videos: Videos) -> Path:
    """A video that is sent in two parts."""
    return videos(ONE_SHORT_PART_MORE)[0]


@pytest.fixture
def small_video(videos: Videos) -> Path:
    """A video that is sent in one part."""
    return videos(SMALL)[0]


def failed_load(status: str, url: str) -> str:
    """Chromium's message about an answer with an error."""
    return f"console error: Failed to load resource: the server responded with a status of {status} at {url}"


def test_an_upload_goes_on_after_a_reload_when_the_file_is_chosen_again(stack, posting, network, stored_parts, video):
    asked: list[str] = []
    begin_upload(posting, network, video)

    posting.locator("#title").click()
    posting.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    posting.reload()
    network.limit_uploads()
    before = dict(stored_parts)
    row = choose(posting, video)

    expect_stored(stack, row, video)
    assert before == TWO_OF_THEM
    assert stored_parts == ONCE_EACH
    assert asked == ["beforeunload"]


def test_an_upload_of_a_closed_tab_goes_on_when_the_file_is_chosen_in_another_tab(stack, posting, stored_parts, video):
    store_two_parts(posting, video)

    posting.close()
    other = posting.context.new_page()
    other.goto(posting.url)
    before = dict(stored_parts)
    row = choose(other, video)

    expect_stored(stack, row, video)
    assert before == TWO_OF_THEM
    assert stored_parts == ONCE_EACH


def test_an_upload_goes_on_by_itself_after_a_lost_network(stack, complaints, posting, stored_parts, video):
    row = store_two_parts(posting, video)
    expect(row).to_contain_text("left")

    posting.context.set_offline(True)
    let_go(posting)
    expect(row).to_contain_text(INTERRUPTED)
    expect(row).not_to_contain_text("left")
    before = dict(stored_parts)
    posting.context.set_offline(False)

    expect_stored(stack, row, video)
    assert before == TWO_OF_THEM
    assert stored_parts == ONCE_EACH
    complaints.found[:] = [one for one in complaints.found if OFFLINE not in one]


def test_a_row_shows_the_progress_the_speed_and_the_time_left(posting, network, video):
    row = begin_upload(posting, network, video)

    figures = re.compile(r"^3[3-9]\.\d of 70\.0 MB · \d+\.\d MB/s · (\d+ min )?\d+ s left$")
    expect(row.locator(".figures")).to_have_text(figures)
    assert 0.48 < row.get_by_role("progressbar").evaluate("bar => bar.value / bar.max") < 0.6


def test_cancelling_deletes_the_parts(stack, posting, network, account, video):
    row = begin_upload(posting, network, video)
    before = open_uploads(stack, account)

    with posting.expect_response(lambda response: response.request.method == "DELETE"):
        row.get_by_role("button", name="Remove").click()

    expect(row).to_have_count(0)
    assert (len(before), open_uploads(stack, account)) == (1, [])


def test_cancelling_before_the_upload_has_an_id_leaves_no_upload(stack, posting, account, small_video):
    held: list[Route] = []
    posting.route("**/console/uploads", lambda route: held.append(route))
    with posting.expect_request("**/console/uploads"):
        row = choose(posting, small_video)

    row.get_by_role("button", name="Remove").click()
    with posting.expect_response(lambda response: response.request.method == "DELETE"):
        held[0].continue_()

    assert open_uploads(stack, account) == []


def test_a_file_of_a_wrong_kind_is_refused_in_its_row(complaints, posting, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a video")
    why = problem("invalid_request", reason="files of this kind cannot be posted", fields=[])

    with posting.expect_response("**/console/uploads") as refused:
        row = choose(posting, notes)

    expect(row.get_by_role("status")).to_have_text(f"{why.message} {why.fix}")
    expect(row.locator("[name=source]")).to_be_disabled()
    complaints.found.remove(failed_load("400 (Bad Request)", refused.value.url))


def test_an_upload_whose_url_expired_goes_on_with_a_new_one(stack, complaints, posting, stored_parts, smaller_video):
    use_old_url_once(posting, 2)

    with posting.expect_response(lambda response: response.status == 403) as refused:
        row = choose(posting, smaller_video)
    expect(row).to_contain_text(INTERRUPTED)

    expect_stored(stack, row, smaller_video)
    assert stored_parts == {1: 1, 2: 1}
    complaints.found.remove(failed_load("403 (Forbidden)", refused.value.url))


def test_an_upload_goes_on_after_a_lost_session(
    stack, complaints, posting, stored_parts, session_cookie, smaller_video
):
    why = problem("signed_out")
    hold_parts(posting, 2)
    row = choose(posting, smaller_video)
    expect(row).to_contain_text("16.8 of 17.0 MB")

    posting.context.clear_cookies()
    with posting.expect_response("**/complete") as refused:
        let_go(posting)
    expect(row.get_by_role("status")).to_have_text(f"{why.message} {why.fix}")
    posting.context.add_cookies([session_cookie])
    posting.reload()
    choose(posting, smaller_video)

    expect_stored(stack, row, smaller_video)
    assert stored_parts == {1: 1, 2: 1}
    complaints.found.remove(failed_load("401 (Unauthorized)", refused.value.url))


def test_a_form_has_its_uploaded_file_after_a_reload(posting, stored_parts, small_video):
    row = choose(posting, small_video)
    expect(row).to_contain_text("Uploaded")
    key = key_of(row)

    posting.reload()

    expect(row).to_contain_text("In the bucket")
    expect(row).to_contain_text(small_video.name)
    expect(posting.locator("video")).to_be_visible()
    assert key_of(row) == key
    assert stored_parts == {1: 1}
