"""`dropcast logs`: the logs of a deployment's functions. It uses your AWS credentials."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.exit_codes import INTERRUPTED
from cli.function_logs.log_events import LogEvent, follow_events, read_events
from cli.local_stack import ROOT
from cli.output import print_json_line, print_note, print_result
from cli.stack import Stage, use_stack
from cli.time_span import seconds_of
from cli.wrong_input import WrongInputError
from dropcast import clock
from dropcast.aws.lambda_log_line import readable_message


def logs(
    function: Annotated[str, typer.Argument(help="A function, such as http-api. Default: all functions.")] = "",
    publish: Annotated[str, typer.Option(help="Only lines with this publish_id (pub_…).")] = "",
    since: Annotated[str, typer.Option(help="How far back: 30m, 12h, 2d, or a number of seconds.")] = "1h",
    limit: Annotated[int, typer.Option(help="The largest number of lines. No effect with --follow.", min=1)] = 1000,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Also print each new line, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each line as JSON (docs/cli.md).")] = False,
    stage: Stage = "dev",
) -> None:
    """Print the logs of one function, or of one publish in all functions, the oldest line first.

    It uses your AWS credentials. Example: dropcast logs --publish pub_01… --follow
    """
    since_ms = (clock.now() - seconds_of(since, "--since")) * 1000
    names = _chosen(function)
    if publish and not re.fullmatch(r"pub_\w+", publish, re.ASCII):
        raise WrongInputError(f"{publish} is not a publish_id.", "dropcast publishes list shows all publishes.")
    prefix = use_stack(stage)["EventBusName"]
    groups = {name: f"/aws/lambda/{prefix}-{name}" for name in names}
    if not follow:
        _print(_newest(read_events(groups, since_ms, publish), limit), as_json)
        return
    try:
        _print(follow_events(groups, since_ms, publish), as_json)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def function_names() -> list[str]:
    """The names of all functions. A name consists of the function's folders: functions/http/api is http-api."""
    return sorted("-".join(file.parts[-3:-1]) for file in (ROOT / "functions").glob("*/*/handler.py"))


def _chosen(function: str) -> list[str]:
    names = function_names()
    if function and function not in names:
        raise WrongInputError(f"There is no function {function}.", f"Choose from {', '.join(names)}.")
    return [function] if function else names


def _newest(events: list[LogEvent], limit: int) -> list[LogEvent]:
    shown = [one for one in events if readable_message(one.message)]
    if len(shown) > limit:
        print_note(f"There are more than {limit} lines; --limit shows more.")
    return shown[-limit:]


def _print(events: Iterable[LogEvent], as_json: bool) -> None:
    for event in events:
        words = readable_message(event.message)
        if words is None:
            continue
        at = datetime.fromtimestamp(event.at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if as_json:
            print_json_line({"at": at, "function": event.function, "message": _parsed(event.message)})
        else:
            print_result(f"{at}  {event.function:<20} {words}")


def _parsed(message: str) -> Any:
    """The value of a message that is JSON. Any other message is returned as text."""
    try:
        return json.loads(message)
    except ValueError:
        return message.rstrip()
