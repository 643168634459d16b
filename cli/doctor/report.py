"""Prints what the doctor found: one line for each check, or JSON (docs/cli/doctor.schema.json)."""

import json
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from cli.output import visible
from dropcast.health.finding import Finding, Status, urgency, worst
from dropcast.health.run_checks import Check

WORDS: dict[Status, str] = {"ok": "ok", "look": "warn", "act": "fail"}
_COLOURS: dict[Status, str] = {"ok": "green", "look": "yellow", "act": "red"}
_TITLE_WIDTH = 19


def print_findings(findings: Iterable[tuple[str, Finding]]) -> bool:
    """Print each finding with its title as soon as the check is done. Return true if no check failed."""
    passed = True
    for title, finding in findings:
        print_line(title, finding)
        passed = passed and finding.status != "act"
    return passed


def print_line(title: str, finding: Finding) -> None:
    """Print the finding of the check `title` with its fix, on stdout."""
    console = Console(highlight=False, soft_wrap=True)
    first = Text(f"{WORDS[finding.status]:<5} ", _COLOURS[finding.status])
    console.print(first.append(f"{title:<{_TITLE_WIDTH}}", "bold").append(visible(finding.words), "none"))
    further = list(finding.parts)
    if finding.status != "ok" and finding.fix:
        further.append(f"Fix: {finding.fix}{f' (docs/{finding.see})' if finding.see else ''}")
    for words in further:
        console.print(Text(" " * (6 + _TITLE_WIDTH) + visible(words)))


def as_json(stage: str, results: list[tuple[Check, Finding]]) -> str:
    """The results as JSON."""
    found = {
        "stage": stage,
        "status": WORDS[worst(finding.status for _, finding in results)],
        "checks": [_line(check, finding) for check, finding in results],
    }
    return json.dumps(found, indent=2)


def exit_code(results: list[tuple[Check, Finding]]) -> int:
    """0 if every check is ok, 1 if the worst result is a warning, 2 if a check failed."""
    return urgency("ok") - urgency(worst(finding.status for _, finding in results))


def _line(check: Check, finding: Finding) -> dict[str, Any]:
    return {
        "check": check.name,
        "title": check.title,
        "status": WORDS[finding.status],
        "words": finding.words,
        "fix": finding.fix if finding.status != "ok" else None,
        "see": f"docs/{finding.see}" if finding.see else None,
        "parts": list(finding.parts),
    }
