"""Writes the shell file of `make up`. After `source` of this file, the commands in the documentation work unchanged."""

import shlex
from pathlib import Path

from local.child_environment import CREDENTIALS
from local.stack import LocalStack

FILE_NAME = "env"

# AWS tools would use these variables in place of the credentials below.
_UNSET = "unset AWS_PROFILE AWS_SESSION_TOKEN"


def variables(stack: LocalStack, account_id: str | None) -> dict[str, str]:
    """The variables with which curl, the AWS CLI and `dropcast` call `stack`. `account_id` is a connected account."""
    return {
        "BASE": stack.base_url,
        "KEY": stack.api_key,
        "BUCKET": stack.bucket,
        "ACCOUNT": account_id or "",
        "SANDBOX": stack.sandbox_url or "",
        "LOG": str(stack.log_file),
        "DROPCAST_URL": stack.base_url,
        "DROPCAST_API_KEY": stack.api_key,
        "DROPCAST_STAGE": stack.stage,
        "AWS_ENDPOINT_URL": stack.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
    }


def write_shell_file(folder: Path, stack: LocalStack, account_id: str | None) -> Path:
    """Write the file and return its path. Only its owner can read it, because it contains the API key."""
    path = folder / FILE_NAME
    path.touch(mode=0o600)
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables(stack, account_id).items()]
    path.write_text("\n".join([_UNSET, *exports, ""]))
    return path
