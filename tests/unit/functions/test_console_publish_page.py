"""The page of one publish: the request, how much was sent, the failure and its retries, and the link to the post."""

from dropcast.errors.problem import problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.states import State
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.accounts import BUCKET, change_account
from tests.unit.support.console import Shown, signed_in
from tests.unit.support.publishes import KEY, put_publish


def shown(publish_id: str) -> Shown:
    return signed_in().get(f"/console/publishes/{publish_id}")


def test_the_page_shows_what_was_asked(account: str):
    change_account(account, nickname="Ana at sea", username="ana")
    options = PublishOptions(
        title="Blue hour", hashtags=["sea"], privacy_level="SELF_ONLY", allow_comment=True, brand_organic=True
    )
    source = Source(bucket=BUCKET, key=KEY, size=7_300_000, duration_ms=12_300)
    publish = put_publish(account, source=source, options=options, reference="order-7", metadata={"shop": "4"})

    page = shown(publish.publish_id)

    assert f'<a href="/console/accounts/{account}">Ana at sea</a> @ana' in page.text
    assert (
        f"What Video Video {BUCKET}/{KEY} Size 7.3 MB, 12.3 s Way to TikTok Dropcast sends the bytes Text Blue hour "
        "Hashtags #sea Who can see it Only me Others may use comments Disclosed your brand Reference order-7 shop 4 "
        "Came from a request User user-1"
    ) in page.words()
    assert f"Publish id {publish.publish_id}" in page.words()


def test_a_publish_that_is_sent_shows_its_bytes(account: str):
    source = Source(bucket=BUCKET, key=KEY, size=8_000_000)
    publish = put_publish(account, State.UPLOADING, source=source, bytes_sent=2_000_000)

    page = shown(publish.publish_id)

    assert '<progress max="8000000" value="2000000"' in page.text
    assert "Sent 2.0 MB of 8.0 MB" in page.words()


def test_a_published_publish_links_to_its_post(account: str):
    publish = put_publish(
        account, State.PUBLISHED, username="ana", tiktok_publish_id="v_pub_1", post_ids=["7300000000000000001"]
    )

    page = shown(publish.publish_id)

    assert 'href="https://www.tiktok.com/@ana/video/7300000000000000001" target="_blank" rel="noreferrer"' in page.text
    assert "TikTok's publish id v_pub_1 TikTok's post id 7300000000000000001" in page.words()
    assert f'href="/console/accounts/{account}/comments?video=7300000000000000001"' in page.text


def test_a_failed_publish_shows_what_was_tried_again_and_tiktoks_log_id(account: str):
    first = put_publish(account, State.FAILED)
    publish = put_publish(
        account,
        State.FAILED,
        retry_of=first.publish_id,
        retried_as="pub_3",
        inits_lost=1,
        executions_lost=2,
        looks=4,
        error=problem("verdict_missing", log_id="2026113008-A1"),
    )

    page = shown(publish.publish_id)

    assert f'Retry of</dt><dd><a href="/console/publishes/{first.publish_id}">' in page.text
    assert '<a href="/console/publishes/pub_3">It was retried as another publish</a>' in page.text
    assert (
        "Starts repeated 1, because TikTok's answer was lost Executions replaced 2 Later checks 4 "
        "TikTok's log id 2026113008-A1"
    ) in page.words()
    assert problem("verdict_missing").fix in page.words()
