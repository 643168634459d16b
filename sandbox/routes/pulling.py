"""PULL_FROM_URL: fetches a video or pictures from the app's URLs within an hour (protocol section 9).

The sandbox follows no redirects.
"""

import asyncio
from urllib.parse import urlsplit

import httpx

from sandbox.routes.processing import fail_publish, start_processing
from sandbox.rules.chunks import LARGEST_FILE
from sandbox.rules.pictures import LARGEST_PICTURE, check_picture
from sandbox.state.publishes import Publish
from sandbox.state.state import Sandbox

PIECE_BYTES = 65_536


async def pull_media(sandbox: Sandbox, publish: Publish) -> None:
    try:
        async with asyncio.timeout(sandbox.settings.pull_timeout):
            fetched = await (_fetch_photos if publish.media == "photo" else _fetch_video)(sandbox, publish)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        fetched = False
    if publish.settled:
        return
    if fetched:
        start_processing(sandbox, publish)
    else:
        fail_publish(sandbox, publish, f"{publish.media}_pull_failed")


async def _fetch_video(sandbox: Sandbox, publish: Publish) -> bool:
    async with sandbox.http.stream("GET", publish.source_info["video_url"], follow_redirects=False) as response:
        if response.status_code != 200:
            return False
        async for data in response.aiter_raw(PIECE_BYTES):
            publish.received.feed(data)
            if publish.received.size > LARGEST_FILE or publish.settled:
                return False
    return True


async def _fetch_photos(sandbox: Sandbox, publish: Publish) -> bool:
    """Fetch the photos one after another. A failed fetch ends this. A picture that TikTok would reject does not."""
    for url in publish.source_info["photo_images"]:
        if publish.settled or not await _fetch_photo(sandbox, publish, url):
            return False
    return True


async def _fetch_photo(sandbox: Sandbox, publish: Publish, url: str) -> bool:
    """Fetch one photo. The answer needs status 200 and a Content-Length. The journal gets the URL without its query,
    which may be secret.
    """
    bare = urlsplit(url)._replace(query="").geturl()
    entry = sandbox.journal.add("pull", "GET", "photo_pull", bare, sandbox.clock.now())
    entry.open_id, entry.publish_id = publish.open_id, publish.publish_id
    data = bytearray()
    async with sandbox.http.stream("GET", url, follow_redirects=False) as response:
        entry.status = response.status_code
        async for piece in response.aiter_raw(PIECE_BYTES):
            publish.received.feed(piece)
            data += piece
            entry.bytes_received += len(piece)
            if len(data) > LARGEST_PICTURE:
                break
    if response.status_code != 200 or "content-length" not in response.headers:
        return False
    entry.effect = True
    content_type = response.headers.get("content-type", "")
    publish.pictures.append(await asyncio.to_thread(check_picture, url, bytes(data), content_type))
    return True
