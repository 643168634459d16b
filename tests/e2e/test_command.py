"""`dropcast publish` against the local stack: killed during the upload and run again, refused, and with pictures."""

import json
import os
import re
import signal
import subprocess
import sys
import time

from PIL import Image

from local.folder import ROOT
from tests.e2e.road import SEVERAL_CHUNKS, SMALL, posts, wait_for


def command(stack, *words):
    env = {**os.environ, "DROPCAST_URL": stack.base_url, "DROPCAST_API_KEY": stack.api_key}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "publish", *map(str, words)],
        cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def parts_there_after_a_moment(uploading: subprocess.Popen[str], journey, upload_id: str) -> list[int]:
    """The parts that were uploaded shortly after the command continued.

    The command is then stopped, so that it cannot finish.
    """
    uploading.send_signal(signal.SIGCONT)
    time.sleep(0.02)
    uploading.send_signal(signal.SIGSTOP)
    return journey.api("GET", f"/v1/uploads/{upload_id}").json()["parts_there"]


def test_a_killed_upload_continues_and_is_published_once(journey, account, videos, stack):
    path, sha256 = videos(SEVERAL_CHUNKS)
    words = (path, "--account", account, "--privacy-level", "SELF_ONLY", "--title", "from the command line")
    with command(stack, *words) as first:
        assert first.stderr is not None
        [upload_id] = re.findall(r"upl_\w+", first.stderr.readline())
        wait_for(lambda: parts_there_after_a_moment(first, journey, upload_id))
        first.send_signal(signal.SIGKILL)

    with command(stack, *words, "--resume", upload_id) as second:
        out, err = second.communicate(timeout=120)

    assert second.returncode == 0, err
    assert out.startswith("pub_")
    [post] = posts(journey, account)
    assert (post["sha256"], post["title"]) == (sha256, "from the command line")


def test_a_publish_that_tiktok_would_refuse_is_reported_and_the_command_fails(journey, account, videos, stack):
    with command(stack, videos(SMALL)[0], "--account", account, "--privacy-level", "PUBLIC_TO_EVERYONE") as refused:
        out, err = refused.communicate(timeout=60)

    assert (refused.returncode, out) == (1, "")
    assert "TikTok does not offer PUBLIC_TO_EVERYONE to this creator now" in err


def test_pictures_become_one_photo_post(journey, account, stack, tmp_path):
    pictures = [tmp_path / "beach.png", tmp_path / "menu.webp"]
    for picture in pictures:
        Image.new("RGB", (720, 1280), "teal").save(picture)

    with command(stack, *pictures, "--account", account, "--privacy-level", "SELF_ONLY", "--json") as ran:
        out, err = ran.communicate(timeout=60)

    assert ran.returncode == 0, err
    shown = json.loads(out)
    assert (shown["kind"], shown["state"]) == ("photo", "published")
    assert [one["mended"] for one in shown["pictures"]] == [["format"], []]
    assert len(posts(journey, account)) == 1
