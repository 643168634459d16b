"""What starts a publish's execution, wakes it, stops it, or settles it when it died: from outside the state machine."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.accounts import Accounts
from infra.events import Events
from infra.functions import House, allow, make_function, tell
from infra.media import Media
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.queues import make_dead_letters, make_rule, make_work_queue
from infra.schedules import Schedules
from infra.workflow import Workflow


class Triggers(Construct):
    """Schedules, the drop, the sweep of what never began, rules on what ended (executions, connections), webhooks."""

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        accounts: Accounts,
        publishing: Publishing,
        media: Media,
        events: Events,
        workflow: Workflow,
    ) -> None:
        super().__init__(scope, "Triggers")
        self._house = house
        self._accounts = accounts
        self._publishing = publishing
        self._media = media
        self._outbox = events.outbox
        self._bus = events.bus
        self._machine = workflow.machine
        self._schedules = Schedules(self, house)
        publishing.publishes.reads(self._schedules.due)
        self.starts(self._schedules.due)
        self.dead_letters = [
            self._schedules.dead_letters,
            self._drop(),
            *self._webhook(),
            self._sweep(),
            self._ended(),
            *self._disconnected(),
        ]

    def starts(self, function: lambda_.Function) -> None:
        """Executions of the state machine."""
        tell(function, STATE_MACHINE_ARN=self._machine.state_machine_arn)
        allow(function, ["states:StartExecution"], [self._machine.state_machine_arn])

    def schedules(self, function: lambda_.Function) -> None:
        """Executions of the state machine, at once or at a later time."""
        self.starts(function)
        self._schedules.plans(function)

    def stops(self, function: lambda_.Function) -> None:
        """Executions that are under way, or scheduled."""
        self._schedules.unplans(function)
        self._may_for_each(function, "states:StopExecution")

    def _may_for_each(self, function: lambda_.Function, action: str) -> None:
        """`action` for any execution of the state machine."""
        one = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self._house.prefix}-publish:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        allow(function, [action], [one])
        assert function.role is not None
        here = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
        acknowledge(
            function.role,
            "An execution is named after a publish that does not exist yet.",
            f"AwsSolutions-IAM5[Resource::{here}:execution:{self._house.prefix}-publish:*]",
        )

    def _drop(self) -> sqs.Queue:
        function = make_function(self, "storage/drop", self._house, does="Publishes what was dropped", timeout_s=900)
        self._publishing.reads_media(function)
        self._media.names_address(function)
        self._accounts.keeps_warm(function)
        self._publishing.publishes.reads(function)
        self._publishing.publishes.puts(function)
        self._outbox.puts(function)
        self.schedules(function)
        failed = make_dead_letters(self, "DropFailed", self._house, "drop")
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

    def _sweep(self) -> sqs.Queue:
        function = make_function(
            self, "schedule/sweep", self._house, does="Begins late publishes and queues rechecks", timeout_s=50
        )
        self._publishing.publishes.reads(function, "unstarted")
        self._publishing.publishes.lists(function)
        self._publishing.publishes.changes(function)
        self._accounts.frees_budgets(function)
        self._outbox.puts(function)
        self.starts(function)
        self._may_for_each(function, "states:DescribeExecution")
        tell(function, RECHECK_QUEUE_URL=self.recheck_queue.queue_url)
        allow(function, ["sqs:SendMessage"], [self.recheck_queue.queue_arn])
        failed = make_dead_letters(self, "SweepFailed", self._house, "sweep")
        make_rule(self, "SweepSchedule", function, dead_letters=failed, every=Duration.minutes(1))
        return failed

    def _ended(self) -> sqs.Queue:
        function = make_function(
            self, "workflow/ended", self._house, does="Settles publishes whose execution died", timeout_s=30
        )
        self._accounts.frees_budgets(function)
        self._publishing.publishes.reads(function)
        self._publishing.publishes.lists(function)
        self._publishing.publishes.changes(function)
        self._outbox.puts(function)
        failed = make_dead_letters(self, "EndedFailed", self._house, "ended")
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

    def _webhook(self) -> list[sqs.Queue]:
        worker = make_function(
            self, "queue/webhook", self._house, does="Applies TikTok's webhooks and rechecks publishes", timeout_s=90
        )
        self._publishing.publishes.reads(worker)
        self._publishing.publishes.lists(worker)
        self._publishing.publishes.puts(worker)
        self._publishing.publishes.changes(worker)
        self._accounts.lend_tokens(worker)  # of an account that TikTok calls disconnected, to see whether they are dead
        self._accounts.connections.reads(worker)  # the same of tokens that wait to be confirmed
        self._accounts.keeps_budgets(worker)
        self._accounts.queues_in_budgets(worker)
        allow(worker, ["states:SendTaskSuccess"], [self._machine.state_machine_arn])
        failed = make_dead_letters(self, "WebhookFailed", self._house, "webhook")
        self.webhook_queue = make_work_queue(
            self, "WebhookQueue", self._house, "webhook", worker=worker, dead_letters=failed, batch=10
        )
        # A recheck may wait 30 s for TikTok: webhooks do not queue behind it, nor does one recheck behind another.
        rechecks_failed = make_dead_letters(self, "RecheckFailed", self._house, "recheck")
        self.recheck_queue = make_work_queue(
            self, "RecheckQueue", self._house, "recheck", worker=worker, dead_letters=rechecks_failed, batch=1
        )
        return [failed, rechecks_failed]

    def _disconnected(self) -> list[sqs.Queue]:
        """A function lists what waits for a disconnected account, and a worker fails it part by part."""
        worker = make_function(
            self, "queue/disconnected", self._house, does="Fails what waits for disconnected accounts", timeout_s=60
        )
        self._accounts.accounts.reads(worker)
        self._accounts.frees_budgets(worker)
        self._publishing.publishes.reads(worker)
        self._publishing.publishes.changes(worker)
        self._outbox.puts(worker)
        # All publishes of an account write the same row of the budgets table: two workers at once are enough.
        not_settled = make_dead_letters(self, "WaitingFailed", self._house, "waiting")
        queue = make_work_queue(
            self, "WaitingQueue", self._house, "waiting", worker=worker, dead_letters=not_settled, batch=1, at_once=2
        )
        function = make_function(
            self, "bus/disconnected", self._house, does="Queues what waits for a disconnected account", timeout_s=60
        )
        self._accounts.accounts.reads(function)
        self._publishing.publishes.queries(function, "by_account")
        tell(function, DISCONNECTED_QUEUE_URL=queue.queue_url)
        allow(function, ["sqs:SendMessage"], [queue.queue_arn])
        not_listed = make_dead_letters(self, "DisconnectedFailed", self._house, "disconnected")
        pattern = events.EventPattern(source=["dropcast"], detail_type=["account.disconnected"])
        make_rule(self, "Disconnected", function, dead_letters=not_listed, pattern=pattern, bus=self._bus)
        return [not_listed, not_settled]
