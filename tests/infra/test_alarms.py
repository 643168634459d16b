"""Every alarm: its metric, its section of the runbook, and the cost of all alarms."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from infra.config import Config
from infra.observability import Observability
from infra.spend_limit import make_spend_limit
from local.synth import ROOT
from tests.alarm_metrics import NAMESPACE, OF_AWS, OWN, watched
from tests.infra.reading import of_type, the_one

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
ALARM_USD, METRIC_USD = 0.10, 0.30  # a month in us-east-1, https://aws.amazon.com/cloudwatch/pricing/, 2026-11
FREE_METRICS_OF_A_DASHBOARD = 50


@pytest.fixture(scope="module")
def alarms(template) -> dict[str, dict[str, Any]]:
    """The alarms' properties by their names in infra/alarms."""
    return {own_name(name): one["Properties"] for name, one in of_type(template, "CloudWatch::Alarm").items()}


def own_name(logical_id: str) -> str:
    """The alarm's name without its construct's name and without CDK's hash."""
    found = re.fullmatch(rf"{Observability.__name__}(\w+)[0-9A-F]{{8}}", logical_id)
    assert found, logical_id
    return found[1]


def sections() -> dict[str, str]:
    """The runbook's sections by anchor."""
    parts = re.split(r"^## (.+)\n", RUNBOOK, flags=re.MULTILINE)[1:]
    return {anchor(title): text for title, text in zip(parts[::2], parts[1::2], strict=True)}


def anchor(title: str) -> str:
    """The anchor that GitHub creates for a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_an_alarm_on_an_own_metric_has_the_metric_of_the_table(alarms):
    own = {name: watched(one) for name, one in alarms.items() if one["Namespace"] == NAMESPACE}

    assert own == OWN


def test_an_alarm_on_a_metric_of_aws_has_one_that_aws_documents(alarms):
    found = {
        (one["Namespace"], one["MetricName"], *(dimension["Name"] for dimension in one["Dimensions"]))
        for one in alarms.values()
        if one["Namespace"] != NAMESPACE
    }

    assert found == set(OF_AWS)


def test_every_alarm_reaches_the_topic_and_keeps_quiet_without_data(template, alarms):
    [topic] = of_type(template, "SNS::Topic")

    for name, one in alarms.items():
        assert one["AlarmActions"] == [{"Ref": topic}], name
        assert one["TreatMissingData"] == "notBreaching", name


def test_every_alarm_links_a_section_that_names_it(alarms):
    for name, one in alarms.items():
        link = re.search(r" See docs/runbook\.md#([a-z0-9-]+)$", one["AlarmDescription"])
        assert link, name
        assert re.search(rf"`{name}`", sections()[link[1]]), f"{name} is not in the section #{link[1]}"


def test_every_section_is_of_an_alarm_and_names_no_other(alarms):
    linked = {one["AlarmDescription"].rpartition("#")[2] for one in alarms.values()}

    assert set(sections()) - linked == {"what-every-alarm-has-in-common", "the-spend-nears-its-limit"}
    for name, text in sections().items():
        named = set(re.findall(r"^(?:\| |Alarms?: )`(\w+)`", text, flags=re.MULTILINE))
        wrong = {one for one in named if one in alarms and not alarms[one]["AlarmDescription"].endswith(f"#{name}")}
        assert wrong == set()


def test_every_section_says_how_to_look_what_to_do_and_how_it_ends():
    for name, text in sections().items():
        if name != "what-every-alarm-has-in-common":
            assert [word for word in ("**Means.**", "**Look.**", "**Do.**", "**Over.**") if word not in text] == [], (
                name
            )


def test_the_page_on_deploying_says_what_alarms_and_their_metrics_cost(alarms):
    page = " ".join((ROOT / "docs" / "deploy.md").read_text().split())
    metrics = {watched(one) for one in alarms.values() if one["Namespace"] == NAMESPACE}

    alarms_usd, metrics_usd = len(alarms) * ALARM_USD, len(metrics) * METRIC_USD
    assert f"{len(alarms)} alarms: {alarms_usd:.2f}" in page
    assert f"Alarms watch {len(metrics)} of these metrics, which cost at most {metrics_usd:.2f}" in page
    assert f"Alarms and their metrics together cost at most {alarms_usd + metrics_usd:.2f}" in page


def test_the_dashboard_is_free(template):
    body = str(the_one(template, "CloudWatch::Dashboard")["Properties"]["DashboardBody"])

    # A row of a graph is a list that begins with the namespace.
    assert 0 < len(re.findall(r'\["(?:AWS/\w+|Dropcast)"', body)) <= FREE_METRICS_OF_A_DASHBOARD


def test_without_a_limit_there_is_no_budget(template):
    assert of_type(template, "Budgets::Budget") == {}


def test_a_limit_of_spend_reaches_the_topic():
    stack = cdk.Stack(cdk.App(), "Stack")
    make_spend_limit(stack, sns.Topic(stack, "Topic"), name="dropcast-dev-spend", limit_usd=50)
    limited = dict(Template.from_stack(stack).to_json())

    budget = the_one(limited, "Budgets::Budget")
    [topic] = of_type(limited, "SNS::Topic")
    [policy] = of_type(limited, "SNS::TopicPolicy")
    assert budget["Properties"]["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    notified = budget["Properties"]["NotificationsWithSubscribers"]
    kinds = {(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in notified}
    assert kinds == {("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100)}
    assert {one["Address"]["Ref"] for entry in notified for one in entry["Subscribers"]} == {topic}
    assert policy in budget["DependsOn"]
    statements = limited["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
    [ours] = [one for one in statements if one.get("Principal") == {"Service": "budgets.amazonaws.com"}]
    assert ours["Action"] == "sns:Publish"
    assert ours["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("limit", ["-1", "ten", "12345678", ""])
def test_a_limit_that_is_no_sum_is_refused(limit):
    with pytest.raises(ValueError, match="monthly_spend_limit"):
        Config({"monthly_spend_limit": limit})
