"""Checks of the AWS account: the credentials, the clock, the stack, its bucket and the account's quotas."""

import os
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from botocore.session import get_session

from cli.stack import Stack, StackMissingError, find_stack, use_region
from dropcast import clock
from dropcast.aws import clients
from dropcast.health.finding import Finding, Status, duration
from dropcast.settings import Settings, settings

_CLOCK_LOOK_S = 30
# AWS refuses requests whose time differs from AWS's clock by more than 5 minutes.
_CLOCK_ACT_S = 240
# The functions for the API, webhooks, queues and schedules, in addition to those for transfers.
_FUNCTIONS_OF_OTHERS = 6
_FUNCTIONS_ENOUGH = 100
_FUNCTIONS_TOO_FEW = 20
_FUNCTIONS_WITH_SETTINGS = ("http-console", "http-connect")
_NEW_ACCOUNTS = "deploy.md#if-the-aws-account-is-new"
_ENABLE = "--versioning-configuration Status=Enabled"
_SKEWED = {"RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}

NO_REGION = Finding("act", "No AWS region is chosen.", "Set AWS_REGION, for example to us-east-1.", "deploy.md")


@dataclass(frozen=True)
class Identity:
    """The owner of the credentials. skew_s: this machine's clock minus AWS's, in seconds; 0 if it is unknown."""

    account: str
    arn: str
    region: str
    skew_s: int


def find_identity() -> Identity | Finding:
    """The owner of the AWS credentials and their region, or a finding that says why they are unknown."""
    use_region()
    region = get_session().get_config_variable("region")
    if not region:
        return NO_REGION
    try:
        told = clients.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        return _no_identity(error)
    sent = told["ResponseMetadata"]["HTTPHeaders"].get("date")
    skew_s = clock.now() - int(parsedate_to_datetime(sent).timestamp()) if sent else 0
    return Identity(told["Account"], told["Arn"], region, skew_s)


def _no_identity(error: Exception) -> Finding:
    if isinstance(error, NoRegionError):
        return NO_REGION
    if isinstance(error, NoCredentialsError):
        fix = "Run aws configure (or aws sso login) and set AWS_PROFILE."
        return Finding("act", "There are no AWS credentials on this machine.", fix, "deploy.md#you-need")
    if isinstance(error, ClientError):
        code = clients.error_code(error)
        clock_words = " The clock of this machine may be wrong." if code in _SKEWED else ""
        fix = "Renew the credentials (aws sso login), or choose others by AWS_PROFILE."
        return Finding("act", f"AWS refuses the credentials ({code}).{clock_words}", fix, "deploy.md#you-need")
    words = f"AWS does not answer ({type(error).__name__})."
    return Finding("act", words, "Check the network, AWS_REGION and AWS_ENDPOINT_URL.")


def identity_finding(identity: Identity) -> Finding:
    """The owner of the credentials, as a finding."""
    return Finding("ok", f"Account {identity.account}, region {identity.region}, as {identity.arn}.")


def check_clock(identity: Identity) -> Finding:
    """Whether this machine's clock agrees with AWS's clock. Makes no call."""
    away = abs(identity.skew_s)
    if away < _CLOCK_LOOK_S:
        return Finding("ok", "This machine's clock agrees with AWS's.")
    status: Status = "act" if away >= _CLOCK_ACT_S else "look"
    side = "ahead of" if identity.skew_s > 0 else "behind"
    words = f"This machine's clock is {duration(away)} {side} AWS's."
    return Finding(status, words, "Switch on the time synchronisation (NTP) of this machine.")


def check_stack(stage: str) -> tuple[Finding, Stack | None]:
    """The state of the stage's stack. Also the stack itself, if its functions can run. Makes one call."""
    try:
        stack = find_stack(stage)
    except StackMissingError as missing:
        return Finding("act", str(missing), "Run dropcast setup, or choose another stage with --stage."), None
    found = judge_stack(stack)
    return found, None if found.status == "act" else stack


def judge_stack(stack: Stack) -> Finding:
    """The meaning of the stack's status. The finding `act` means that the stack's functions cannot run."""
    status, name = stack.status, stack.name
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return Finding("ok", f"{name} is deployed ({status}).")
    if status.endswith("IN_PROGRESS"):
        return Finding("look", f"{name} is changing ({status}).", "Wait until the deployment has ended.")
    if status in ("UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"):
        words = f"The last deployment of {name} failed, so the previous one still runs ({status})."
        return Finding("look", words, f"Read the events of {name} in CloudFormation, then run make deploy.")
    words = f"{name} is not usable ({status})."
    fix = f"Read the events of {name} in CloudFormation. Remove the stack (make destroy), then run dropcast setup."
    return Finding("act", words, fix, "deploy.md#remove-it")


def use_settings_of(stack: Stack) -> None:
    """Copy the settings that these checks need from deployed functions into this process. Makes two calls."""
    known = {one.variable for one in Settings.declared()}
    for function in _FUNCTIONS_WITH_SETTINGS:
        name = f"{stack.outputs['EventBusName']}-{function}"
        found = clients.client("lambda").get_function_configuration(FunctionName=name)
        values = found.get("Environment", {}).get("Variables", {})
        os.environ.update({variable: value for variable, value in values.items() if variable in known})
    settings.cache_clear()


def check_bucket(bucket: str) -> Finding:
    """Whether the stack's bucket exists and has versioning. Makes two calls."""
    clients.client("s3").head_bucket(Bucket=bucket)
    if clients.client("s3").get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled":
        return Finding("ok", f"The bucket {bucket} answers, and it is versioned.")
    words = f"The bucket {bucket} is not versioned, so a publish is not bound to one version of its video."
    return Finding("act", words, f"aws s3api put-bucket-versioning --bucket {bucket} {_ENABLE}")


@dataclass(frozen=True)
class LambdaLimits:
    """Lambda's limits for this account in this region."""

    functions_at_once: int

    @property
    def is_low(self) -> bool:
        return self.functions_at_once < _FUNCTIONS_ENOUGH


def lambda_limits() -> LambdaLimits:
    """The account's limits for Lambda. Makes one call."""
    return LambdaLimits(clients.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"])


def check_quotas(transfers_at_once: int) -> Finding:
    """Whether Lambda can run enough functions at once. transfers_at_once: the setting; 0 means no limit."""
    return judge_limits(lambda_limits(), transfers_at_once)


def judge_limits(limits: LambdaLimits, transfers_at_once: int) -> Finding:
    """Compare the limits with what the stack needs."""
    allowed = limits.functions_at_once
    words = f"AWS runs at most {allowed} functions at once for this account and region."
    more = (
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
        "--desired-value 1000"
    )
    if not limits.is_low:
        return Finding("ok", words)
    if 0 < transfers_at_once <= allowed - _FUNCTIONS_OF_OTHERS:
        words += f" At most {transfers_at_once} of them send videos (transfers_at_once)."
        return Finding("look", words, f"To send more at once: {more}", _NEW_ACCOUNTS)
    status: Status = "act" if allowed < _FUNCTIONS_TOO_FEW else "look"
    fix = f"Request more ({more}). Until then deploy with transfers_at_once={max_transfers(limits)}."
    return Finding(
        status,
        f"{words} Transfers of videos could use all of them.",
        fix,
        _NEW_ACCOUNTS,
    )


def max_transfers(limits: LambdaLimits) -> int:
    """How many functions may transfer videos so that enough are left for everything else."""
    return max(1, limits.functions_at_once - _FUNCTIONS_OF_OTHERS)
