"""What we tell the world: the outbox, its relay, and the bus where anybody may listen."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions import House, allow, make_function, tell
from infra.nag import acknowledge
from infra.queues import make_dead_letters, make_rule, unseen_by_nag
from infra.tables import Table


class Events(Construct):
    """An event is written beside the change it tells of; the table's stream carries it to the bus.

    A schedule carries what the stream gave up.
    """

    def __init__(self, scope: Construct, house: House) -> None:
        super().__init__(scope, "Events")
        self.outbox = Table(self, "outbox", house, sorted_by_sk=False, streamed=True)
        self.outbox.worklist("unrelayed", "unrelayed_shard", "unrelayed_at")
        self.bus = events.EventBus(self, "Bus", event_bus_name=house.prefix)
        self.relay = make_function(
            self, "stream/outbox", house, does="Relays the outbox to the event bus", timeout_s=60
        )
        self._empties_the_outbox(self.relay)
        self._stream_failed = make_dead_letters(self, "OutboxFailed", house, "outbox")
        unseen_by_nag(self._stream_failed)
        self._follow_the_stream()
        self.dead_letters = [self._stream_failed, self._relay_again(house)]

    def _empties_the_outbox(self, function: lambda_.Function) -> None:
        self.outbox.deletes(function)
        tell(function, EVENT_BUS_NAME=self.bus.event_bus_name)
        allow(function, ["events:PutEvents"], [self.bus.event_bus_arn])

    def _relay_again(self, house: House) -> sqs.Queue:
        """A schedule that finds what has not left the outbox, whatever became of the stream."""
        function = make_function(
            self, "schedule/relay", house, does="Relays events that the stream gave up", timeout_s=240
        )
        self._empties_the_outbox(function)
        self.outbox.queries(function, "unrelayed")
        self.outbox.reads_many(function)
        failed = make_dead_letters(self, "RelayFailed", house, "relay")
        make_rule(self, "RelaySchedule", function, dead_letters=failed, every=Duration.minutes(5))
        return failed

    def _follow_the_stream(self) -> None:
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
