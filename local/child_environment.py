"""The environment of child processes: the machine's usual variables and dummy AWS credentials."""

import os
from collections.abc import Mapping

ACCOUNT = "000000000000"
REGION = "us-east-1"

# Functions inherit MiniStack's environment. Any other variable (PUBLIC_URL, PYTHONPATH, AWS_PROFILE …) would change a
# function's settings, although the template does not set it.
_KEPT = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY"}
_LOOPBACK = "127.0.0.1,localhost"

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}


def child_environment(user: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a child: without the user's AWS settings, with dummy credentials."""
    kept = {name: value for name, value in user.items() if name.upper() in _KEPT}
    never_proxied = ",".join(filter(None, [user.get("NO_PROXY", user.get("no_proxy", "")), _LOOPBACK]))
    return kept | {
        "NO_PROXY": never_proxied,
        "no_proxy": never_proxied,
        "PYTHONUNBUFFERED": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
