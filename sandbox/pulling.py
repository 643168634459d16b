"""PULL_FROM_URL: fetches the video from the app's URL (section 9): no redirect, one hour at most."""

import asyncio

import httpx

from sandbox.chunks import LARGEST_FILE
from sandbox.processing import begin, fail
from sandbox.publishes import Publish
from sandbox.state import Sandbox


async def pull(sandbox: Sandbox, publish: Publish) -> None:
    try:
        async with asyncio.timeout(sandbox.settings.pull_timeout):
            fetched = await _fetch(sandbox, publish)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        fetched = False
    if publish.settled:
        return
    if fetched:
        begin(sandbox, publish)
    else:
        fail(sandbox, publish, "video_pull_failed")


async def _fetch(sandbox: Sandbox, publish: Publish) -> bool:
    async with sandbox.http.stream("GET", publish.source_info["video_url"], follow_redirects=False) as response:
        if response.status_code != 200:
            return False
        async for data in response.aiter_raw(65_536):
            publish.received.feed(data)
            if publish.received.size > LARGEST_FILE or publish.settled:
                return False
    return True
