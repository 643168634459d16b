"""Lists every call between AWS services that the template causes, with the condition keys of each call.

AWS's documentation of each service names the calling principal, the actions and the source.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.infra.iam import Call, Caller
from tests.infra.resolving import ACCOUNT, REGION, Resolver

_POLL_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_POLL_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
_TRACE = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
_SAMPLE = ("xray:GetSamplingRules", "xray:GetSamplingTargets")
_DELIVER_LOGS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)

READ = {
    "ApiGatewayV2::Authorizer",
    "ApiGatewayV2::Integration",
    "ApiGatewayV2::Route",
    "CloudFront::Distribution",
    "CloudWatch::Alarm",
    "Events::Rule",
    "Lambda::EventInvokeConfig",
    "Lambda::EventSourceMapping",
    "Lambda::Function",
    "S3::Bucket",
    "SNS::Subscription",
    "SQS::Queue",
    "Scheduler::ScheduleGroup",
    "StepFunctions::StateMachine",
}
"""The types of resources from which this module derives calls."""

CALL_NOTHING = {
    "ApiGatewayV2::Api",
    "ApiGatewayV2::ApiMapping",
    "ApiGatewayV2::DomainName",
    "ApiGatewayV2::Stage",  # the deployer gives the API's logs their policy
    "CloudFront::KeyGroup",
    "CloudFront::OriginAccessControl",
    "CloudFront::OriginRequestPolicy",
    "CloudFront::PublicKey",
    "CloudWatch::Dashboard",
    "DynamoDB::Table",
    "Events::EventBus",
    "Glue::Database",
    "Glue::Table",
    "IAM::Policy",
    "IAM::Role",
    "KMS::Alias",
    "KMS::Key",
    "Lambda::LayerVersion",
    "Lambda::Permission",
    "Logs::LogGroup",
    "S3::BucketPolicy",
    "SNS::Topic",
    "SNS::TopicPolicy",
    "SQS::QueuePolicy",
    "SecretsManager::Secret",
}
"""The types of resources that never call another service by themselves."""


class ServiceCalls:
    """The service-to-service calls of one template."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._functions = {resolver.arn(name): one for name, one in resolver.resources("Lambda::Function").items()}
        self._roles = {arn: one["Role"] for arn, one in self._functions.items()}
        self._by_name = {arn.rpartition(":")[2]: arn for arn in self._functions}
        self._queues = {resolver.arn(name): one for name, one in resolver.resources("SQS::Queue").items()}

    def __iter__(self) -> Iterator[Call]:
        yield from self._of_functions()
        yield from self._of_pollers()
        yield from self._of_destinations()
        yield from self._of_rules()
        yield from self._of_alarms()
        yield from self._of_the_api()
        yield from self._of_machines()
        yield from self._of_the_scheduler()
        yield from self._of_distributions()

    def _of_functions(self) -> Iterator[Call]:
        """Lambda assumes the role; with the role it writes logs and traces."""
        for arn, function in self._functions.items():
            yield _as_service("lambda.amazonaws.com", "sts:AssumeRole", function["Role"], arn)
            group = function["LoggingConfig"]["LogGroup"]
            stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:2026/11/29/[$LATEST]1"
            yield from _by_role(function["Role"], _WRITE_LOGS, stream)
            if function["TracingConfig"]["Mode"] == "Active":
                yield from _by_role(function["Role"], _TRACE, "*")
            assert "DeadLetterConfig" not in function, f"{arn}: read its dead letters here"

    def _of_pollers(self) -> Iterator[Call]:
        """Lambda reads queues and streams with the function's role, and sends failed batches to the destination with
        that role.
        """
        for mapping in self._resolver.resources("Lambda::EventSourceMapping").values():
            role, source = self._roles[self._arn(mapping["FunctionName"])], mapping["EventSourceArn"]
            actions = _POLL_QUEUE if source.split(":")[2] == "sqs" else _POLL_STREAM
            assert source.split(":")[2] in ("sqs", "dynamodb"), source
            yield from _by_role(role, actions, source)
            yield from self._failures(role, mapping.get("DestinationConfig", {}))

    def _of_destinations(self) -> Iterator[Call]:
        for invoked in self._resolver.resources("Lambda::EventInvokeConfig").values():
            yield from self._failures(self._roles[self._arn(invoked["FunctionName"])], invoked["DestinationConfig"])

    def _failures(self, role: str, destinations: dict[str, Any]) -> Iterator[Call]:
        for one in destinations.values():
            assert one["Destination"] in self._queues, one
            yield from _by_role(role, ("sqs:SendMessage",), one["Destination"])

    def _of_rules(self) -> Iterator[Call]:
        """EventBridge calls functions and queues as itself, and sends undeliverable events to the target's queue."""
        for name, rule in self._resolver.resources("Events::Rule").items():
            source = self._resolver.arn(name)
            for target in rule["Targets"]:
                assert "RoleArn" not in target, f"{name}: read a target with a role here"
                action = "lambda:InvokeFunction" if target["Arn"] in self._functions else "sqs:SendMessage"
                yield _as_service("events.amazonaws.com", action, target["Arn"], source)
                for dead_letters in target.get("DeadLetterConfig", {}).values():
                    yield _as_service("events.amazonaws.com", "sqs:SendMessage", dead_letters, source)

    def _of_alarms(self) -> Iterator[Call]:
        for name, alarm in self._resolver.resources("CloudWatch::Alarm").items():
            for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
                for topic in alarm.get(kind, []):
                    yield _as_service("cloudwatch.amazonaws.com", "sns:Publish", topic, self._resolver.arn(name))

    def _of_the_api(self) -> Iterator[Call]:
        """API Gateway calls a route's function and the authorizer's function; the source names the stage, method and
        path.
        """
        integrations = self._resolver.resources("ApiGatewayV2::Integration")
        for route in self._resolver.resources("ApiGatewayV2::Route").values():
            method, path = route["RouteKey"].split(" ")
            integration = integrations[route["Target"].removeprefix("integrations/Dropcast-dev-")]
            function = self._arn(integration["IntegrationUri"])
            method = "GET" if method == "ANY" else method
            source = f"{_api(route['ApiId'])}/$default/{method}{path}"
            yield _as_service("apigateway.amazonaws.com", "lambda:InvokeFunction", function, source)
        for name, authorizer in self._resolver.resources("ApiGatewayV2::Authorizer").items():
            function = authorizer["AuthorizerUri"].partition("/functions/")[2].removesuffix("/invocations")
            source = f"{_api(authorizer['ApiId'])}/authorizers/{self._resolver({'Ref': name})}"
            yield _as_service("apigateway.amazonaws.com", "lambda:InvokeFunction", function, source)

    def _of_machines(self) -> Iterator[Call]:
        for name, machine in self._resolver.resources("StepFunctions::StateMachine").items():
            yield _as_service("states.amazonaws.com", "sts:AssumeRole", machine["RoleArn"], self._resolver.arn(name))
            yield from _by_role(machine["RoleArn"], _DELIVER_LOGS, "*")
            if machine["TracingConfiguration"]["Enabled"]:
                yield from _by_role(machine["RoleArn"], (*_TRACE, *_SAMPLE), "*")
            for state in json.loads(machine["DefinitionString"])["States"].values():
                if state["Type"] == "Task":
                    yield from _by_role(machine["RoleArn"], ("lambda:InvokeFunction",), self._called(state))

    def _called(self, state: dict[str, Any]) -> str:
        if state["Resource"] in self._functions:
            return state["Resource"]
        assert ":::lambda:invoke" in state["Resource"], state["Resource"]
        return self._arn(state["Parameters"]["FunctionName"])

    def _of_the_scheduler(self) -> Iterator[Call]:
        """The calls of Scheduler entries, which functions create at run time, as the functions' environment describes
        them.
        """
        groups = [self._resolver.arn(name) for name in self._resolver.resources("Scheduler::ScheduleGroup")]
        for function in self._functions.values():
            told = function["Environment"]["Variables"]
            if "SCHEDULE_ROLE_ARN" in told:
                role = told["SCHEDULE_ROLE_ARN"]
                [group] = [arn for arn in groups if arn.endswith(f"/{told['SCHEDULE_GROUP']}")]
                yield _as_service("scheduler.amazonaws.com", "sts:AssumeRole", role, group)
                yield from _by_role(role, ("lambda:InvokeFunction",), told["DUE_FUNCTION_ARN"])
                yield from _by_role(role, ("sqs:SendMessage",), told["SCHEDULE_DEAD_LETTERS_ARN"])
                passed = {"iam:PassedToService": "scheduler.amazonaws.com"}
                yield Call(Caller(function["Role"]), "iam:PassRole", role, passed)

    def _of_distributions(self) -> Iterator[Call]:
        buckets = {f"{bucket}.s3.{REGION}.amazonaws.com": bucket for bucket in self._buckets()}
        for name, one in self._resolver.resources("CloudFront::Distribution").items():
            source = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{self._resolver({'Ref': name})}"
            for origin in one["DistributionConfig"]["Origins"]:
                place = f"arn:aws:s3:::{buckets[origin['DomainName']]}{origin.get('OriginPath', '')}/a-key"
                for action in ("s3:GetObject", "s3:GetObjectVersion"):
                    yield _as_service("cloudfront.amazonaws.com", action, place, source)

    def _buckets(self) -> list[str]:
        """The names of the buckets.

        A bucket's events to EventBridge need no permission; other receivers would need one.
        """
        for name, bucket in self._resolver.resources("S3::Bucket").items():
            told = bucket.get("NotificationConfiguration", {}).keys()
            assert told <= {"EventBridgeConfiguration"}, f"{name}: read its notifications here"
        return [self._resolver({"Ref": name}) for name in self._resolver.resources("S3::Bucket")]

    def _arn(self, function: str) -> str:
        return function if function in self._functions else self._by_name[function]


def silent_receivers(resolver: Resolver) -> Iterator[str]:
    """Receivers of service calls that this module does not cover: separate keys, and rules on redrives."""
    for kind in ("SQS::Queue", "SNS::Topic"):
        for name, one in resolver.resources(kind).items():
            if one.keys() & {"KmsMasterKeyId", "RedriveAllowPolicy"}:
                yield name
    for name, one in resolver.resources("SNS::Subscription").items():
        if one["Protocol"] != "email":
            yield name


def _api(api_id: str) -> str:
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}"


def _as_service(service: str, action: str, resource: str, source: str) -> Call:
    context = {"aws:SecureTransport": "true", "aws:SourceArn": source, "aws:SourceAccount": ACCOUNT}
    return Call(Caller(service), action, resource, context)


def _by_role(role: str, actions: tuple[str, ...], resource: str) -> Iterator[Call]:
    for action in actions:
        yield Call(Caller(role), action, resource, {"aws:SecureTransport": "true"})
