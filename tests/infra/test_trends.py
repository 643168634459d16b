"""Trends: the functions that collect and show them, the history as an Athena table, and the alarms."""

from datetime import datetime

import pytest

from dropcast.trends.collection_plan import PERIODS
from dropcast.trends.history_in_s3 import PREFIX
from dropcast.trends.models import ITEMS
from tests.infra.reading import functions, many, of_type, referred, statements, the_one

COMMON = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
TAKING = {"sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:DeleteMessage"}
TAKING |= {"sqs:GetQueueAttributes"}
# The fields that an item of the history has in addition to its own.
SHARED = {"run_id", "captured_at", "source", "country", "period_days", "category"}


def told(template, place: str) -> set[str]:
    return set(functions(template)[place]["Properties"]["Environment"]["Variables"])


def rights(template, place: str) -> set[str]:
    role = referred(functions(template)[place]["Properties"]["Role"])
    return {action for owner, one in statements(template) if owner == role for action in many(one["Action"])} - COMMON


def test_a_run_starts_every_six_hours(template):
    planner = next(name for name, one in of_type(template, "Lambda::Function").items()
                   if one == functions(template)["schedule-trends"])  # fmt: skip
    [rule] = [
        one["Properties"]
        for one in of_type(template, "Events::Rule").values()
        if referred(one["Properties"]["Targets"][0]["Arn"]) == planner
    ]

    assert rule["ScheduleExpression"] == "rate(6 hours)"


def test_the_planner_may_only_queue(template):
    assert rights(template, "schedule-trends") - TAKING == {"sqs:SendMessage"}


def test_the_worker_has_exactly_these_permissions(template):
    assert rights(template, "queue-trends") - TAKING == {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "kms:Encrypt",
        "kms:Decrypt",
        "secretsmanager:GetSecretValue",
        "s3:PutObject",
        "sqs:SendMessage",
    }


def test_the_worker_has_no_access_to_accounts_and_their_tokens(template):
    role = referred(functions(template)["queue-trends"]["Properties"]["Role"])
    [accounts] = [name for name in of_type(template, "DynamoDB::Table") if name.startswith("AccountsAccountsTable")]
    own = [one for owner, one in statements(template) if owner == role]
    of_accounts = [one for one in own if accounts in {referred(place) for place in many(one["Resource"])}]
    opened = [one["Condition"] for one in own if "kms:Decrypt" in many(one["Action"])]

    leading = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["business", "open_id#biz_*"]}}
    assert [one.get("Condition") for one in of_accounts] == [leading]
    assert opened == [
        {"StringEquals": {"kms:EncryptionContext:kind": ["business_access_token", "business_refresh_token"]}}
    ]


def test_two_lists_are_collected_at_a_time_one_per_message(template):
    worker = next(name for name, one in of_type(template, "Lambda::Function").items()
                  if one == functions(template)["queue-trends"])  # fmt: skip
    [mapping] = [
        one["Properties"]
        for one in of_type(template, "Lambda::EventSourceMapping").values()
        if referred(one["Properties"]["FunctionName"]) == worker
    ]

    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})


def test_the_planner_and_the_api_know_the_collected_lists(template):
    plan = {"TREND_COUNTRIES", "TREND_KINDS", "TREND_PERIODS", "TREND_CATEGORIES", "TRENDS_QUEUE_URL"}

    assert told(template, "schedule-trends") >= plan
    assert told(template, "http-api") >= plan | {"TRENDS_TABLE"}


def test_the_worker_knows_every_source(template):
    assert told(template, "queue-trends") >= {
        "TIKTOK_BUSINESS_URL",
        "TIKTOK_OEMBED_URL",
        "CREATIVE_CENTER",
        "CREATIVE_CENTER_URL",
        "CREATIVE_CENTER_US_URL",
        "ENSEMBLEDATA_URL",
        "ENSEMBLEDATA_UNITS_PER_DAY",
        "PARTNER_SECRET_ARN",
        "TREND_KEYWORDS",
        "TREND_REQUESTS_PER_RUN",
    }


def test_scraping_is_off_and_nothing_is_collected_by_default(template):
    assert template["Parameters"]["CreativeCenter"]["Default"] == "off"
    assert template["Parameters"]["TrendCountries"]["Default"] == ""


def test_the_selectable_periods_are_those_of_the_plan(template):
    allowed = template["Parameters"]["TrendPeriods"]["AllowedPattern"]

    assert allowed == rf"^({'|'.join(map(str, PERIODS))})(,({'|'.join(map(str, PERIODS))}))*$"


def test_the_table_has_a_column_for_every_field_of_every_kind(template):
    table = the_one(template, "Glue::Table")["Properties"]["TableInput"]

    columns = {column["Name"] for column in table["StorageDescriptor"]["Columns"]}
    fields = {field for item in ITEMS.values() for field in item.model_fields}
    assert columns == fields | SHARED
    assert [column["Name"] for column in table["PartitionKeys"]] == ["kind", "date"]


def test_partitions_are_projected_from_the_objects_keys(template):
    table = the_one(template, "Glue::Table")["Properties"]["TableInput"]
    parameters = table["Parameters"]

    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.kind.values"].split(",") == list(ITEMS)
    assert parameters["projection.date.format"] == "yyyy-MM-dd"
    datetime.strptime(parameters["projection.date.range"].partition(",")[0], "%Y-%m-%d")
    [scheme, bucket, place] = parameters["storage.location.template"]["Fn::Join"][1]
    assert (scheme, place) == ("s3://", f"/{PREFIX}kind=${{kind}}/date=${{date}}/")
    assert template["Resources"][referred(bucket)]["Type"] == "AWS::S3::Bucket"
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"] == "org.openx.data.jsonserde.JsonSerDe"


def test_the_database_is_named_after_the_stage(template, prod_template):
    for stage, name in ((template, "dropcast_dev"), (prod_template, "dropcast_prod")):
        assert the_one(stage, "Glue::Database")["Properties"]["DatabaseInput"]["Name"] == name
        assert the_one(stage, "Glue::Table")["Properties"]["DatabaseName"] == name


@pytest.mark.parametrize("source", ["discovery", "creative_center", "ensembledata"])
def test_a_source_that_fails_during_a_whole_run_raises_an_alarm(template, source):
    [alarm] = [
        one["Properties"]
        for one in of_type(template, "CloudWatch::Alarm").values()
        if {"Name": "source", "Value": source} in one["Properties"]["Dimensions"]
    ]

    assert alarm["MetricName"] == "TrendSourceFailed"
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Minimum", 6 * 3600, 0)
    assert {"Name": "service", "Value": "queue-trends"} in alarm["Dimensions"]


def test_each_kind_without_a_source_raises_an_alarm(template):
    alarms = [
        one["Properties"]
        for one in of_type(template, "CloudWatch::Alarm").values()
        if one["Properties"]["MetricName"] == "TrendsNotCollected"
    ]

    dimensions = [{one["Name"]: one["Value"] for one in alarm["Dimensions"]} for alarm in alarms]
    assert sorted(one["kind"] for one in dimensions) == sorted(ITEMS)
    assert {one["service"] for one in dimensions} == {"queue-trends"}
    assert {(one["Statistic"], one["Period"], one["Threshold"]) for one in alarms} == {("Minimum", 6 * 3600, 0)}
