"""Trends on TikTok: a schedule collects them, callers read the lists, and Athena reads the history."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.events import Events
from infra.functions import allow_loops, make_function, pass_parameters
from infra.publishing import TRENDS_PREFIX, Publishing
from infra.queues import grant_send, make_dead_letters, make_rule, make_work_queue
from infra.stage_context import StageContext
from infra.tables import Table
from infra.trend_history import TrendHistory


class Trends(Construct):
    """A schedule that queues every list, a worker that collects a list, and the table and the history of the lists."""

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        events: Events,
    ) -> None:
        super().__init__(scope, "Trends")
        self._context = context
        self.trends = Table(self, Settings.trends_table, context, sorted_by_sk=True)
        worker = self._make_worker(accounts, publishing, events)
        failed = make_dead_letters(self, "TrendsFailed", context, "trends")
        # At most two lists at a time, to limit the load on the sources.
        self._queue = make_work_queue(
            self, "TrendsQueue", context, "trends", worker=worker, dead_letters=failed, batch=1, at_once=2
        )
        grant_send(worker, self._queue, Settings.trends_queue_url)
        # A list waits up to five hours until a source answers again, and SQS delays a message by at most 15 minutes.
        allow_loops(worker)
        self.dead_letters = [failed, self._make_schedule()]
        self.work_queues = [self._queue]
        TrendHistory(self, context, bucket=publishing.bucket, prefix=TRENDS_PREFIX)

    def grant_read_and_collect(self, function: lambda_.Function) -> None:
        """Allow reading the lists and queueing their collection."""
        self.trends.grant(function, "Query")
        grant_send(function, self._queue, Settings.trends_queue_url)
        self._pass_plan(function)

    def _make_worker(self, accounts: AccountsAndKeys, publishing: Publishing, events: Events) -> lambda_.Function:
        worker = make_function(self, "queue/trends", self._context, does="Collects a list of trends", timeout_s=120)
        self.trends.grant(worker, "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
        events.outbox.grant(worker, "PutItem")
        accounts.grant_business_rows(worker)
        accounts.grant_business_tokens(worker)
        publishing.grant_store_trends(worker)
        publishing.set_bucket(worker)
        pass_parameters(
            worker,
            self._context,
            Settings.tiktok_oembed_url,
            Settings.creative_center,
            Settings.creative_center_url,
            Settings.creative_center_us_url,
            Settings.ensembledata_url,
            Settings.ensembledata_units_per_day,
            Settings.trend_keywords,
            Settings.trend_requests_per_run,
        )
        return worker

    def _make_schedule(self) -> sqs.Queue:
        planner = make_function(self, "schedule/trends", self._context, does="Queues the lists of trends", timeout_s=60)
        grant_send(planner, self._queue, Settings.trends_queue_url)
        self._pass_plan(planner)
        failed = make_dead_letters(self, "TrendsScheduleFailed", self._context, "trends-schedule")
        make_rule(self, "TrendsSchedule", planner, dead_letters=failed, every=Duration.hours(6))
        return failed

    def _pass_plan(self, function: lambda_.Function) -> None:
        pass_parameters(
            function,
            self._context,
            Settings.trend_countries,
            Settings.trend_kinds,
            Settings.trend_periods,
            Settings.trend_categories,
        )
