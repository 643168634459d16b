"""The faults of a publish.

Each function returns an injury, which is applied to a case before its publish is requested.
"""

import time
from collections.abc import Callable
from typing import Any

from tests.e2e.road import received_bytes, send_signed, wait_for
from tests.faults.case import CHUNK, Case

Injury = Callable[[Case], None]

HTML = "<html><h1>502 Bad Gateway</h1></html>"
# TikTok delays an answer by this time, in which the cell finds a process. Callers wait up to 30 s.
_HELD_S = 25
_FOUND_S = 20
# TikTok delays an answer by this time, in which the cell does something else to the publish.
_LATE_S = 6


def tiktok(route: str, kind: str, **details: Any) -> Injury:
    """A fault of the sandbox (docs/sandbox.md) for this case's creator only."""

    def do(case: Case) -> None:
        fault = {"route": route, "kind": kind, "open_id": case.open_id, "times": 1, "skip": 0, **details}
        case.ordered.append(fault)
        case.journey.sandbox("POST", "/faults", json=fault)

    return do


def html(route: str, status: int = 502, **details: Any) -> Injury:
    return tiktok(route, "answer", status=status, body=HTML, **details)


def malformed(route: str, **details: Any) -> Injury:
    return tiktok(route, "answer", status=200, body='{"data": {"publish_', **details)


def refresh_needed(case: Case) -> None:
    """TikTok reports the access token as invalid, so that Start refreshes it."""
    tiktok("creator_info", "error", code="access_token_invalid")(case)


def token(injury: Injury) -> Injury:
    """The injury happens during a token refresh in Start."""
    return both(refresh_needed, injury)


def killed_during(function: str, route: str, skip: int = 0) -> Injury:
    """The process of `function` dies while TikTok delays its answer to `route`. TikTok has executed the request."""

    def do(case: Case) -> None:
        tiktok(route, "slow_answer", seconds=_HELD_S, skip=skip)(case)

        def kill() -> None:
            case.wait_asked(route, skip + 1)
            if route == "upload":
                wait_for(lambda: received_bytes(case.journey, case.publish_id) >= min((skip + 1) * CHUNK, case.size))
            _kill(case, function)

        case.later.append(kill)

    return do


def _kill(case: Case, function: str) -> None:
    """Kill the process.

    The kernel's list of connections may be incomplete, so it is read until it contains the process.
    """
    wait_for(lambda: case.aws.kill_caller(case.account, function), seconds=_FOUND_S)


