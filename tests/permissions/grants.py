"""The grants of a template: each action on each resource that a role's policies allow, and which calls need them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.infra.iam import Call, Statement, applies
from tests.infra.policies import Policies
from tests.infra.reading import many
from tests.infra.resolving import ACCOUNT, REGION, Resolver


@dataclass(frozen=True, order=True)
class Grant:
    """`role`: the function's name without the stage's prefix, or the role's own. `condition`: JSON, or "".

    `resource` is an ARN without partition, region and account.
    """

    role: str
    action: str
    resource: str
    condition: str

    def __str__(self) -> str:
        return " ".join(filter(None, [self.role, self.action, self.resource, self.condition]))


class Grants:
    """The grants of all roles of a template."""

    def __init__(self, policies: Policies) -> None:
        self._resolver = policies.resolver
        names = _role_names(policies.resolver)
        self._by_role = {
            role: [
                (
                    self._grant(names[role], action, resource, statement),
                    {**statement, "Action": action, "Resource": resource},
                )
                for statement in policies.statements(role)
                for action in many(statement["Action"])
                for resource in many(statement["Resource"])
            ]
            for role in policies.roles()
        }

    def __iter__(self) -> Iterator[Grant]:
        for granted in self._by_role.values():
            yield from (grant for grant, _ in granted)

    def needed_by(self, call: Call) -> Iterator[Grant]:
        """The grants that allow a call of a role."""
        for grant, statement in self._by_role.get(call.caller.name, []):
            if applies(statement, call):
                yield grant

    def _grant(self, role: str, action: str, resource: str, statement: Statement) -> Grant:
        condition = json.dumps(statement["Condition"]) if "Condition" in statement else ""
        return Grant(role, action, short(resource), condition)


def short(text: str) -> str:
    """An ARN without partition, region, account and the stack's name: "dynamodb:table/AccountsTable"."""
    for part in (f":{REGION}:{ACCOUNT}:", f"::{ACCOUNT}:", ":::"):
        text = text.replace(part, ":")
    return text.removeprefix("arn:aws:").replace("Dropcast-dev-", "").replace("dropcast-dev-", "")


def _role_names(resolver: Resolver) -> dict[str, str]:
    """The name of each role by its ARN: the name of the function that has it, or else its own name."""
    roles = {resolver.arn(name): short(resolver({"Ref": name})) for name in resolver.resources("IAM::Role")}
    functions = resolver.resources("Lambda::Function").values()
    return roles | {one["Role"]: short(one["FunctionName"]) for one in functions}
