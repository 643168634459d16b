"""Publishes the sample video, visible only to its owner, if the person wishes."""

import subprocess
import sys

from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.version import ROOT
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store.listing import ListQuery, publishes_page

SAMPLE = ROOT / "tests" / "media" / "sample.mp4"
REFERENCE = "dropcast-setup"


def publish_sample(setup: Setup) -> Found:
    """Publish it once: an earlier run's publish counts. It runs `dropcast publish`, which shows the progress."""
    account_id = setup.facts.get("account_id")
    if account_id is None:
        return Done("Without an account nothing can be published yet.")
    if earlier := _published(setup):
        return _told(setup, earlier, "The sample video is published already")
    wish = setup.yes("sample", "Publish a sample video that only the account's owner can see (SELF_ONLY)?")
    if isinstance(wish, NeedsAnswer):
        return wish
    if not wish:
        return Done("Nothing was published. dropcast publish FILE publishes a video of yours.")
    if not SAMPLE.exists():
        return Failed("The sample video is not here.", "Run the command in a checkout, or publish a video of yours.")
    ended = publish_command(account_id)
    if publish := _published(setup):
        return _told(setup, publish, "Published the sample video")
    if ended == 0:
        return Done("TikTok has not published the sample yet. dropcast publishes list shows its state.")
    fix = "Read the lines above. dropcast publishes list shows the error; run the same command again afterwards."
    return Failed("The sample video was not published.", fix)


def publish_command(account_id: str) -> int:
    """Publish the sample by this command itself; return its exit code."""
    words = [str(SAMPLE), "--account", account_id, "--privacy-level", "SELF_ONLY", "--title", "Hello from Dropcast"]
    command = [sys.executable, "-m", "cli", "publish", *words, "--reference", REFERENCE]
    return subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode  # noqa: S603


def _published(setup: Setup) -> Publish | None:
    query = ListQuery(
        account_id=setup.facts["account_id"],
        user_id=setup.facts["user_id"],
        states=(State.PUBLISHED,),
        reference=REFERENCE,
    )
    page = publishes_page(query, 1, SYSTEM)
    if isinstance(page, Problem):
        raise TypeError("a list of a user's reference has no problem")
    return next(iter(page.publishes), None)


def _told(setup: Setup, publish: Publish, words: str) -> Done:
    setup.facts["publish_id"] = publish.publish_id
    return Done(f"{words}: {publish.publish_id}.", ("dropcast console opens it in your browser.",))
