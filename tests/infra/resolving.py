"""Resolves a template's intrinsic functions as CloudFormation does, in an invented account."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.infra.reading import Resource, Template

ACCOUNT = "123456789012"
REGION = "eu-west-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "Dropcast-dev",
    "AWS::URLSuffix": "amazonaws.com",
}
_NO_VALUE = {"Ref": "AWS::NoValue"}

# The property that names a resource of a type. A resource without it is named after its logical id.
_NAMED_BY = {
    "CloudWatch::Alarm": "AlarmName",
    "DynamoDB::Table": "TableName",
    "Events::EventBus": "Name",
    "Events::Rule": "Name",
    "IAM::Role": "RoleName",
    "Lambda::Function": "FunctionName",
    "Logs::LogGroup": "LogGroupName",
    "S3::Bucket": "BucketName",
    "SNS::Topic": "TopicName",
    "SQS::Queue": "QueueName",
    "Scheduler::ScheduleGroup": "Name",
    "StepFunctions::StateMachine": "StateMachineName",
}
_ARNS = {
    "CloudWatch::Alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "Events::EventBus": "arn:aws:events:{region}:{account}:event-bus/{name}",
    "IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "Lambda::LayerVersion": "arn:aws:lambda:{region}:{account}:layer:{name}:1",
    "Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "S3::Bucket": "arn:aws:s3:::{name}",
    "SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "Scheduler::ScheduleGroup": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}",
    "SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
}
_REF_IS_ARN = {"Lambda::LayerVersion", "SNS::Topic", "SecretsManager::Secret", "StepFunctions::StateMachine"}
_OTHER_ATTRIBUTES = {
    ("ApiGatewayV2::Api", "ApiEndpoint"): "https://{name}.execute-api.{region}.amazonaws.com",
    ("CloudFront::Distribution", "DomainName"): "{name}.cloudfront.net",
    ("CloudFront::OriginAccessControl", "Id"): "{name}",
    ("DynamoDB::Table", "StreamArn"): "arn:aws:dynamodb:{region}:{account}:table/{name}/stream/2026-11-29T00:00:00.000",
    ("S3::Bucket", "RegionalDomainName"): "{name}.s3.{region}.amazonaws.com",
    ("SNS::Topic", "TopicName"): "{name}",
    ("SQS::Queue", "QueueName"): "{name}",
    ("StepFunctions::StateMachine", "Name"): "{name}",
}


class Resolver:
    """Resolves any value of one template. An unknown function or attribute is a KeyError.

    `parameters` override the template's defaults.
    """

    def __init__(self, template: Template, parameters: Mapping[str, str] | None = None) -> None:
        self._resources: dict[str, Resource] = template["Resources"]
        self._conditions: dict[str, Any] = template.get("Conditions", {})
        defaults = {name: one.get("Default", "") for name, one in template.get("Parameters", {}).items()}
        self._parameters = defaults | dict(parameters or {})
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::If": self._if,
            "Fn::Join": lambda value: self(value[0]).join(self(value[1])),
            "Fn::Select": lambda value: self(value[1])[int(self(value[0]))],
            "Fn::Split": lambda value: self(value[1]).split(self(value[0])),
            "Fn::Sub": self._sub,
        }

    def __call__(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self(one) for one in value if not self._is_left_out(one)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._functions[name](argument)
        return {name: self(one) for name, one in value.items() if not self._is_left_out(one)}

    def resources(self, kind: str) -> dict[str, Any]:
        """The resolved properties of a type's resources ("SQS::Queue") that a deployment creates, by logical id."""
        return {
            name: self(one.get("Properties", {}))
            for name, one in self._resources.items()
            if one["Type"] == f"AWS::{kind}" and self.is_made(name)
        }

    def is_made(self, logical_id: str) -> bool:
        """Whether the resource's condition holds, if it has one."""
        condition = self._resources[logical_id].get("Condition")
        return condition is None or self.holds(condition)

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""
        return self._attribute([logical_id, "Arn"])

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template holds."""
        return self._test(self._conditions[condition])

    def _test(self, rule: dict[str, Any]) -> bool:
        [(name, argument)] = rule.items()
        tests: dict[str, Callable[[], bool]] = {
            "Condition": lambda: self.holds(argument),
            "Fn::And": lambda: all(self._test(one) for one in argument),
            "Fn::Equals": lambda: self(argument[0]) == self(argument[1]),
            "Fn::Not": lambda: not self._test(argument[0]),
            "Fn::Or": lambda: any(self._test(one) for one in argument),
        }
        return tests[name]()

    def _is_left_out(self, value: Any) -> bool:
        if isinstance(value, dict) and "Fn::If" in value:
            name, then, otherwise = value["Fn::If"]
            return self._is_left_out(then if self.holds(name) else otherwise)
        return value == _NO_VALUE

    def _if(self, value: list[Any]) -> Any:
        name, then, otherwise = value
        return self(then if self.holds(name) else otherwise)

    def _sub(self, value: Any) -> str:
        text, given = (value, {}) if isinstance(value, str) else (value[0], self(value[1]))

        def put(found: re.Match[str]) -> str:
            name = found[1]
            return (
                given[name] if name in given else self._attribute(name.split(".")) if "." in name else self._ref(name)
            )

        return re.sub(r"\$\{([^}!]+)\}", put, text)

    def _ref(self, name: str) -> Any:
        if name in _PSEUDO or name in self._parameters:
            return _PSEUDO.get(name) or self._parameters[name]
        kind = self._kind(name)
        if kind == "Events::Rule":
            raise KeyError(f"what Ref gives of a rule depends on its bus; use its ARN: {name}")
        if kind == "SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        return self._filled(_ARNS[kind], name) if kind in _REF_IS_ARN else self._name(name)

    def _attribute(self, value: list[str]) -> str:
        name, attribute = value[0], value[1]
        kind = self._kind(name)
        if kind == "Events::Rule" and attribute == "Arn":
            return self._rule_arn(name)
        if kind.startswith("Custom::"):
            return f"{attribute} of {name}"
        form = _ARNS[kind] if attribute == "Arn" else _OTHER_ATTRIBUTES[kind, attribute]
        return self._filled(form, name)

    def _rule_arn(self, name: str) -> str:
        bus = self(self._resources[name]["Properties"].get("EventBusName", "default"))
        place = self._name(name) if bus == "default" else f"{bus}/{self._name(name)}"
        return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{place}"

    def _filled(self, form: str, name: str) -> str:
        return form.format(region=REGION, account=ACCOUNT, name=self._name(name))

    def _kind(self, name: str) -> str:
        return self._resources[name]["Type"].removeprefix("AWS::")

    def _name(self, name: str) -> str:
        named_by = _NAMED_BY.get(self._kind(name), "")
        return self(self._resources[name].get("Properties", {}).get(named_by, f"Dropcast-dev-{name}"))
