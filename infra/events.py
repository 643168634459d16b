"""Events for other programs: the outbox, the functions that relay events from it, and the event bus."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.settings import Settings
from infra.functions import allow, make_function, set_env
from infra.nag import acknowledge
from infra.queues import acknowledge_no_redrive, make_dead_letters, make_rule
from infra.stage_context import StageContext
from infra.tables import Table


class Events(Construct):
    """The stream of the outbox table invokes the relay, which puts events on the bus.

    A schedule relays the events that the stream no longer retries. `relays`: the functions that relay.
    """

    def __init__(self, scope: Construct, context: StageContext) -> None:
        super().__init__(scope, "Events")
        self.outbox = Table(self, Settings.outbox_table, context, sorted_by_sk=False, streamed=True)
        self.outbox.add_index("unrelayed", "unrelayed_shard", "unrelayed_at", by_time=True)
        self.bus = events.EventBus(self, "Bus", event_bus_name=context.prefix)
        self.relay = make_function(
            self, "stream/outbox", context, does="Relays the outbox to the event bus", timeout_s=60
        )
        self.relays = [self.relay]
        self._grant_relay(self.relay)
        self._stream_failed = make_dead_letters(self, "OutboxFailed", context, "outbox")
        acknowledge_no_redrive(self._stream_failed)
        self._subscribe_relay()
        self.dead_letters = [self._stream_failed, self._make_relay_schedule(context)]

    def _grant_relay(self, function: lambda_.Function) -> None:
        self.outbox.grant(function, "DeleteItem")
        set_env(function, {Settings.event_bus_name: self.bus.event_bus_name})
        allow(function, ["events:PutEvents"], [self.bus.event_bus_arn])

    def _make_relay_schedule(self, context: StageContext) -> sqs.Queue:
        """Create the schedule that relays events which are still in the outbox."""
        function = make_function(
            self, "schedule/relay", context, does="Relays events that the stream no longer retries", timeout_s=240
        )
        self._grant_relay(function)
        self.relays.append(function)
        self.outbox.grant_query(function, "unrelayed")
        self.outbox.grant(function, "BatchGetItem")
        failed = make_dead_letters(self, "RelayFailed", context, "relay")
        make_rule(self, "RelaySchedule", function, dead_letters=failed, every=Duration.minutes(5))
        return failed

    def _subscribe_relay(self) -> None:
        stream = self.outbox.table.table_stream_arn
        assert stream is not None
        allow(
            self.relay,
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [stream],
        )
        allow(self.relay, ["dynamodb:ListStreams"], [f"{self.outbox.table.table_arn}/stream/*"])
        table_id = Stack.of(self).resolve(self.outbox.table.table_arn)["Fn::GetAtt"][0]
        acknowledge(
            self,
            "Lambda lists a table's streams, whose names hold the time of their creation.",
            f"AwsSolutions-IAM5[Resource::<{table_id}.Arn>/stream/*]",
        )
        lambda_.EventSourceMapping(
            self,
            "Relay",
            target=self.relay,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=25,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=10,
            max_record_age=Duration.hours(12),
            filters=[lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})],
            on_failure=sources.SqsDlq(self._stream_failed),
        )
