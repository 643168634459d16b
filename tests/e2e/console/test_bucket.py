"""What a console page may do with the media bucket, which has a different origin."""

from typing import Any

import pytest

from local.stack import LocalStack
from tests.e2e.console.conftest import Open

PUT_AND_READ = """async ([put, get]) => {
  const headers = { "Content-Type": "video/mp4" };
  const stored = await fetch(put, { method: "PUT", body: "a part of a video", headers });
  const read = await fetch(get, { headers: { Range: "bytes=2-5" } });
  return [stored.status, stored.headers.get("ETag"), read.status, await read.text()];
}"""


@pytest.fixture
def signed(stack: LocalStack) -> list[str]:
    """Addresses that store and read one object."""
    s3: Any = stack.client("s3")
    named = {"Bucket": stack.bucket, "Key": "uploads/acc_1/upl_1/video.mp4"}
    return [s3.generate_presigned_url(f"{verb}_object", Params=named) for verb in ("put", "get")]


def test_a_page_stores_a_file_in_the_bucket_and_reads_a_part_of_it(open_page: Open, signed: list[str]):
    page = open_page(bypass_csp=True)  # the content policy of the public page does not allow the bucket
    page.goto("/")

    stored, etag, read, text = page.evaluate(PUT_AND_READ, signed)

    assert (stored, read, text) == (200, 206, "part")
    assert etag