def killed_midway(skip: int) -> Injury:
    """The sender's process dies in the middle of the chunk after `skip` whole ones."""

    def do(case: Case) -> None:
        tiktok("upload", "slow_body", bytes_per_second=CHUNK // _HELD_S, skip=skip)(case)

        def arrives() -> bool:
            uploads = case.asked("upload")
            return len(uploads) > skip and uploads[skip]["bytes_received"] > CHUNK // 10

        def kill() -> None:
            wait_for(arrives)
            _kill(case, "workflow-transfer")

        case.later.append(kill)

    return do


def refused_after(route: str, skip: int = 0) -> Injury:
    """TikTok's address refuses connections for some seconds after its answer to this request."""

    def do(case: Case) -> None:
        if route == "creator_info_401":
            tiktok("creator_info", "error", code="access_token_invalid", seconds=_LATE_S)(case)
        else:
            tiktok(route, "slow_answer", seconds=_LATE_S, skip=skip)(case)

        def away() -> None:
            case.wait_asked(route.removesuffix("_401"), skip + 1)
            case.journey.sandbox("POST", "/away", json={"seconds": _LATE_S + 4})

        case.later.append(away)

    return do


def refused_at_first(case: Case) -> None:
    """TikTok's address refuses connections when the publish begins."""
    case.journey.sandbox("POST", "/away", json={"seconds": 8})


def clock_jump(seconds: int, after: str | None = None, skip: int = 0) -> Injury:
    """TikTok's clock is ahead by this time, either from the start or from the first request to `after`."""

    def jump(case: Case) -> None:
        case.journey.sandbox("POST", "/clock", json={"advance": seconds})

    def do(case: Case) -> None:
        if after is None:
            jump(case)
            return
        tiktok(after, "slow_answer", seconds=_LATE_S, skip=skip)(case)
        case.later.append(lambda: (case.wait_asked(after, skip + 1), jump(case))[-1])

    return do


def once_asked(route: str, injury: Injury) -> Injury:
    """Apply the injury while TikTok answers `route`, so that it affects the next calls."""

    def do(case: Case) -> None:
        tiktok(route, "slow_answer", seconds=_LATE_S)(case)
        case.later.append(lambda: (case.wait_asked(route), injury(case))[-1])

    return do


def no_webhooks(case: Case) -> None:
    """TikTok sends no webhooks about this creator, so that only polls show the result."""
    case.journey.sandbox("PATCH", f"/creators/{case.username}", json={"webhooks": False})


def polled(injury: Injury) -> Injury:
    """The injury, while TikTok sends no webhooks."""
    return both(no_webhooks, injury)


def both(*injuries: Injury) -> Injury:
    def do(case: Case) -> None:
        for injury in injuries:
            injury(case)

    return do


def again(function: str, *, when: str | None = None, times: int = 2, **event: Any) -> Injury:
    """Invoke the function `times` more times, at once or after a request to TikTok at `when`."""

    def do(case: Case) -> None:
        if when:
            tiktok(when, "slow_answer", seconds=4)(case)

        def invoke() -> None:
            if when is not None:
                case.wait_asked(when)
            for _ in range(times):
                case.call(function, case.step_event(**event))

        case.later.append(invoke)

    return do


def again_at_rest(function: str, **event: Any) -> Injury:
    """Invoke the function twice more after the publish is at rest."""

    def do(case: Case) -> None:
        def invoke() -> None:
            case.until_rest(90)
            for _ in range(2):
                case.call(function, case.step_event(**event))

        case.later.append(invoke)

    return do


def dropped_again(case: Case) -> None:
    """Send S3's event for the drop twice more."""

    def invoke() -> None:
        for _ in range(2):
            case.call("storage-drop", case.dropped)

    case.later.append(invoke)


def redelivered(case: Case) -> None:
    """Repeat S3's event until its function succeeds. AWS does this itself, but the emulator does not."""
    case.redelivers = True


def banned_meanwhile(case: Case) -> None:
    """TikTok starts a post, and bans its creator before deciding on the post."""
    tiktok("video_init", "slow_answer", seconds=_LATE_S)(case)

    def ban() -> None:
        case.wait_asked("video_init")
        case.journey.sandbox("PATCH", f"/creators/{case.username}", json={"banned": True})

    case.later.append(ban)


def executed_again(case: Case) -> None:
    """Start the execution once more by its name, and once more by the sweep."""

    def start() -> None:
        stack = case.journey.stack
        client = stack.client("stepfunctions")
        try:
            client.start_execution(stateMachineArn=stack.outputs["StateMachineArn"], name=case.publish_id, input="{}")
        except client.exceptions.ExecutionAlreadyExists:
            case.call("schedule-sweep", {})

    case.later.append(start)


def webhooks(*events: str, before: str | None = None, age_s: int = 0, times: int = 1) -> Injury:
    """Send true webhooks about the publish, when it is at rest or before the answer to `before`.

    `age_s` is the age of their signature in seconds.
    """

    def do(case: Case) -> None:
        if before:
            tiktok(before, "slow_answer", seconds=5)(case)

        def send() -> None:
            if before:
                wait_for(lambda: [one for one in case.asked(before) if one["publish_id"]])
                name = case.asked(before)[-1]["publish_id"]
            else:
                name = case.until_rest(90)["tiktok_publish_id"]
            for event in events * times:
                _webhook(case, event, name, age_s)

        case.later.append(send)

    return do


def _webhook(case: Case, event: str, name: str, age_s: int) -> None:
    content = {"publish_id": name, "publish_type": "DIRECT_POST"}
    if event == "post.publish.failed":
        content["reason"] = "internal"
    at = int(time.time())
    send_signed(case.journey.stack, event, content, open_id=case.open_id, create_time=at, age_s=age_s)
