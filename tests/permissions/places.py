"""Translates the names of the local stack's resources to the ARNs with which the template's policies are resolved."""

from collections.abc import Mapping

from local import child_environment
from tests.infra.resolving import ACCOUNT, REGION, Resolver

_NAMED_BY_CLOUDFORMATION = ("DynamoDB::Table", "S3::Bucket", "SecretsManager::Secret", "KMS::Key", "IAM::Role")


class Places:
    """The resources of one stack. `resources` has the physical ids by logical id."""

    def __init__(self, resolver: Resolver, resources: Mapping[str, str]) -> None:
        self._arns = {
            resources[name]: resolver.arn(name)
            for kind in _NAMED_BY_CLOUDFORMATION
            for name in resolver.resources(kind)
            if name in resources
        }
        functions = resolver.resources("Lambda::Function")
        self._roles = {one["FunctionName"]: one["Role"] for one in functions.values()}
        [self.machine] = [resolver.arn(name) for name in resolver.resources("StepFunctions::StateMachine")]
        self._logical = {resources[name]: name for name in resolver.resources("DynamoDB::Table") if name in resources}

    def role(self, function: str) -> str:
        """The ARN of a function's role."""
        return self._roles[function]

    def named(self, physical: str) -> str:
        """The ARN of a resource (a table, a bucket and so on) by its physical id, or by an ARN that ends with this id.

        A bucket of another stack keeps its name.
        """
        return self._arns.get(physical) or self._arns[physical.rpartition(":")[2].rpartition("/")[2]]

    def bucket(self, name: str) -> str:
        """The ARN of a bucket. The bucket of another account keeps its name."""
        return self._arns.get(name, f"arn:aws:s3:::{name}")

    def table(self, physical: str) -> str:
        """The logical id of a table by its name."""
        return self._logical[physical]

    def queue(self, url: str) -> str:
        """The ARN of a queue by its URL."""
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"

    def moved(self, arn: str) -> str:
        """The ARN of a resource that has its name from the template. Only region and account differ."""
        return arn.replace(
            f":{child_environment.REGION}:{child_environment.ACCOUNT}:",
            f":{REGION}:{ACCOUNT}:",
        )
