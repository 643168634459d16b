"""EventBridge Scheduler entries, one for each scheduled publish.

Scheduler deletes an entry after its time.
"""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from dropcast.settings import Settings
from infra.functions import allow, keep_failures, make_function, set_env
from infra.nag import acknowledge
from infra.queues import acknowledge_no_redrive, make_dead_letters
from infra.stage_context import StageContext

_ARN = "arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>"


class Schedules(Construct):
    """The group of the entries, the function that they call, and the role for these calls."""

    def __init__(self, scope: Construct, context: StageContext) -> None:
        super().__init__(scope, "Schedules")
        self.name = context.prefix
        scheduler.CfnScheduleGroup(self, "Group", name=self.name)
        self.due = make_function(
            self, "schedule/due", context, does="Begins a publish whose scheduled time has come", timeout_s=30
        )
        self.dead_letters = make_dead_letters(self, "DueFailed", context, "due")
        acknowledge_no_redrive(self.dead_letters)
        keep_failures(self.due, self.dead_letters)
        self._role = self._make_role()

    def grant_create(self, function: lambda_.Function) -> None:
        """Allow creating entries in the group."""
        set_env(
            function,
            {
                Settings.schedule_group: self.name,
                Settings.schedule_role_arn: self._role.role_arn,
                Settings.schedule_dead_letters_arn: self.dead_letters.queue_arn,
                Settings.due_function_arn: self.due.function_arn,
            },
        )
        allow(function, ["scheduler:CreateSchedule"], [self._arn("schedule", f"{self.name}/*")])
        to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        allow(function, ["iam:PassRole"], [self._role.role_arn], to_scheduler)
        assert function.role is not None
        acknowledge(
            function.role,
            "An entry is named after a publish that does not exist yet.",
            f"AwsSolutions-IAM5[Resource::{_ARN}:schedule/{self.name}/*]",
        )

    def grant_delete(self, function: lambda_.Function) -> None:
        """Allow deleting entries in the group."""
        set_env(function, {Settings.schedule_group: self.name})
        allow(function, ["scheduler:DeleteSchedule"], [self._arn("schedule", f"{self.name}/*")])

    def _make_role(self) -> iam.Role:
        group = self._arn("schedule-group", self.name)
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
