"""make demo: connects an account and publishes a real video on this machine, then stops everything."""

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from local.stack import LocalStack, local_stack
from local.stack_client import StackClient
from local.video import padded_video

VIDEO_BYTES = 70_000_001  # over 64 MB, so that the upload needs several chunks

console = Console(highlight=False)


def main() -> None:
    """Start a stack, publish a video, print the result and stop the stack."""
    console.print("[bold]Dropcast demo[/]: no AWS account, no TikTok app, no Docker; all on this machine.\n")
    with tempfile.TemporaryDirectory() as folder, local_stack(say=_print_step) as stack:
        _publish(stack, Path(folder) / "video.mp4")
    console.print("\nEverything is stopped. Next: [bold]make up[/] keeps the stack running for you to try;")
    console.print("its [bold]console_url[/] is the console, where you connect an account and post with a browser.")
    console.print("docs/start.md shows a first call; docs/deploy.md explains the deployment to your AWS account.")


def _publish(stack: LocalStack, video: Path) -> None:
    journey = StackClient(stack)
    _print_step("Connecting the account @ana through the real OAuth routes")
    account_id = journey.connect("ana", private=True)
    _print_step(f"Making a playable MP4 of {VIDEO_BYTES:,} bytes and putting it into the bucket")
    sha256 = padded_video(video, VIDEO_BYTES)
    journey.upload(video, "demo/video.mp4")
    _print_step("POST /v1/publishes")
    taken = journey.publish(account_id, "demo/video.mp4", title="Hello from Dropcast #demo")
    shown = _follow(journey, taken["publish_id"])
    _print_result(stack, journey, shown, sha256)
    if shown["state"] != "published":
        raise SystemExit(f"The demo did not publish: {shown['error']}. The logs: {stack.log_file}")


def _follow(journey: StackClient, publish_id: str) -> dict[str, Any]:
    columns = (TextColumn("  {task.description:<11}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("queued", total=VIDEO_BYTES)
        shown: dict[str, Any] = {}
        for shown in journey.follow(publish_id):
            progress.update(task, description=shown["state"], completed=shown["bytes_sent"])
    return shown


def _print_result(stack: LocalStack, journey: StackClient, shown: dict[str, Any], sha256: str) -> None:
    timeline = Table(title="What happened", title_justify="left", box=None, padding=(0, 2))
    for column in ("at", "state", "why"):
        timeline.add_column(column)
    for moment in shown["history"]:
        timeline.add_row(moment["at"], moment["state"], moment["code"] or "")
    console.print(timeline)
    if not shown["tiktok_publish_id"]:
        return
    received = journey.received(shown["tiktok_publish_id"])
    facts = {
        "bytes": f"{received['received_bytes']:,} of {VIDEO_BYTES:,}, in {len(received['puts'])} chunks",
        "sent, SHA-256": sha256,
        "received": received["sha256"],
        "identical": "yes" if received["sha256"] == sha256 else "NO",
    }
    console.print("\n[italic]What the sandbox received[/]")
    for name, value in facts.items():
        console.print(f"  {name:<14} {value}", soft_wrap=True)
    states = stack.states_entered(stack.executions(shown["publish_id"])[0])
    console.print(f"\n[italic]State transitions used[/]: {len(states)} ({', '.join(states)})", soft_wrap=True)


def _print_step(words: str) -> None:
    console.print(f"  [dim]·[/] {words}")


if __name__ == "__main__":
    main()
