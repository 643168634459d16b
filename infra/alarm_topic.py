"""The SNS topic of all alarms, and the services that may publish to it."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.nag import acknowledge
from infra.stage_context import StageContext


def make_alarm_topic(scope: Construct, context: StageContext) -> sns.Topic:
    """The topic, which sends to the operator's address if there is one.

    The topic's own policy replaces SNS's default policy, so it must allow CloudWatch.
    """
    topic = sns.Topic(scope, "Alarms", topic_name=f"{context.prefix}-alarms", enforce_ssl=True)
    let_service_publish(topic, "cloudwatch")
    if context.config.alarm_email:
        subscription = topic.add_subscription(subscriptions.EmailSubscription(context.config.alarm_email))
        acknowledge(subscription, "SNS keeps no dead letters for e-mail.", "Serverless-SNSRedrivePolicy")
    return topic


def let_service_publish(topic: sns.Topic, service: str) -> None:
    """Allow an AWS service to publish to the topic for this account."""
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid=f"Allow{service.title()}OfThisAccount",
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
