"""Functions outside the state machine that start, wake or stop a publish's execution, or settle the publish."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.events import Events
from infra.functions import allow, make_function, set_env
from infra.media import Media
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.queues import grant_send, make_dead_letters, make_rule, make_work_queue
from infra.schedules import Schedules
from infra.stage_context import StageContext
from infra.workflow import Workflow


class Triggers(Construct):
    """Scheduled publishes, drops, the sweep, webhooks, and the rules on ended executions and disconnected accounts."""

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        media: Media,
        events: Events,
        workflow: Workflow,
    ) -> None:
        super().__init__(scope, "Triggers")
        self._context = context
        self._accounts = accounts
        self._publishing = publishing
        self._media = media
        self._outbox = events.outbox
        self._bus = events.bus
        self._machine = workflow.machine
        self._schedules = Schedules(self, context)
        self.schedule_group = self._schedules.name
        publishing.publishes.grant(self._schedules.due, "GetItem")
        self.grant_start(self._schedules.due)
        self.dead_letters = [
            self._schedules.dead_letters,
            self._make_drop(),
            *self._make_webhook(),
            self._make_sweep(),
            self._make_ended(),
            *self._make_disconnected(),
        ]
        self.work_queues = [self.webhook_queue, self.recheck_queue, self._waiting_queue]

    def grant_start(self, function: lambda_.Function) -> None:
        """Allow starting executions of the state machine."""
        set_env(function, {Settings.state_machine_arn: self._machine.state_machine_arn})
        allow(function, ["states:StartExecution"], [self._machine.state_machine_arn])

    def grant_schedule(self, function: lambda_.Function) -> None:
        """Allow starting executions of the state machine, at once or at a later time."""
        self.grant_start(function)
        self._schedules.grant_create(function)

    def grant_stop(self, function: lambda_.Function) -> None:
        """Allow stopping executions, and deleting the Scheduler entries of scheduled publishes."""
        self._schedules.grant_delete(function)
        self._grant_executions(function, "states:StopExecution")

    def _grant_executions(self, function: lambda_.Function, action: str) -> None:
        """Allow `action` on any execution of the state machine."""
        any_execution = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self._context.prefix}-publish:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        allow(function, [action], [any_execution])
        assert function.role is not None
        here = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
        acknowledge(
            function.role,
            "An execution is named after a publish that does not exist yet.",
            f"AwsSolutions-IAM5[Resource::{here}:execution:{self._context.prefix}-publish:*]",
        )

    def _make_drop(self) -> sqs.Queue:
        function = make_function(self, "storage/drop", self._context, does="Publishes dropped files", timeout_s=900)
        self._publishing.grant_read_media(function)
        self._publishing.set_bucket(function)
        self._media.set_media_url(function)
        self._accounts.grant_keep_warm(function)
        self._publishing.publishes.grant(function, "GetItem", "PutItem")
        self._outbox.grant(function, "PutItem")
        self.grant_schedule(function)
        failed = make_dead_letters(self, "DropFailed", self._context, "drop")
        pattern = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [self._publishing.bucket.bucket_name]},
                "object": {"key": events.Match.prefix("drop/")},
            },
        )
        make_rule(self, "Dropped", function, dead_letters=failed, pattern=pattern)
        make_rule(self, "DropSweepSchedule", function, dead_letters=failed, every=Duration.hours(1))
        return failed

    def _make_sweep(self) -> sqs.Queue:
        function = make_function(
            self, "schedule/sweep", self._context, does="Begins late publishes and queues rechecks", timeout_s=50
        )
        self._publishing.publishes.grant(function, "GetItem", "Query", "UpdateItem")
        self._publishing.publishes.grant_query(function, "unstarted")
        self._accounts.grant_budget_release(function)
        self._outbox.grant(function, "PutItem")
        self.grant_start(function)
        self._grant_executions(function, "states:DescribeExecution")
        grant_send(function, self.recheck_queue, Settings.recheck_queue_url)
        failed = make_dead_letters(self, "SweepFailed", self._context, "sweep")
        make_rule(self, "SweepSchedule", function, dead_letters=failed, every=Duration.minutes(1))
        return failed

    def _make_ended(self) -> sqs.Queue:
        function = make_function(
            self, "workflow/ended", self._context, does="Settles publishes whose execution died", timeout_s=30
        )
        self._accounts.grant_budget_release(function)
        self._publishing.publishes.grant(function, "GetItem", "Query", "UpdateItem")
        self._outbox.grant(function, "PutItem")
        failed = make_dead_letters(self, "EndedFailed", self._context, "ended")
        pattern = events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                "stateMachineArn": [self._machine.state_machine_arn],
            },
        )
        make_rule(self, "Ended", function, dead_letters=failed, pattern=pattern)
        return failed

    def _make_webhook(self) -> list[sqs.Queue]:
        worker = make_function(
            self, "queue/webhook", self._context, does="Applies TikTok's webhooks and rechecks publishes", timeout_s=90
        )
        self._publishing.publishes.grant(worker, "GetItem", "Query", "PutItem", "UpdateItem")
        # If TikTok reports that an account was disconnected, the worker tests the account's tokens, including those
        # that wait for confirmation.
        self._accounts.grant_tokens(worker)
        self._accounts.connections.grant(worker, "GetItem")
        self._accounts.grant_budgets(worker)
        self._accounts.grant_budget_queue(worker)
        allow(worker, ["states:SendTaskSuccess"], [self._machine.state_machine_arn])
        failed = make_dead_letters(self, "WebhookFailed", self._context, "webhook")
        self.webhook_queue = make_work_queue(
            self, "WebhookQueue", self._context, "webhook", worker=worker, dead_letters=failed, batch=10
        )
        # A recheck may wait 30 s for TikTok. So webhooks have a separate queue, and a worker takes one recheck at a
        # time.
        rechecks_failed = make_dead_letters(self, "RecheckFailed", self._context, "recheck")
        self.recheck_queue = make_work_queue(
            self, "RecheckQueue", self._context, "recheck", worker=worker, dead_letters=rechecks_failed, batch=1
        )
        return [failed, rechecks_failed]

    def _make_disconnected(self) -> list[sqs.Queue]:
        """Create the function that queues a disconnected account's waiting publishes, and the worker that marks them as
        failed.
        """
        self._waiting_queue, not_settled = self._make_waiting_queue()
        function = make_function(
            self,
            "bus/disconnected",
            self._context,
            does="Queues the waiting publishes of a disconnected account",
            timeout_s=60,
        )
        self._accounts.accounts.grant(function, "GetItem")
        self._publishing.publishes.grant_query(function, "by_account")
        grant_send(function, self._waiting_queue, Settings.disconnected_queue_url)
        not_listed = make_dead_letters(self, "DisconnectedFailed", self._context, "disconnected")
        pattern = events.EventPattern(source=["dropcast"], detail_type=["account.disconnected"])
        make_rule(self, "Disconnected", function, dead_letters=not_listed, pattern=pattern, bus=self._bus)
        return [not_listed, not_settled]

    def _make_waiting_queue(self) -> tuple[sqs.Queue, sqs.Queue]:
        """The queue of disconnected accounts' waiting publishes, and its dead-letter queue."""
        worker = make_function(
            self,
            "queue/disconnected",
            self._context,
            does="Fails the waiting publishes of disconnected accounts",
            timeout_s=60,
        )
        self._accounts.accounts.grant(worker, "GetItem")
        self._accounts.grant_budget_release(worker)
        self._publishing.publishes.grant(worker, "GetItem", "UpdateItem")
        self._outbox.grant(worker, "PutItem")
        # All publishes of an account write the same row of the budgets table. So more than two workers at once would
        # not help.
        failed = make_dead_letters(self, "WaitingFailed", self._context, "waiting")
        queue = make_work_queue(
            self, "WaitingQueue", self._context, "waiting", worker=worker, dead_letters=failed, batch=1, at_once=2
        )
        return queue, failed
