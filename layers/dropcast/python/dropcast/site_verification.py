"""The files that prove to TikTok's portal whose domain PUBLIC_URL has: the deployment's, and one stored later.

The portal shows the app's owner the name and the one line of a file, and then reads the file at the domain.
"""

import re
from dataclasses import dataclass

from dropcast.aws.tables import CONSOLE
from dropcast.settings import VERIFICATION_NAME, settings

_KEY = {"pk": "site_verification"}


@dataclass(frozen=True)
class VerificationFile:
    """A file at the root of the domain. `line` is all that it holds."""

    name: str
    line: str


def find_verification_file(name: str) -> VerificationFile | None:
    """The file of this name: the deployment's or the stored one. A name of another form costs no read."""
    if not re.fullmatch(VERIFICATION_NAME, name):
        return None
    deployed = VerificationFile(*settings().tiktok_verification_file.partition("=")[::2])
    if deployed.name == name:
        return deployed
    row = CONSOLE.get(_KEY)
    return VerificationFile(row["name"], row["line"]) if row and row["name"] == name else None


def store_verification_file(file: VerificationFile) -> None:
    """Store the file in place of the one that was stored before."""
    CONSOLE.put({**_KEY, "name": file.name, "line": file.line})
