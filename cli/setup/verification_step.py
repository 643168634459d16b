"""Serves the file with which TikTok's portal verifies the site and the address from which TikTok pulls."""

import re
from pathlib import Path

import httpx

from cli.prompts import Question
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from dropcast.aws import clients
from dropcast.settings import VERIFICATION_LINE, VERIFICATION_NAME, settings
from dropcast.site_verification import VerificationFile, store_verification_file

_NAME = "verification_file"
_PATIENCE_S = 30


def serve_verification_file(setup: Setup) -> Found:
    """Store TikTok's file. The site and the media address then serve it at their roots."""
    if _NAME not in setup.answers:
        if served := _served_already():
            return Done(f"The media address serves TikTok's verification file {served}.")
        return NeedsAnswer(
            Question(_NAME, "Path of TikTok's verification file (empty: later)", default="", notes=_notes())
        )
    if not setup.answers[_NAME]:
        return Done("No verification file. Run the command again with --verification-file when you have it.")
    file = _read(Path(setup.answers[_NAME]).expanduser())
    if isinstance(file, Failed):
        return file
    store_verification_file(file)
    key = f"public/{file.name}"
    body = file.line.encode()
    clients.client("s3").put_object(Bucket=settings().media_bucket, Key=key, Body=body, ContentType="text/plain")
    missing = [url for url in _addresses() if not _serves(f"{url}/{file.name}", file.line)]
    if missing:
        return Failed(
            f"{missing[0]} does not serve {file.name} yet.", "Wait a minute and run the command again.", (_NAME,)
        )
    return Done(f"{' and '.join(_addresses())} serve {file.name}. Press Verify in TikTok's portal.")


def _notes() -> tuple[str, ...]:
    site, media = settings().public_url, settings().media_url
    places = [f"In TikTok's portal, under URL properties > Verify property, add your site: {site}/"]
    if media:
        places.append(f"Also add, as a URL prefix, the address of photos and pulled videos: {media}/")
    return (*places, "The portal gives you a file tiktok….txt for each.")


def _addresses() -> list[str]:
    return [url for url in (settings().public_url, settings().media_url) if url]


def _served_already() -> str | None:
    listing = clients.client("s3").list_objects_v2(Bucket=settings().media_bucket, Prefix="public/tiktok")
    return next((one["Key"].removeprefix("public/") for one in listing.get("Contents", [])), None)


def _read(path: Path) -> VerificationFile | Failed:
    try:
        line = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        return Failed(f"{path} cannot be read ({type(error).__name__}).", "Give the path of TikTok's file.", (_NAME,))
    if not re.fullmatch(VERIFICATION_NAME, path.name) or not re.fullmatch(VERIFICATION_LINE, line):
        fix = "Give the file that TikTok's portal named tiktok….txt, unchanged."
        return Failed(f"{path.name} is not a verification file of TikTok.", fix, (_NAME,))
    return VerificationFile(path.name, line)


def _serves(url: str, line: str) -> bool:
    try:
        answer = httpx.get(url, timeout=_PATIENCE_S)
    except httpx.HTTPError:
        return False
    return answer.is_success and answer.text.strip() == line
