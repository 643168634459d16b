"""The stage's Lambda functions. Each has its own role and log group, and only the permissions that it is granted."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.setting_declaration import Setting
from infra.layers import NOT_IN_FUNCTIONS
from infra.nag import acknowledge
from infra.stage_context import StageContext

_RETENTION = {1: "ONE_DAY", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH", 90: "THREE_MONTHS", 365: "ONE_YEAR"}


def make_function(
    scope: Construct, place: str, context: StageContext, *, does: str, timeout_s: int, memory_mb: int = 512
) -> lambda_.Function:
    """Create the function whose code is functions/`place`/handler.py. With the place http/api its name is http-api."""
    trigger, package = place.split("/")
    name = f"{trigger}-{package}"
    construct = f"{trigger.title()}{package.title()}"
    only_package = ["*", f"!{package}", f"!{package}/**", *NOT_IN_FUNCTIONS]
    log_group = make_log_group(scope, f"{construct}Logs", context, f"/aws/lambda/{context.prefix}-{name}")
    function = lambda_.Function(
        scope,
        construct,
        function_name=f"{context.prefix}-{name}",
        description=does,
        code=lambda_.Code.from_asset(str(context.root / "functions" / trigger), exclude=only_package),
        handler=f"{package}.handler.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        layers=context.layers.of(place),
        memory_size=memory_mb,
        timeout=Duration.seconds(timeout_s),
        tracing=lambda_.Tracing.ACTIVE,
        logging_format=lambda_.LoggingFormat.JSON,
        log_group=log_group,
        role=_make_role(scope, f"{construct}Role", log_group),
        environment={
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": "Dropcast",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        },
    )
    _acknowledge_findings(function)
    return function


def _acknowledge_findings(function: lambda_.Function) -> None:
    acknowledge(
        function,
        "Python 3.13 is the newest that every wheel of the layer is built for.",
        "AwsSolutions-L1",
        "Serverless-LambdaLatestVersion",
    )
    acknowledge(
        function,
        "A synchronous caller gets the error itself. A function that is called asynchronously has an on-failure "
        "destination, which keeps the error with the event.",
        "Serverless-LambdaDLQ",
    )


def make_log_group(scope: Construct, construct: str, context: StageContext, name: str) -> logs.LogGroup:
    """Create a log group whose entries are deleted after `log_retention_days` (infra/config.py)."""
    return logs.LogGroup(
        scope,
        construct,
        log_group_name=name,
        retention=logs.RetentionDays[_RETENTION[context.config.log_retention_days]],
        removal_policy=RemovalPolicy.DESTROY,
    )


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
    """Add one statement to the function's own role."""
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )


def set_env(function: lambda_.Function, values: Mapping[Setting[Any], str]) -> None:
    """Pass settings to the function as environment variables."""
    for setting, value in values.items():
        function.add_environment(setting.variable, value)


def pass_parameters(function: lambda_.Function, context: StageContext, *settings: Setting[Any]) -> None:
    """Pass the deployment's values of these settings to the function."""
    set_env(function, {setting: context.parameters.value(setting) for setting in settings})


def allow_loops(function: lambda_.Function) -> None:
    """Let `function` queue work for itself without a limit.

    If a chain of messages has invoked a function 16 times, Lambda treats this as a mistake and stops the chain. Here
    the chain is intended: for each message that the function takes, it sends one delayed message.
    """
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.recursive_loop = "Allow"


def keep_failures(function: lambda_.Function, dead_letters: sqs.Queue) -> None:
    """Send the event and the error of an asynchronous call to `dead_letters` after three tries.

    If this is already set for the function, nothing changes.
    """
    if function.node.try_find_child("EventInvokeConfig") is not None:
        return
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(dead_letters), retry_attempts=2, max_event_age=Duration.hours(6)
    )
