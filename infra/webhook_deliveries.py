"""Deliveries of events to webhook endpoints: queues, workers, and a schedule that finds lost deliveries."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.events import Events
from infra.functions import allow_loops, make_function, pass_parameters
from infra.queues import acknowledge_no_redrive, grant_send, make_dead_letters, make_rule, make_work_queue
from infra.stage_context import StageContext
from infra.tables import Table

_SECRET = "webhook_secret"


class WebhookDeliveries(Construct):
    """The table of endpoints and deliveries, the queues of events and of deliveries, and the schedule."""

    def __init__(self, scope: Construct, context: StageContext, *, accounts: AccountsAndKeys, events: Events) -> None:
        super().__init__(scope, "Hooks")
        self._context = context
        self._accounts = accounts
        self._events = events
        self.hooks = Table(self, Settings.hooks_table, context, sorted_by_sk=True)
        self.hooks.add_index("due", "due_shard", "due_at", by_time=True)
        self.dead_letters = [self._make_delivery(), *self._make_fan_out(), self._make_requeue()]
        self.work_queues = [self._queue, self._slow_queue, self._events_queue]

    def grant_manage(self, function: lambda_.Function) -> None:
        """Allow managing endpoints with their secrets and deliveries, and queueing deliveries again."""
        self.hooks.grant(function, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
        grant_send(function, self._queue, Settings.deliveries_queue_url)
        self._accounts.grant_encrypt(function, _SECRET)
        pass_parameters(function, self._context, Settings.outbound_allowed_origins)

    def grant_sign(self, function: lambda_.Function) -> None:
        """Allow signing the webhooks of the endpoints."""
        self._accounts.grant_decrypt(function, _SECRET)

    def _make_delivery(self) -> sqs.Queue:
        worker = make_function(
            self,
            "queue/deliver",
            self._context,
            does="Delivers events to webhook endpoints",
            timeout_s=30,
            memory_mb=1024,
        )
        self.hooks.grant(worker, "BatchGetItem", "UpdateItem")
        self.grant_sign(worker)
        self._events.outbox.grant(worker, "PutItem")
        pass_parameters(worker, self._context, Settings.outbound_allowed_origins)
        failed = make_dead_letters(self, "DeliveriesFailed", self._context, "deliveries")
        # A worker waits for the slowest delivery of its batch, so slow endpoints have their own queue and workers.
        self._queue, self._slow_queue = (
            make_work_queue(
                self,
                construct,
                self._context,
                name,
                worker=worker,
                dead_letters=failed,
                batch=10,
                at_once=20,
            )
            for construct, name in (("DeliveriesQueue", "deliveries"), ("SlowDeliveriesQueue", "slow-deliveries"))
        )
        grant_send(worker, self._slow_queue, Settings.slow_deliveries_queue_url)
        grant_send(worker, self._queue, Settings.deliveries_queue_url)
        # A delivery is tried again for a day, and SQS delays a message by at most 15 minutes.
        allow_loops(worker)
        return failed

    def _make_fan_out(self) -> list[sqs.Queue]:
        worker = make_function(
            self, "queue/events", self._context, does="Queues an event's deliveries", timeout_s=30, memory_mb=1024
        )
        self.hooks.grant(worker, "Query", "PutItem")
        grant_send(worker, self._queue, Settings.deliveries_queue_url)
        failed = make_dead_letters(self, "EventsFailed", self._context, "events")
        self._events_queue = make_work_queue(
            self, "EventsQueue", self._context, "events", worker=worker, dead_letters=failed, batch=10
        )
        not_queued = make_dead_letters(self, "EventsNotQueued", self._context, "events-queue")
        acknowledge_no_redrive(not_queued)
        events.Rule(
            self,
            "All",
            event_bus=self._events.bus,
            event_pattern=events.EventPattern(source=["dropcast"]),
            targets=[
                targets.SqsQueue(
                    self._events_queue,
                    dead_letter_queue=not_queued,
                    max_event_age=Duration.hours(24),
                    retry_attempts=185,
                )
            ],
        )
        return [failed, not_queued]

    def _make_requeue(self) -> sqs.Queue:
        finder = make_function(
            self, "schedule/deliveries", self._context, does="Queues deliveries that are due", timeout_s=50
        )
        self.hooks.grant_query(finder, "due")
        self.hooks.grant_update_of(finder, "sk", "due_at")
        grant_send(finder, self._queue, Settings.deliveries_queue_url)
        failed = make_dead_letters(self, "DueDeliveriesFailed", self._context, "due-deliveries")
        make_rule(self, "DueDeliveries", finder, dead_letters=failed, every=Duration.minutes(1))
        return failed
