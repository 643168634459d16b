"""Runs every check of a stage, including those of dropcast.health."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from cli.doctor import account_checks, aws_checks, tiktok_checks
from cli.doctor.version_check import check_version
from cli.stack import Stack
from dropcast.aws.clients import AWS_ERRORS
from dropcast.health.finding import Finding
from dropcast.health.run_checks import FOR_EVERYONE, FOR_OPERATORS, Check, find_all
from dropcast.settings import settings

Result = tuple[Check, Finding]


def find_everything(stage: str) -> Iterator[Result]:
    """The finding of each check, in the order of the output. Without credentials or a usable stack, few checks run."""
    identity = aws_checks.find_identity()
    if isinstance(identity, Finding):
        yield _result("aws", "AWS", identity)
        return
    yield _result("aws", "AWS", aws_checks.identity_finding(identity))
    yield _result("clock", "Clock", aws_checks.check_clock(identity))
    found, stack = aws_checks.check_stack(stage)
    yield _result("stack", "Stack", found)
    if stack is not None:
        aws_checks.use_settings_of(stack)
        yield from find_all([_explained(check) for check in checks_of(stack)])


def checks_of(stack: Stack) -> list[Check]:
    """The checks for a stack whose settings this process has."""
    outputs = stack.outputs
    shared = [check for check in (*FOR_EVERYONE, *FOR_OPERATORS) if check.name != "tiktok_app"]
    return [
        Check("version", "Version", partial(check_version, outputs.get("DropcastVersion"))),
        Check("quotas", "Quotas of AWS", partial(aws_checks.check_quotas, settings().transfers_at_once)),
        Check("bucket", "Bucket", partial(aws_checks.check_bucket, outputs["Bucket"])),
        Check("tiktok_app", "TikTok app", tiktok_checks.check_app_credentials),
        Check("redirect_uri", "Redirect URI", partial(tiktok_checks.check_redirect_uri, outputs["RedirectUri"])),
        Check(
            "webhook_address", "Webhook address", partial(tiktok_checks.check_webhook_address, outputs["WebhookUrl"])
        ),
        Check("verified_prefix", "Verified prefix", partial(tiktok_checks.check_verified_prefix, outputs["Bucket"])),
        Check("accounts", "Accounts", account_checks.check_accounts),
        Check("scopes", "Scopes", account_checks.check_scopes),
        Check("budgets", "Budgets", account_checks.check_budgets),
        *shared,
    ]


def _result(name: str, title: str, finding: Finding) -> Result:
    return Check(name, title, lambda: finding), finding


def _explained(check: Check) -> Check:
    """The check, which now reports an AWS error in AWS's own words, because only the operator reads them here."""
    return replace(check, find=partial(_find, check.find))


def _find(find: Callable[[], Finding]) -> Finding:
    try:
        return find()
    except AWS_ERRORS as error:
        return Finding(
            "look", f"AWS refused a call of this check: {error}", "Check the permissions of your credentials."
        )
