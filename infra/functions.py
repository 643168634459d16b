"""A Lambda in the house's way: its own role, log group, tracing, its layers, and no permission beyond those."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Config
from infra.layers import NO_CACHES, Layers
from infra.nag import acknowledge
from infra.parameters import Parameters


@dataclass(frozen=True)
class House:
    """What every construct of a stage shares."""

    config: Config
    parameters: Parameters
    layers: Layers
    root: Path

    @property
    def prefix(self) -> str:
        """What the names of this stage begin with."""
        return f"dropcast-{self.config.stage}"

    @property
    def removal(self) -> RemovalPolicy:
        """What becomes of data when the stack is deleted."""
        return RemovalPolicy.RETAIN if self.config.keeps_data else RemovalPolicy.DESTROY


def make_function(
    scope: Construct, place: str, house: House, *, does: str, timeout_s: int, memory_mb: int = 512
) -> lambda_.Function:
    """The function of functions/`place`/handler.py ("http/api"), named after its place."""
    trigger, package = place.split("/")
    name = f"{trigger}-{package}"
    construct = "".join(part.title() for part in name.split("-"))
    log_group = make_log_group(scope, f"{construct}Logs", house, f"/aws/lambda/{house.prefix}-{name}")
    function = lambda_.Function(
        scope,
        construct,
        function_name=f"{house.prefix}-{name}",
        description=does,
        code=lambda_.Code.from_asset(
            str(house.root / "functions" / trigger), exclude=["*", f"!{package}", f"!{package}/**", *NO_CACHES]
        ),
        handler=f"{package}.handler.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        layers=house.layers.of(place),
        memory_size=memory_mb,
        timeout=Duration.seconds(timeout_s),
        tracing=lambda_.Tracing.ACTIVE,
        logging_format=lambda_.LoggingFormat.JSON,
        log_group=log_group,
        role=_make_role(scope, f"{construct}Role", log_group),
        environment={
            "STAGE": house.config.stage,
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": "Dropcast",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        },
    )
    acknowledge(
        function,
        "Python 3.13 is the newest that every wheel of the layer is built for.",
        "AwsSolutions-L1",
        "Serverless-LambdaLatestVersion",
    )
    acknowledge(
        function,
        "A caller that waits sees the error itself; a function called asynchronously has an on-failure destination, "
        "which keeps the error beside the event.",
        "Serverless-LambdaDLQ",
    )
    return function


def make_log_group(scope: Construct, construct: str, house: House, name: str) -> logs.LogGroup:
    """A log group that forgets after the chosen days."""
    return logs.LogGroup(
        scope,
        construct,
        log_group_name=name,
        retention=_retention(house.config.log_retention_days),
        removal_policy=RemovalPolicy.DESTROY,
    )


def _retention(days: int) -> logs.RetentionDays:
    allowed = {1: "ONE_DAY", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH", 90: "THREE_MONTHS", 365: "ONE_YEAR"}
    if days not in allowed:
        raise ValueError(f"log_retention_days is one of {', '.join(map(str, allowed))}, not {days}")
    return logs.RetentionDays[allowed[days]]


def _make_role(scope: Construct, construct: str, log_group: logs.LogGroup) -> iam.Role:
    role = iam.Role(scope, construct, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(
        iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn])
    )
    acknowledge(role, "X-Ray's write actions take no resource.", "AwsSolutions-IAM5[Resource::*]")
    return role


def allow(
    function: lambda_.Function,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, object] | None = None,
) -> None:
    """One statement in the function's own role."""
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )


def tell(function: lambda_.Function, **environment: str) -> None:
    """Set environment variables of the function."""
    for name, value in environment.items():
        function.add_environment(name, value)


def allow_loops(function: lambda_.Function) -> None:
    """Let `function` queue work for itself without end.

    Lambda stops a function that a chain of messages has invoked 16 times, because it takes the chain for a mistake. A
    chain that waits is none: it sends one message for each that it takes, with a delay.
    """
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.recursive_loop = "Allow"


def keep_failures(function: lambda_.Function, dead_letters: sqs.Queue) -> None:
    """Asynchronous calls are tried three times; then event and error go to `dead_letters`. A second rule for the same
    function changes nothing."""
    if function.node.try_find_child("EventInvokeConfig") is not None:
        return
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(dead_letters), retry_attempts=2, max_event_age=Duration.hours(6)
    )
