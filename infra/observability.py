"""What wakes somebody: each failure has one place where it ends up, and each such place an alarm."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

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

from infra.functions import House
from infra.nag import acknowledge

_MINUTES = Duration.minutes(5)
_TREND_RUN = Duration.hours(6)
_TREND_SERVICE = "queue-trends"
_TREND_SOURCES = ("discovery", "creative_center", "ensembledata")
_TREND_KINDS = ("hashtags", "videos", "music", "keywords")


class Observability(Construct):
    """Asynchronous failures end in a dead-letter queue, a step's in its execution, an HTTP function's in its errors."""

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        dead_letters: Sequence[sqs.Queue],
        machine: sfn.StateMachine,
        http_functions: Sequence[lambda_.Function],
        relay: lambda_.Function,
    ) -> None:
        super().__init__(scope, "Observability")
        self._house = house
        self.topic = self._make_topic(house)
        if house.config.alarm_email:
            subscription = self.topic.add_subscription(subscriptions.EmailSubscription(house.config.alarm_email))
            acknowledge(subscription, "SNS keeps no dead letters for e-mail.", "Serverless-SNSRedrivePolicy")

        for queue in dead_letters:
            self._alarm(
                f"{queue.node.id}Alarm",
                queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=_MINUTES),
                f"Something failed for good and waits in {queue.node.id}",
            )
        for function in http_functions:
            self._alarm(
                f"{function.node.id}Errors",
                function.metric_errors(period=_MINUTES),
                f"{function.node.id} raises errors",
            )
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
        self._watch_trends()
        self._make_dashboard(machine, dead_letters, http_functions)

    def _make_topic(self, house: House) -> sns.Topic:
        """The topic of all alarms. A topic with a policy has none of SNS's defaults, so CloudWatch is allowed here."""
        topic = sns.Topic(self, "Alarms", topic_name=f"{house.prefix}-alarms", enforce_ssl=True)
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

    def _watch_trends(self) -> None:
        """Over six hours: a source that was asked and told nothing, a kind that was tried and told by nobody."""
        for source in _TREND_SOURCES:
            dimensions = {"service": _TREND_SERVICE, "source": source}
            self._alarm(
                f"TrendSource{source.title().replace('_', '')}",
                _bad_alone("TrendSourceFailed", dimensions),
                f"The source of trends {source} fails: GET /v1/trends/sources says why",
            )
        for kind in _TREND_KINDS:
            dimensions = {"service": _TREND_SERVICE, "kind": kind}
            self._alarm(
                f"TrendsNotCollected{kind.title()}",
                _bad_alone("TrendsNotCollected", dimensions),
                f"No source tells what {kind} trend: callers get the last lists, marked stale",
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
            dashboard_name=self._house.prefix,
            widgets=[[graph("Publishes", executions), graph("HTTP errors", errors), graph("Failed for good", waiting)]],
        )


def _bad_alone(name: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
    """1 for each run in which it was counted and never 0, which is what the worker counts where all is well.

    A formula over two metrics would say the same; the local stack has no such alarms.
    """
    return cloudwatch.Metric(
        namespace="Dropcast", metric_name=name, dimensions_map=dimensions, statistic="Minimum", period=_TREND_RUN
    )
