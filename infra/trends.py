"""What trends on TikTok: collected on a schedule, kept as lists for callers and as history for Athena."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.accounts import Accounts
from infra.events import Events
from infra.functions import House, allow, allow_loops, make_function, tell
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.queues import make_dead_letters, make_rule, make_work_queue
from infra.tables import Table
from infra.trend_history import TrendHistory

_HISTORY = "trends/"


class Trends(Construct):
    """A schedule that queues every list, a worker that collects one, and where it puts it."""

    def __init__(
        self, scope: Construct, house: House, *, accounts: Accounts, publishing: Publishing, events: Events
    ) -> None:
        super().__init__(scope, "Trends")
        self._house = house
        self.trends = Table(self, "trends", house, sorted_by_sk=True)
        worker = self._make_worker(accounts, publishing, events)
        failed = make_dead_letters(self, "TrendsFailed", house, "trends")
        # Sources are asked gently: two lists at a time, whatever the plan holds.
        self._queue = make_work_queue(
            self, "TrendsQueue", house, "trends", worker=worker, dead_letters=failed, batch=1, at_once=2
        )
        self._queues(worker)
        # A list waits up to five hours for a source to answer again, and SQS delays a message for 15 minutes at most.
        allow_loops(worker)
        self.dead_letters = [failed, self._schedule()]
        TrendHistory(self, house, bucket=publishing.bucket, prefix=_HISTORY)

    def shows(self, function: lambda_.Function) -> None:
        """The lists as they stand, and having them collected now."""
        self.trends.lists(function)
        self._queues(function)
        self._tell_plan(function)

    def _make_worker(self, accounts: Accounts, publishing: Publishing, events: Events) -> lambda_.Function:
        worker = make_function(self, "queue/trends", self._house, does="Collects a list of trends", timeout_s=120)
        self.trends.reads(worker)
        self.trends.lists(worker)
        self.trends.puts(worker)
        self.trends.changes(worker)
        self.trends.deletes(worker)
        events.outbox.puts(worker)
        accounts.lend_business_tokens(worker)
        parameters = self._house.parameters
        tell(
            worker,
            MEDIA_BUCKET=publishing.bucket.bucket_name,
            TIKTOK_OEMBED_URL=parameters.tiktok_oembed_url.value_as_string,
            CREATIVE_CENTER=parameters.creative_center.value_as_string,
            CREATIVE_CENTER_URL=parameters.creative_center_url.value_as_string,
            CREATIVE_CENTER_US_URL=parameters.creative_center_us_url.value_as_string,
            ENSEMBLEDATA_URL=parameters.ensembledata_url.value_as_string,
            ENSEMBLEDATA_UNITS_PER_DAY=parameters.ensembledata_units_per_day.value_as_string,
            TREND_KEYWORDS=parameters.trend_keywords.value_as_string,
            TREND_REQUESTS_PER_RUN=parameters.trend_requests_per_run.value_as_string,
        )
        self._may_add_history(worker, publishing)
        return worker

    def _may_add_history(self, worker: lambda_.Function, publishing: Publishing) -> None:
        allow(worker, ["s3:PutObject"], [publishing.bucket.arn_for_objects(f"{_HISTORY}*")])
        bucket_id = Stack.of(self).resolve(publishing.bucket.bucket_arn)["Fn::GetAtt"][0]
        assert worker.role is not None
        acknowledge(
            worker.role,
            "Every list of every run has an object of its own below trends/.",
            f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/{_HISTORY}*]",
        )

    def _schedule(self) -> sqs.Queue:
        planner = make_function(self, "schedule/trends", self._house, does="Queues the lists of trends", timeout_s=60)
        self._queues(planner)
        self._tell_plan(planner)
        failed = make_dead_letters(self, "TrendsScheduleFailed", self._house, "trends-schedule")
        make_rule(self, "TrendsSchedule", planner, dead_letters=failed, every=Duration.hours(6))
        return failed

    def _tell_plan(self, function: lambda_.Function) -> None:
        parameters = self._house.parameters
        tell(
            function,
            TREND_COUNTRIES=parameters.trend_countries.value_as_string,
            TREND_KINDS=parameters.trend_kinds.value_as_string,
            TREND_PERIODS=parameters.trend_periods.value_as_string,
            TREND_CATEGORIES=parameters.trend_categories.value_as_string,
        )

    def _queues(self, function: lambda_.Function) -> None:
        tell(function, TRENDS_QUEUE_URL=self._queue.queue_url)
        allow(function, ["sqs:SendMessage"], [self._queue.queue_arn])
