"""`python -m tests.permissions` judges the AWS calls of all stacks that the last tests started.

It prints the calls that IAM would deny, the requests that AWS would refuse, and the grants that no test used, each with
its reason. It exits with 1 if a call is denied or refused, or if a grant has no reason. --tests also prints the test
that first used each grant.
"""

import argparse
import sys
from collections.abc import Iterable

from tests.permissions.reasons import reason
from tests.permissions.record import read_record, records
from tests.permissions.verdict import Verdict, verdict


def main() -> int:
    wish = argparse.ArgumentParser(prog="python -m tests.permissions", description=__doc__)
    wish.add_argument("--tests", action="store_true", help="print the test that first used each grant")
    asked = wish.parse_args()
    paths = records()
    if not paths:
        print("No test has recorded a call of these sources. Run make e2e.")
        return 1
    found, calls = Verdict(), 0
    for record in map(read_record, paths):
        if record.template:  # empty if the stack could not be deployed
            found.join(verdict(record))
            calls += len(record.requests)
    unexplained = [str(grant) for grant in sorted(found.unused) if reason(grant) is None]
    grants = len(found.used) + len(found.unused)
    print(f"{calls} calls on {len(paths)} stacks; {len(found.used)} of {grants} grants used\n")
    _print("Calls that IAM would deny", (f"{call}  ({test})" for call, test in found.refused.items()))
    _print("Requests that AWS would refuse", (f"{call}  ({test})" for call, test in found.broken.items()))
    _print("Grants that no test used, without a reason", unexplained)
    _print("Grants that no test used, and why", _explained(found))
    if asked.tests:
        _print(
            "Grants, and the test that first used each",
            (f"{one}  ({test})" for one, test in sorted(found.used.items())),
        )
    return 1 if found.refused or found.broken or unexplained else 0


def _explained(found: Verdict) -> Iterable[str]:
    whys = {grant: why for grant in sorted(found.unused) if (why := reason(grant)) is not None}
    for why in dict.fromkeys(whys.values()):
        yield f"{why.why} ({why.test})"
        yield from (f"  {grant}" for grant, its in whys.items() if its == why)


def _print(title: str, lines: Iterable[str]) -> None:
    print("\n".join([f"{title}:", *(f"  {line}" for line in list(lines) or ["none"]), ""]))


if __name__ == "__main__":
    sys.exit(main())
