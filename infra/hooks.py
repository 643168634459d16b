"""Events to webhook endpoints: one delivery to each that wants an event, tried until it is answered well."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.accounts import Accounts
from infra.events import Events
from infra.functions import House, allow, allow_loops, make_function, tell
from infra.queues import make_dead_letters, make_rule, make_work_queue, unseen_by_nag
from infra.tables import Table

_SECRET = "webhook_secret"


class Hooks(Construct):
    """Endpoints and deliveries, the queue of events, the queue of deliveries, and the schedule that finds lost ones."""

    def __init__(self, scope: Construct, house: House, *, accounts: Accounts, events: Events) -> None:
        super().__init__(scope, "Hooks")
        self._house = house
        self._accounts = accounts
        self._events = events
        self.hooks = Table(self, "hooks", house, sorted_by_sk=True)
        self.hooks.worklist("due", "due_shard", "due_at")
        self.dead_letters = [self._deliver(), *self._fan_out(), self._requeue()]

    def manages(self, function: lambda_.Function) -> None:
        """Endpoints and their secrets, their deliveries, and having these made again."""
        self.hooks.reads(function)
        self.hooks.reads_many(function)
        self.hooks.lists(function)
        self.hooks.puts(function)
        self.hooks.changes(function)
        self.hooks.deletes(function)
        self._queues(function)
        self._accounts.seals(function, _SECRET)
        self._may_reach(function)

    def _deliver(self) -> sqs.Queue:
        worker = make_function(
            self,
            "queue/deliver",
            self._house,
            does="Delivers events to webhook endpoints",
            timeout_s=30,
            memory_mb=1024,
        )
        self.hooks.reads_many(worker)
        self.hooks.changes(worker)
        self._accounts.opens(worker, _SECRET)
        self._events.outbox.puts(worker)
        self._may_reach(worker)
        failed = make_dead_letters(self, "DeliveriesFailed", self._house, "deliveries")
        # A worker waits for the slowest of its batch: what may be slow has a queue, and workers, of its own.
        self._queue, self._slow_queue = (
            make_work_queue(
                self,
                construct,
                self._house,
                name,
                worker=worker,
                dead_letters=failed,
                batch=10,
                at_once=20,
            )
            for construct, name in (("DeliveriesQueue", "deliveries"), ("SlowDeliveriesQueue", "slow-deliveries"))
        )
        tell(worker, SLOW_DELIVERIES_QUEUE_URL=self._slow_queue.queue_url)
        allow(worker, ["sqs:SendMessage"], [self._slow_queue.queue_arn])
        self._queues(worker)
        # A delivery is tried again for a day, and SQS delays a message for 15 minutes at most.
        allow_loops(worker)
        return failed

    def _fan_out(self) -> list[sqs.Queue]:
        worker = make_function(
            self, "queue/events", self._house, does="Has an event delivered", timeout_s=30, memory_mb=1024
        )
        self.hooks.lists(worker)
        self.hooks.puts(worker)
        self._queues(worker)
        failed = make_dead_letters(self, "EventsFailed", self._house, "events")
        queue = make_work_queue(
            self, "EventsQueue", self._house, "events", worker=worker, dead_letters=failed, batch=10
        )
        not_queued = make_dead_letters(self, "EventsNotQueued", self._house, "events-queue")
        unseen_by_nag(not_queued)
        events.Rule(
            self,
            "All",
            event_bus=self._events.bus,
            event_pattern=events.EventPattern(source=["dropcast"]),
            targets=[
                targets.SqsQueue(
                    queue, dead_letter_queue=not_queued, max_event_age=Duration.hours(24), retry_attempts=185
                )
            ],
        )
        return [failed, not_queued]

    def _requeue(self) -> sqs.Queue:
        finder = make_function(
            self, "schedule/deliveries", self._house, does="Queues deliveries that are due", timeout_s=50
        )
        self.hooks.queries(finder, "due")
        self.hooks.marks(finder, "sk", "due_at")
        self._queues(finder)
        failed = make_dead_letters(self, "DueDeliveriesFailed", self._house, "due-deliveries")
        make_rule(self, "DueDeliveries", finder, dead_letters=failed, every=Duration.minutes(1))
        return failed

    def _queues(self, function: lambda_.Function) -> None:
        tell(function, DELIVERIES_QUEUE_URL=self._queue.queue_url)
        allow(function, ["sqs:SendMessage"], [self._queue.queue_arn])

    def _may_reach(self, function: lambda_.Function) -> None:
        tell(function, OUTBOUND_ALLOWED_ORIGINS=self._house.parameters.outbound_allowed_origins.value_as_string)
