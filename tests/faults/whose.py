"""Finds the account of an AWS call by the names in the call: the account's id, its publishes, and TikTok's ids of
them.
"""

import re
from collections import deque

_NAME = re.compile(
    r"acc_[0-9a-z]{26}|pub_[0-9a-z]{26}|[vp]_(?:pub|inbox)_(?:file|url)~v2-1\.\d+|-000[\w-]{32}|in/[0-9a-f]{12}"
)
# A task token contains no name, so it is learned from the row that stores it.
_TOKEN_KEPT, _TOKEN_SENT = re.compile(r'":token": {"S": "([^"]+)"}'), re.compile(r'"taskToken": "([^"]+)"')
_PORTS = 200


class Whose:
    """The known names of each account, and the ports that made AWS calls for it, the latest one last."""

    def __init__(self) -> None:
        self._accounts: dict[str, str] = {}
        self._ports: dict[str, deque[int]] = {}

    def about(self, account: str, *names: str) -> None:
        """From now on, a call that contains one of `names` (each matches _NAME) counts as a call for the account."""
        for name in (account, *names):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name} has no form that a call is searched for")
            self._accounts.setdefault(name, account)
        self._ports.setdefault(account, deque(maxlen=_PORTS))

    def accounts_of(self, operation: str, text: str, port: int) -> list[str]:
        """The accounts that the call concerns.

        If a transaction concerns an account, all names in it become names of that account.
        """
        names = _NAME.findall(text) + _TOKEN_SENT.findall(text)
        accounts = list(dict.fromkeys(self._accounts[name] for name in names if name in self._accounts))
        for account in accounts:
            self._ports[account].append(port)
        if operation == "TransactWriteItems" and len(accounts) == 1:
            self.about(accounts[0], *names)
        if operation == "UpdateItem" and accounts:
            self._accounts.update(dict.fromkeys(_TOKEN_KEPT.findall(text), accounts[0]))
        return accounts

    def ports(self, account: str) -> list[int]:
        """The ports from which AWS calls for the account came, the latest one first."""
        return list(reversed(self._ports[account]))
