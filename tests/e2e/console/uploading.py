"""Uploads in a browser that a test slows down or interrupts, and the parts of them in the bucket."""

import hashlib
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from local.stack import LocalStack

TWO_STORED = "33.6 of 70.0 MB"
_SLOW = 500_000

# Playwright's own `route` reads each part's bytes, which takes longer than everything else. These scripts do not.
_HOLD = """numbers => {
  const { open, send } = XMLHttpRequest.prototype;
  const held = [];
  XMLHttpRequest.prototype.open = function (method, url) {
    this.part = Number(new URL(url).searchParams.get("partNumber"));
    open.call(this, method, url);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (numbers.includes(this.part)) held.push(() => send.call(this, body));
    else send.call(this, body);
  };
  window.letGo = () => {
    numbers = [];
    for (const sendNow of held) sendNow();
  };
}"""
_USE_OLD_URL = """number => {
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address) {
    const url = new URL(address);
    if (url.searchParams.get("partNumber") === String(number)) {
      url.searchParams.set("X-Amz-Date", "20200101T000000Z");
      XMLHttpRequest.prototype.open = open;
    }
    open.call(this, method, url.href);
  };
}"""


class Network:
    """The network between one page and all servers."""

    def __init__(self, page: Page) -> None:
        self._chromium = page.context.new_cdp_session(page)

    def limit_uploads(self, bytes_per_s: int = -1) -> None:
        """Limit the upload speed. Without an argument, end the limit; Chromium then sends at once what it held back."""
        limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
        self._chromium.send("Network.emulateNetworkConditions", {"offline": False, **limits})


def count_stored_parts(context: BrowserContext) -> Counter[int]:
    """How often the bucket stores each part that the browser's pages send from now on."""
    counted: Counter[int] = Counter()

    def count(response: Response) -> None:
        number = parse_qs(urlsplit(response.url).query).get("partNumber")
        if number and response.request.method == "PUT" and response.status == 200:
            counted[int(number[0])] += 1

    context.on("response", count)
    return counted


def hold_parts(page: Page, *numbers: int) -> None:
    """Let the page wait before it sends these parts."""
    page.evaluate(_HOLD, numbers)


def let_go(page: Page) -> None:
    """Let the page send the parts that it holds."""
    page.evaluate("letGo()")


def use_old_url_once(page: Page, number: int) -> None:
    """Let the page send this part to a URL that expired long ago, the first time."""
    page.evaluate(_USE_OLD_URL, number)


def choose(page: Page, file: Path) -> Locator:
    """Choose the file; return its row."""
    page.set_input_files("#file", file)
    return page.locator("#files li")


def store_two_parts(page: Page, video: Path) -> Locator:
    """Begin the upload of 70 MB. The bucket gets two parts. The page does not send the other three."""
    hold_parts(page, 3, 4, 5)
    with page.expect_response(re.compile("partNumber=1&")), page.expect_response(re.compile("partNumber=2&")):
        row = choose(page, video)
    expect(row).to_contain_text(TWO_STORED)
    return row


def begin_upload(page: Page, network: Network, video: Path) -> Locator:
    """Begin the upload of 70 MB. The bucket gets two parts, and slowly the beginning of the other three."""
    row = store_two_parts(page, video)
    network.limit_uploads(_SLOW)
    let_go(page)
    expect(row).not_to_contain_text(TWO_STORED)
    return row


def expect_stored(stack: LocalStack, row: Locator, file: Path) -> None:
    """Wait until the form has the file, and compare the object in the bucket with it."""
    expect(row).to_have_class(re.compile("ready"), timeout=30_000)
    stored = stack.client("s3").get_object(Bucket=stack.bucket, Key=key_of(row))["Body"].read()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(file.read_bytes()).digest()


def key_of(row: Locator) -> str:
    """The key in the field of the form."""
    return row.locator("[name=source]").input_value()


def open_uploads(stack: LocalStack, account: str) -> list[str]:
    """The keys of the account's multipart uploads that S3 holds."""
    found = stack.client("s3").list_multipart_uploads(Bucket=stack.bucket).get("Uploads", [])
    return [upload["Key"] for upload in found if account in upload["Key"]]
