"""All policies of a template: what identities may do, what resources allow, and the decision for a call."""

from collections.abc import Mapping
from typing import Any

from tests.infra.iam import Call, Caller, Statement, Values, is_allowed
from tests.infra.reading import Template, many
from tests.infra.resolving import ACCOUNT, Resolver


class Policies:
    """The policies of a template with its intrinsic functions resolved. Identities are roles, by their ARNs."""

    def __init__(self, template: Template, parameters: Mapping[str, str] | None = None) -> None:
        self.resolver = Resolver(template, parameters)
        self._identity: dict[str, list[Statement]] = {}
        self._resource: dict[str, list[Statement]] = {}
        self._read_roles()
        self._read_resource_policies()
        self._read_permissions()

    def allow(self, call: Call) -> bool:
        """Whether the policies of both sides allow the call."""
        assert call.caller.is_service or call.caller.name in self._identity, call.caller.name
        return is_allowed(
            call,
            identity=self._identity.get(call.caller.name, []),
            resource=self._policy_of(call.resource),
            owner=ACCOUNT,
        )

    def role_allows(self, role: str, action: str, resource: str, keys: Mapping[str, Values] | None = None) -> bool:
        """Whether a role may do `action` on `resource`, in a call with these condition keys."""
        return self.allow(Call(Caller(role), action, resource, {"aws:SecureTransport": "true", **(keys or {})}))

    def roles(self) -> list[str]:
        """The ARNs of all roles."""
        return list(self._identity)

    def statements(self, role: str) -> list[Statement]:
        """The statements of a role's own policies."""
        return self._identity[role]

    def keys_of(self, role: str) -> set[str]:
        """The condition keys, in lower case, of the role's policies and of all policies of resources."""
        decisive = [*self._identity[role], *(one for policy in self._resource.values() for one in policy)]
        return {key.lower() for one in decisive for compared in one.get("Condition", {}).values() for key in compared}

    def grantors(self) -> list[str]:
        """The ARNs of the resources whose own policy allows something."""
        return [arn for arn, policy in self._resource.items() if any(one["Effect"] == "Allow" for one in policy)]

    def withdraw(self, resource: str) -> None:
        """Keep only denials in the policy of `resource`."""
        self._resource[resource] = [one for one in self._resource[resource] if one["Effect"] == "Deny"]

    def _policy_of(self, resource: str) -> list[Statement]:
        """The policy that applies to `resource`: its own, or its bucket's if it is an object."""
        return self._resource.get(resource) or self._resource.get(resource.partition("/")[0], [])

    def _read_roles(self) -> None:
        for name, role in self.resolver.resources("IAM::Role").items():
            unread = role.keys() & {"ManagedPolicyArns", "PermissionsBoundary"}
            assert not unread, f"{name}: {unread} are not evaluated here"
            arn = self.resolver.arn(name)
            inline = [one["PolicyDocument"] for one in role.get("Policies", [])]
            self._identity[arn] = [statement for document in inline for statement in many(document["Statement"])]
            trust = many(role["AssumeRolePolicyDocument"]["Statement"])
            self._resource[arn] = [{**statement, "Resource": "*"} for statement in trust]
        by_name = {arn.rpartition("/")[2]: arn for arn in self._identity}
        for policy in self.resolver.resources("IAM::Policy").values():
            for role in policy["Roles"]:
                self._identity[by_name[role]] += many(policy["PolicyDocument"]["Statement"])

    def _read_resource_policies(self) -> None:
        queues = {
            self.resolver({"Ref": name}): self.resolver.arn(name) for name in self.resolver.resources("SQS::Queue")
        }
        for policy in self.resolver.resources("SQS::QueuePolicy").values():
            for url in policy["Queues"]:
                self._add(queues[url], policy["PolicyDocument"])
        for policy in self.resolver.resources("SNS::TopicPolicy").values():
            for topic in policy["Topics"]:
                self._add(topic, policy["PolicyDocument"])
        for policy in self.resolver.resources("S3::BucketPolicy").values():
            self._add(f"arn:aws:s3:::{policy['Bucket']}", policy["PolicyDocument"])
        for name, key in self.resolver.resources("KMS::Key").items():
            self._add(self.resolver.arn(name), key["KeyPolicy"])

    def _read_permissions(self) -> None:
        """Read a function's policy. CloudFormation makes one statement for each permission."""
        for permission in self.resolver.resources("Lambda::Permission").values():
            keys = {"SourceArn": ("ArnLike", "aws:SourceArn"), "SourceAccount": ("StringEquals", "aws:SourceAccount")}
            known = {"Action", "FunctionName", "Principal", *keys}
            assert permission.keys() <= known, permission.keys() - known
            condition = {op: {key: permission[name]} for name, (op, key) in keys.items() if name in permission}
            statement = {
                "Effect": "Allow",
                "Principal": {"Service": permission["Principal"]},
                "Action": permission["Action"],
                "Resource": permission["FunctionName"],
                "Condition": condition,
            }
            self._add(permission["FunctionName"], {"Statement": [statement]})

    def _add(self, resource: str, document: Mapping[str, Any]) -> None:
        self._resource.setdefault(resource, []).extend(many(document["Statement"]))
