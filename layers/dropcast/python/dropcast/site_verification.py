"""Verification files: they prove to TikTok's portal that the app's owner controls the domain of PUBLIC_URL.

The portal shows the owner the name and the only line of a file. Then it reads this file from the domain. One file can
be in the deployment's settings, and one more can be stored in the console's table later.
"""

import re
from dataclasses import dataclass

from dropcast.aws.tables import CONSOLE
from dropcast.settings import VERIFICATION_NAME, settings

_KEY = {"pk": "site_verification"}


@dataclass(frozen=True)
class VerificationFile:
    """A file at the root of the domain. `line` is its whole content."""

    name: str
    line: str


def find_verification_file(name: str) -> VerificationFile | None:
    """The file with this name, from the settings or from the console's table, or None.

    Does not read the table if `name` cannot be the name of a verification file.
    """
    if not re.fullmatch(VERIFICATION_NAME, name):
        return None
    deployed = VerificationFile(*settings().tiktok_verification_file.partition("=")[::2])
    if deployed.name == name:
        return deployed
    row = CONSOLE.get(_KEY)
    return VerificationFile(row["name"], row["line"]) if row and row["name"] == name else None


def store_verification_file(file: VerificationFile) -> None:
    """Store the file in place of the previous one."""
    CONSOLE.put({**_KEY, "name": file.name, "line": file.line})
