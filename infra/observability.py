"""Alarms, the dashboard and the spend limit. Each failure shows up in one place, and each place has an alarm."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.alarm_topic import make_alarm_topic
from infra.alarms.alarm_maker import AlarmMaker
from infra.alarms.http_alarms import watch_http
from infra.alarms.publish_alarms import watch_publishes
from infra.alarms.queue_alarms import watch_dead_letters, watch_work
from infra.alarms.tiktok_alarms import watch_accounts, watch_tiktok
from infra.alarms.trend_alarms import watch_trends
from infra.dashboard import make_dashboard
from infra.spend_limit import make_spend_limit
from infra.stage_context import StageContext


class Observability(Construct):
    """The alarms and the dashboard.

    A failed asynchronous call ends in a dead-letter queue, a failed step fails its execution, and a failed HTTP
    function counts in its error metric.
    """

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        dead_letters: Sequence[sqs.Queue],
        work_queues: Sequence[sqs.Queue],
        machine: sfn.StateMachine,
        api: apigw.HttpApi,
        http_functions: Sequence[lambda_.Function],
        relay: lambda_.Function,
    ) -> None:
        super().__init__(scope, "Observability")
        self.topic = make_alarm_topic(self, context)
        if context.config.monthly_spend_limit:
            limit = context.config.monthly_spend_limit
            make_spend_limit(self, self.topic, name=f"{context.prefix}-spend", limit_usd=limit)
        alarms = AlarmMaker(self, self.topic)
        watch_dead_letters(alarms, dead_letters)
        watch_work(alarms, work_queues)
        watch_http(alarms, api, http_functions)
        watch_publishes(alarms, machine, relay)
        watch_accounts(alarms)
        watch_tiktok(alarms)
        watch_trends(alarms)
        make_dashboard(
            self,
            context.prefix,
            alarms=alarms.made,
            machine=machine,
            api=api,
            dead_letters=dead_letters,
            work_queues=work_queues,
        )
