"""A monthly limit for the AWS account's spend, if the operator set one."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.alarm_topic import let_service_publish

# Percentages of the limit. FORECASTED is AWS's forecast for the whole month.
_NOTIFICATIONS = (("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100))


def make_spend_limit(scope: Construct, topic: sns.Topic, *, name: str, limit_usd: int) -> None:
    """Notify `topic` when the account's monthly spend exceeds 80 or 100 % of `limit_usd`, or AWS forecasts 100 %.

    AWS Budgets counts the whole account. To count a part of it, an operator would have to activate tags in AWS's
    billing console first.
    """
    let_service_publish(topic, "budgets")
    budget = budgets.CfnBudget(
        scope,
        "SpendLimit",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=name,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=limit_usd, unit="USD"),
        ),
        notifications_with_subscribers=[_make_notification(topic, kind, percent) for kind, percent in _NOTIFICATIONS],
    )
    # AWS Budgets checks the topic's policy when the budget is created.
    budget.node.add_dependency(topic)


def _make_notification(
    topic: sns.Topic, kind: str, percent: int
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN", notification_type=kind, threshold=percent, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(address=topic.topic_arn, subscription_type="SNS")],
    )
