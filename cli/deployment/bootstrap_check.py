"""Checks what `cdk bootstrap` has created in the account and region."""

from botocore.exceptions import ClientError

from cli.deployment.cdk_command import VERSION
from cli.doctor.aws_checks import Identity
from dropcast.aws import clients
from dropcast.aws.clients import error_code
from dropcast.health.finding import Finding

PARAMETER = "/cdk-bootstrap/hnb659fds/version"
# The template needs what this version of `cdk bootstrap` creates. CDK writes PARAMETER and this version into
# manifest.json.
OLDEST_VERSION = 6
_PAGE = "deploy.md#once-per-account-and-region"


def check_bootstrap(identity: Identity) -> Finding:
    """Whether CDK is bootstrapped. Makes one call. Raises botocore's errors if AWS does not answer."""
    command = f'cd "$(mktemp -d)" && npx aws-cdk@{VERSION} bootstrap aws://{identity.account}/{identity.region}; cd -'
    try:
        version = clients.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"]
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            words = f"CDK is not bootstrapped in account {identity.account} and region {identity.region}."
            return Finding("act", words, command)
        words = f"AWS does not say whether CDK is bootstrapped ({error_code(error)})."
        return Finding("look", words, f"Allow ssm:GetParameter for {PARAMETER}.", _PAGE)
    if int(version) < OLDEST_VERSION:
        return Finding("act", f"CDK's bootstrap has the old version {version}.", command)
    return Finding("ok", f"CDK is bootstrapped (version {version}).")
