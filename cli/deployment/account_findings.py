"""Checks the AWS account before CDK deploys to it: credentials, region, clock and bootstrap."""

from collections.abc import Iterator

from cli.deployment.bootstrap_check import check_bootstrap
from cli.doctor.aws_checks import check_clock, find_identity, identity_finding
from dropcast.health.finding import Finding


def check_account() -> Iterator[tuple[str, Finding]]:
    """The title and the finding of each check. Without credentials or a region there is only one finding."""
    identity = find_identity()
    if isinstance(identity, Finding):
        yield "AWS", identity
        return
    yield "AWS", identity_finding(identity)
    yield "Clock", check_clock(identity)
    yield "Bootstrap", check_bootstrap(identity)
