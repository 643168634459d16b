"""Publishes the sample video, visible only to its owner, if the person agrees."""

import subprocess
import sys

from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.version import ROOT
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store.listing import ListQuery, cursor, publishes_page

SAMPLE = ROOT / "tests" / "media" / "sample.mp4"
REFERENCE = "dropcast-setup"

_MAY_BE_POSTED = tuple(state for state in State if state not in (State.FAILED, State.CANCELLED))


def publish_sample(setup: Setup) -> Found:
    """Publish the sample once. The publish of an earlier run counts unless it failed or was cancelled.

    This function runs `dropcast publish`, which shows the progress.
    """
    account_id = setup.facts.get("account_id")
    if account_id is None:
        return Done("Without an account nothing can be published yet.")
    if earlier := _latest(setup):
        words = "is published already" if earlier.state is State.PUBLISHED else f"was sent already ({earlier.state})"
        return _told(setup, earlier, f"The sample video {words}")
    wish = setup.yes("sample", "Publish a sample video that only the account's owner can see (SELF_ONLY)?")
    if isinstance(wish, NeedsAnswer):
        return wish
    if not wish:
        return Done("Nothing was published. dropcast publish FILE publishes a video of yours.")
    if not SAMPLE.exists():
        return Failed("The sample video is not here.", "Run the command in a checkout, or publish a video of yours.")
    ended = publish_command(account_id)
    publish = _latest(setup)
    if publish is not None and publish.state is State.PUBLISHED:
        return _told(setup, publish, "Published the sample video")
    if ended == 0:
        return Done("TikTok has not published the sample yet. dropcast publishes list shows its state.")
    fix = "Read the lines above. dropcast publishes list shows the error; run the same command again afterwards."
    return Failed("The sample video was not published.", fix)


def publish_command(account_id: str) -> int:
    """Publish the sample with `dropcast publish`, and return the exit code."""
    words = [str(SAMPLE), "--account", account_id, "--privacy-level", "SELF_ONLY", "--title", "Hello from Dropcast"]
    command = [sys.executable, "-m", "cli", "publish", *words, "--reference", REFERENCE]
    return subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode  # noqa: S603


def _latest(setup: Setup) -> Publish | None:
    """The latest publish of the sample that TikTok has posted or may still post."""
    after = None
    while True:
        query = ListQuery(
            account_id=setup.facts["account_id"],
            user_id=setup.facts["user_id"],
            states=_MAY_BE_POSTED,
            reference=REFERENCE,
            after=after,
        )
        page = publishes_page(query, 1, SYSTEM)
        if isinstance(page, Problem):
            raise TypeError("a list of a user's reference has no problem")
        after = cursor(page)
        if page.publishes or after is None:
            return next(iter(page.publishes), None)


def _told(setup: Setup, publish: Publish, words: str) -> Done:
    setup.facts["publish_id"] = publish.publish_id
    return Done(f"{words}: {publish.publish_id}.", ("dropcast console opens it in your browser.",))
