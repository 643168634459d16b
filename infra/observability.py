"""Alarms and the dashboard. Each failure is visible in one place, and each such place has an alarm."""

# pyright: reportArgumentType=false
# A type checker finds that jsii's classes do not match its own interfaces.

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.nag import acknowledge
from infra.stage_context import StageContext

_MINUTES = Duration.minutes(5)
_TREND_RUN = Duration.hours(6)
_TREND_SERVICE = "queue-trends"
_TREND_SOURCES = ("discovery", "creative_center", "ensembledata")
_TREND_KINDS = ("hashtags", "videos", "music", "keywords")


class Observability(Construct):
    """The alarms and the dashboard.

    A failed asynchronous call ends in a dead-letter queue, a failed step fails its execution, and a failed HTTP
    function raises its error metric.
    """

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        dead_letters: Sequence[sqs.Queue],
        machine: sfn.StateMachine,
        http_functions: Sequence[lambda_.Function],
        relay: lambda_.Function,
    ) -> None:
        super().__init__(scope, "Observability")
        self._context = context
        self.topic = self._make_topic(context)
        if context.config.alarm_email:
            subscription = self.topic.add_subscription(subscriptions.EmailSubscription(context.config.alarm_email))
            acknowledge(subscription, "SNS keeps no dead letters for e-mail.", "Serverless-SNSRedrivePolicy")
        self._watch_queues(dead_letters)
        self._watch_http(http_functions)
        self._watch_publishes(machine, relay)
        self._watch_trends()
        self._make_dashboard(machine, dead_letters, http_functions)

    def _make_topic(self, context: StageContext) -> sns.Topic:
        """The topic of all alarms. Its policy replaces SNS's default one, so it must allow CloudWatch."""
        topic = sns.Topic(self, "Alarms", topic_name=f"{context.prefix}-alarms", enforce_ssl=True)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowAlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return topic

    def _watch_queues(self, dead_letters: Sequence[sqs.Queue]) -> None:
        for queue in dead_letters:
            self._alarm(
                f"{queue.node.id}Alarm",
                queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=_MINUTES),
                f"Something failed for good and waits in {queue.node.id}",
            )

    def _watch_http(self, http_functions: Sequence[lambda_.Function]) -> None:
        for function in http_functions:
            errors = function.metric_errors(period=_MINUTES)
            self._alarm(f"{function.node.id}Errors", errors, f"{function.node.id} raises errors")

    def _watch_publishes(self, machine: sfn.StateMachine, relay: lambda_.Function) -> None:
        failed = machine.metric_failed(period=_MINUTES)
        self._alarm("ExecutionsFailed", failed, "A publish's execution failed and was settled by rule")
        lag = relay.metric("IteratorAge", statistic="Maximum", period=_MINUTES)
        self._alarm("EventsLate", lag, "Events leave the outbox more than 10 minutes late", above=10 * 60 * 1000)
        cap = cloudwatch.Metric(
            namespace="Dropcast",
            metric_name="ActiveUserCapReached",
            dimensions_map={"service": "workflow-start"},
            statistic="Sum",
            period=_MINUTES,
        )
        self._alarm("ActiveUserCap", cap, "TikTok lets the app post for no more accounts today: ask for a higher cap")

    def _watch_trends(self) -> None:
        """Raise an alarm if for six hours a source answers no request, or no source returns lists of a kind."""
        for source in _TREND_SOURCES:
            dimensions = {"service": _TREND_SERVICE, "source": source}
            self._alarm(
                f"TrendSource{source.title().replace('_', '')}",
                _only_failures("TrendSourceFailed", dimensions),
                f"The source of trends {source} fails: GET /v1/trends/sources says why",
            )
        for kind in _TREND_KINDS:
            dimensions = {"service": _TREND_SERVICE, "kind": kind}
            self._alarm(
                f"TrendsNotCollected{kind.title()}",
                _only_failures("TrendsNotCollected", dimensions),
                f"No source answers for {kind}: callers get the last lists, marked stale",
            )

    def _alarm(self, name: str, metric: cloudwatch.IMetric, means: str, *, above: int = 0) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            alarm_description=means,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

    def _make_dashboard(
        self, machine: sfn.StateMachine, dead_letters: Sequence[sqs.Queue], http_functions: Sequence[lambda_.Function]
    ) -> None:
        def graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
            return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)

        executions = [machine.metric_started(), machine.metric_succeeded(), machine.metric_failed()]
        errors = [function.metric_errors(label=function.node.id) for function in http_functions]
        waiting = [queue.metric_approximate_number_of_messages_visible(label=queue.node.id) for queue in dead_letters]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self._context.prefix,
            widgets=[[graph("Publishes", executions), graph("HTTP errors", errors), graph("Failed for good", waiting)]],
        )


def _only_failures(name: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
    """The minimum of a run: 1 if the worker counted only failures, because it counts 0 for each success.

    A formula over two metrics would have the same result, but the local stack does not support such alarms.
    """
    return cloudwatch.Metric(
        namespace="Dropcast", metric_name=name, dimensions_map=dimensions, statistic="Minimum", period=_TREND_RUN
    )
