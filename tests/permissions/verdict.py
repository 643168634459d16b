"""Judges a record: the calls that IAM or AWS would refuse, and for each grant the test that first used it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.infra.iam import Call, Caller, Values
from tests.infra.policies import Policies
from tests.infra.service_calls import ServiceCalls
from tests.permissions import dynamodb_rules, model_rules
from tests.permissions.dynamodb_items import tables_of
from tests.permissions.grants import Grant, Grants, short
from tests.permissions.needed import Need, needs
from tests.permissions.places import Places
from tests.permissions.record import Record
from tests.permissions.requests import Request

# The functions that sign URLs for each operation. A record does not show which of them signed a URL, so all must be
# allowed.
SIGNERS = {
    "GetObject": ("http-console",),
    "UploadPart": ("http-api", "http-console"),
}
_BY_AWS = "AWS"


@dataclass
class Verdict:
    """`refused`: calls that IAM would deny. `broken`: requests that AWS would refuse. Each has the test that made it.

    `used`: the test that first needed each grant, or "AWS" if a service needs it by itself. `unused`: the other grants.
    """

    refused: dict[str, str] = field(default_factory=dict[str, str])
    broken: dict[str, str] = field(default_factory=dict[str, str])
    used: dict[Grant, str] = field(default_factory=dict[Grant, str])
    unused: set[Grant] = field(default_factory=set[Grant])

    def join(self, other: "Verdict") -> None:
        """Add the verdict on another record."""
        self.refused = other.refused | self.refused
        self.broken = other.broken | self.broken
        self.used = other.used | self.used
        self.unused = (self.unused | other.unused) - self.used.keys()


def verdict(record: Record) -> Verdict:
    """Evaluate every call of the record against the roles of its template."""
    judge = _Judge(record)
    for request, test in zip(record.requests, record.tests, strict=True):
        judge.hear(request, test)
    judge.hear_services()
    judge.found.unused = set(judge.grants) - judge.found.used.keys()
    return judge.found


class _Judge:
    def __init__(self, record: Record) -> None:
        self.policies = Policies(record.template, record.parameters)
        self.grants = Grants(self.policies)
        self.found = Verdict()
        self._places = Places(self.policies.resolver, record.resources)
        self._tables = tables_of(record.template, record.resources)
        self._prefix = f"{self.policies.resolver({'Fn::Sub': '${AWS::StackName}'})}-".lower()
        self._keys = {role: self.policies.keys_of(role) for role in self.policies.roles()}
        self._decided = set[tuple[object, ...]]()
        self._called: dict[str, str] = {}

    def hear(self, request: Request, test: str) -> None:
        """Judge a request that arrived while `test` ran."""
        for function in self._callers(request):
            self._called.setdefault(function, test)
            for need in needs(request, self._places):
                self._decide(function, need, test)
        rules = dynamodb_rules.breaches(request, self._tables) if request.service == "dynamodb" else []
        for breach in [*rules, *model_rules.breaches(request)]:
            self.found.broken.setdefault(
                f"{short(request.caller)} {request.service}:{request.operation}: {breach}", test
            )

    def _callers(self, request: Request) -> list[str]:
        if request.caller:
            return [request.caller]
        return [f"{self._prefix}{one}" for one in SIGNERS[request.operation]]

    def _decide(self, function: str, need: Need, test: str) -> None:
        role = self._places.role(function)
        known = self._known(role, need.context)
        call = Call(Caller(role), need.action, need.resource, {"aws:SecureTransport": "true", **known})
        case = (role, need.action, need.resource, repr(sorted(known.items())))
        if case in self._decided:
            return
        self._decided.add(case)
        if not self.policies.allow(call):
            words = f"{short(function)} {need.action} {short(need.resource)} {known or ''}".rstrip()
            self.found.refused.setdefault(words, test)
        for grant in self.grants.needed_by(call):
            self.found.used.setdefault(grant, test)

    def _known(self, role: str, context: Mapping[str, Values]) -> dict[str, Values]:
        """The condition keys that a policy of the role mentions. Other keys have no effect."""
        return {key: value for key, value in context.items() if key.lower() in self._keys[role]}

    def hear_services(self) -> None:
        """Add the calls of AWS's services. A service's call of a function counts as used if the function was called."""
        for call in self._of_services():
            test = self._evidence(call)
            for grant in self.grants.needed_by(call) if test else ():
                self.found.used.setdefault(grant, test)

    def _of_services(self) -> Iterator[Call]:
        return (call for call in ServiceCalls(self.policies.resolver) if not call.caller.is_service)

    def _evidence(self, call: Call) -> str:
        if call.action == "lambda:InvokeFunction":
            return self._called.get(call.resource.rpartition(":")[2], "")
        return _BY_AWS
