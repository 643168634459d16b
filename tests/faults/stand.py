"""The stack for the cells, with a proxy in front of AWS and a queue behind the event bus."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dropcast.settings import Settings
from local.options import Options
from local.stack import local_stack
from local.stack_client import StackClient
from tests.e2e.bus import Bus
from tests.e2e.road import Videos
from tests.faults.aws import AwsBetween
from tests.faults.case import CHUNK
from tests.permissions.recording import recording

# Short windows, so that a publish held by TikTok's 429 continues soon. The budgets have tests of their own.
_CALLS = ("creator_info", "video_init", "inbox_init", "content_init", "status")
_BUDGETS = ",".join([*(f"{call}=100/5" for call in _CALLS), "direct_posts=100/240", "pending_drafts=100/240"])
_SCOPES = "user.info.basic,video.list,video.publish,video.upload"
_SETTINGS = {"unaudited_active_users": 100_000, "processing_seconds": 1, "webhook_retry_seconds": 0.2}


@dataclass(frozen=True)
class Stand:
    """A running stack, and everything that its cells need."""

    journey: StackClient
    videos: Videos
    aws: AwsBetween
    bus: Bus


@contextmanager
def stand(folder: Path) -> Iterator[Stand]:
    """Start the stack; videos are made in `folder`."""
    options = Options(
        settings={
            Settings.webhooks: "absent",
            Settings.budgets: _BUDGETS,
            Settings.tiktok_scopes: _SCOPES,
            Settings.upload_chunk_bytes: str(CHUNK),
        }
    )
    with (
        recording("the fault matrix") as calls,
        AwsBetween() as aws,
        local_stack(options=options, between=aws, record=calls) as stack,
    ):
        aws.group = stack.emulator.child.pid
        journey = StackClient(stack)
        journey.sandbox("PATCH", "/settings", json=_SETTINGS)
        yield Stand(journey, Videos(folder), aws, Bus.tapped(stack))
