"""Publishes of a later time: one EventBridge Scheduler entry each, which is gone once it has fired."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.functions import House, allow, keep_failures, make_function, tell
from infra.nag import acknowledge
from infra.queues import make_dead_letters, unseen_by_nag

_HERE = "arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>"


class Schedules(Construct):
    """The group of the entries, what they call when they are due, and the role they call it with."""

    def __init__(self, scope: Construct, house: House) -> None:
        super().__init__(scope, "Schedules")
        self._name = house.prefix
        scheduler.CfnScheduleGroup(self, "Group", name=self._name)
        self.due = make_function(
            self, "schedule/due", house, does="Begins a publish whose scheduled time has come", timeout_s=30
        )
        self.dead_letters = make_dead_letters(self, "DueFailed", house, "due")
        unseen_by_nag(self.dead_letters)
        keep_failures(self.due, self.dead_letters)
        self._role = self._make_role()

    def plans(self, function: lambda_.Function) -> None:
        """New entries of the group."""
        tell(
            function,
            SCHEDULE_GROUP=self._name,
            SCHEDULE_ROLE_ARN=self._role.role_arn,
            SCHEDULE_DEAD_LETTERS_ARN=self.dead_letters.queue_arn,
            DUE_FUNCTION_ARN=self.due.function_arn,
        )
        allow(function, ["scheduler:CreateSchedule"], [self._arn("schedule", f"{self._name}/*")])
        to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        allow(function, ["iam:PassRole"], [self._role.role_arn], to_scheduler)
        assert function.role is not None
        acknowledge(
            function.role,
            "An entry is named after a publish that does not exist yet.",
            f"AwsSolutions-IAM5[Resource::{_HERE}:schedule/{self._name}/*]",
        )

    def unplans(self, function: lambda_.Function) -> None:
        """Entries of the group taken back."""
        tell(function, SCHEDULE_GROUP=self._name)
        allow(function, ["scheduler:DeleteSchedule"], [self._arn("schedule", f"{self._name}/*")])

    def _make_role(self) -> iam.Role:
        group = self._arn("schedule-group", self._name)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account, "aws:SourceArn": group}},
            ),
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.due.function_arn]))
        role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn]))
        return role

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="scheduler",
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
