"""Alarms on the API and on the functions behind it."""

from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_

from infra.alarms.alarm_maker import MINUTES, AlarmMaker

_FEW = 5
_SLOW_MS = 10_000
_SLOW_PERIODS = 3


def watch_http(alarms: AlarmMaker, api: apigw.HttpApi, functions: Sequence[lambda_.Function]) -> None:
    """Create alarms that fire if a function raises errors, if the API answers 5xx, or if the API's slowest answers take
    too long.
    """
    for function in functions:
        alarms.make(
            f"{function.node.id}Errors",
            function.metric_errors(period=MINUTES),
            f"{function.node.id} raises errors",
            "an-http-function-raises-errors",
        )
    alarms.make(
        "ApiServerErrors",
        api.metric_server_error(statistic="Sum", period=MINUTES),
        f"The API answered more than {_FEW} requests with 5xx in five minutes",
        "the-api-answers-5xx",
        above=_FEW,
    )
    alarms.make(
        "ApiSlow",
        api.metric_latency(statistic="p99", period=MINUTES),
        "The slowest 1 % of the API's answers have taken more than 10 s for 15 minutes",
        "the-api-is-slow",
        above=_SLOW_MS,
        periods=_SLOW_PERIODS,
    )
