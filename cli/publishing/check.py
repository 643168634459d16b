"""Asks the API whether a publish can be posted, and prints its report."""

from cli.exit_codes import NOT_PUBLISHED
from cli.output import print_error, print_note, time_text
from dropcast_client.models.preflight import FindingView, ReportView


def print_problems(problems: list[FindingView]) -> None:
    """Print each problem with its field and its fix."""
    for one in problems:
        print_error(f"{one.field}: {one.message}", one.fix)
        if one.ffmpeg:
            print_note(one.ffmpeg)


def print_report(report: ReportView) -> int:
    """Print the problems, the warnings and the plan; return the exit code."""
    print_problems(report.problems)
    for one in report.warnings:
        print_note(f"Warning: {one.field}: {one.message} {one.fix}")
    if report.plan:
        print_note(f"Dropcast would post it at {time_text(report.plan.goes_at)} by {report.plan.via}.")
        print_note(f"AWS would charge about {report.plan.cost.micro_usd / 1_000_000:.6f} USD.")
    print_note("It can be posted." if report.ok else "It cannot be posted.")
    return 0 if report.ok else NOT_PUBLISHED
