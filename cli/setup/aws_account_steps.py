"""The first steps in an AWS account: tools, credentials, the CDK bootstrap and the account's quotas."""

import os

from cli.deployment import cdk_command
from cli.deployment.bootstrap_check import check_bootstrap
from cli.deployment.cdk_command import CdkFailedError
from cli.doctor.aws_checks import (
    NO_REGION,
    check_clock,
    find_identity,
    identity_finding,
    judge_limits,
    lambda_limits,
    max_transfers,
)
from cli.prompts import Question
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.setup.kept_choices import read_choices
from cli.stack import StackMissingError, find_stack
from dropcast.aws import clients
from dropcast.health.finding import Finding

_REGION = "us-east-1"
_MEMORY = "Memory: the largest function has 1,769 MB. Every AWS account allows 3,008 MB."


def check_tools(setup: Setup) -> Found:
    """Whether this is a checkout, and whether there is a Node for the CDK command."""
    del setup
    if not (cdk_command.ROOT / "cdk.json").exists():
        return Failed("This folder is not a checkout of Dropcast.", "Clone the repository and run the command there.")
    try:
        cdk_command.npx()
    except CdkFailedError as error:
        return Failed(str(error), error.fix)
    return Done(f"The CDK command {cdk_command.VERSION} can run.")


def find_account(setup: Setup) -> Found:
    """The owner of the AWS credentials, and the region in which Dropcast will run."""
    if region := setup.answers.get("region"):
        os.environ["AWS_REGION"] = region
    identity = find_identity()
    if isinstance(identity, Finding):
        if identity == NO_REGION and not region:
            return NeedsAnswer(Question("region", "AWS region", default=_REGION))
        return Failed(identity.words, identity.fix or "")
    clock = check_clock(identity)
    if clock.status == "act":
        return Failed(clock.words, clock.fix or "")
    setup.facts |= {"aws_account": identity.account, "region": identity.region}
    return Done(identity_finding(identity).words)


def bootstrap_region(setup: Setup) -> Found:
    """Whether CDK is bootstrapped in the region. If not, bootstrap it with the person's consent."""
    identity = find_identity()
    if isinstance(identity, Finding):
        return Failed(identity.words, identity.fix or "")
    found = check_bootstrap(identity)
    if found.status != "act":
        return Done(found.words)
    wish = setup.yes("bootstrap", f"{found.words} Bootstrap it now (a bucket and roles for CDK)?")
    if isinstance(wish, NeedsAnswer):
        return wish
    if not wish:
        return Failed(found.words, found.fix or "")
    try:
        cdk_command.bootstrap(identity.account, identity.region)
    except CdkFailedError as error:
        return Failed(str(error), error.fix, ("bootstrap",))
    found = check_bootstrap(identity)
    return Failed(found.words, found.fix or "") if found.status == "act" else Done(found.words)


def check_account_quotas(setup: Setup) -> Found:
    """Compare AWS's limits for the account with what the stack needs, and adapt the choices."""
    limits = lambda_limits()
    kept = read_choices()
    words = judge_limits(limits, int(kept.get("transfers_at_once", "0"))).words
    known = setup.answers.keys() | kept.keys()
    if limits.is_low and "transfers_at_once" not in known:
        most = str(max_transfers(limits))
        question = f"{words} How many of them may send videos?"
        return NeedsAnswer(Question("transfers_at_once", question, default=most))
    if "media_distribution" not in known and not _has_distribution(setup.stage):
        wish = setup.yes(
            "cloudfront",
            "Make a CloudFront distribution, from which TikTok pulls photos?",
            notes=("AWS refuses CloudFront to new accounts that it has not verified, and then nothing is deployed.",),
        )
        if isinstance(wish, NeedsAnswer):
            return wish
        setup.answers["media_distribution"] = "on" if wish else "off"
    return Done(words, (_MEMORY,))


def _has_distribution(stage: str) -> bool:
    """Whether AWS has let this account create a distribution, in this stack or in another."""
    try:
        if "MediaAddress" in find_stack(stage).outputs:
            return True
    except StackMissingError:
        pass
    listing = clients.client("cloudfront").list_distributions(MaxItems="1")["DistributionList"]
    return bool(listing.get("Items"))
