"""How data is kept: recoverable, deleted in time, and not deleted with the stack."""

import pytest

from dropcast.publishing.uploads import upload_rows
from local.synth import ROOT
from tests.infra.reading import functions, of_type, referred, the_one

DAY_S = 24 * 3600
KEPT = ["DynamoDB::Table", "S3::Bucket", "KMS::Key", "SecretsManager::Secret"]
# A new deployment creates its own key for media addresses.
NOT_KEPT = "MediaKey1A0755DFB"


def test_tables_are_on_demand_recoverable_and_have_a_ttl(template):
    tables = of_type(template, "DynamoDB::Table").values()

    assert len(tables) == 9
    for table in tables:
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize("kind", KEPT)
def test_every_stage_keeps_its_data_when_its_stack_is_deleted_or_a_resource_is_replaced(template, prod_template, kind):
    """With RetainExceptOnCreate, a failed first deployment leaves nothing.

    In prod such a deployment could not delete its tables, because they are protected.
    """
    for stage, policy in ((template, "RetainExceptOnCreate"), (prod_template, "Retain")):
        resources = [one for name, one in of_type(stage, kind).items() if name != NOT_KEPT]

        assert resources
        assert {(one["DeletionPolicy"], one["UpdateReplacePolicy"]) for one in resources} == {(policy, "Retain")}


def test_only_prod_protects_tables_from_deletion(template, prod_template):
    for stage, protected in ((template, False), (prod_template, True)):
        tables = of_type(stage, "DynamoDB::Table").values()
        assert {table["Properties"]["DeletionProtectionEnabled"] for table in tables} == {protected}


def test_indexes(template):
    indexes = {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for table in of_type(template, "DynamoDB::Table").values()
        for index in table["Properties"].get("GlobalSecondaryIndexes", [])
    }

    assert indexes == {
        "by_user": (["user_id", "account_id"], "ALL"),
        "by_status": (["list_shard", "status"], "KEYS_ONLY"),
        "due": (["due_shard", "due_at"], "KEYS_ONLY"),
        "by_kind": (["kind", "key_id"], "INCLUDE"),
        "by_account": (["account_id", "publish_id"], "ALL"),
        "by_month": (["listed_in", "publish_id"], "INCLUDE"),
        "by_reference": (["referenced_in", "publish_id"], "KEYS_ONLY"),
        "by_wait": (["waits_in", "waits_at"], "INCLUDE"),
        "unstarted": (["unstarted_shard", "unstarted_at"], "KEYS_ONLY"),
        "unrelayed": (["unrelayed_shard", "unrelayed_at"], "KEYS_ONLY"),
    }


def test_the_listing_of_keys_contains_no_hash(template):
    [shown] = [
        index["Projection"]["NonKeyAttributes"]
        for table in of_type(template, "DynamoDB::Table").values()
        for index in table["Properties"].get("GlobalSecondaryIndexes", [])
        if index["IndexName"] == "by_kind"
    ]

    assert "keyed_hash" not in shown


def test_the_bucket_is_private_versioned_and_sends_events_to_eventbridge(template):
    bucket = the_one(template, "S3::Bucket")["Properties"]

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"]["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]


def test_the_bucket_refuses_plain_http(template):
    statements = the_one(template, "S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]

    [refusal] = [one for one in statements if one["Effect"] == "Deny"]
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_bucket_deletes_unfinished_uploads_and_old_versions(template):
    rules = the_one(template, "S3::Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]

    assert any(rule.get("AbortIncompleteMultipartUpload") for rule in rules)
    assert any(rule.get("NoncurrentVersionExpiration") for rule in rules)
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule} == {
        "uploads/": upload_rows.KEPT_S // DAY_S,
        "media/": 7,
    }


def test_unfinished_uploads_expire_with_their_rows(template):
    rules = the_one(template, "S3::Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]

    [days] = [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in rules
        if "AbortIncompleteMultipartUpload" in rule
    ]
    assert days == upload_rows.OPEN_S // DAY_S


def test_browsers_may_put_from_the_return_to_origins(template):
    _, rule = cors_rules(template)

    assert rule["Fn::If"][1:] == [
        {
            "AllowedOrigins": {"Fn::Split": [",", {"Ref": "ReturnToOrigins"}]},
            "AllowedMethods": ["PUT"],
            "AllowedHeaders": ["*"],
            "ExposedHeaders": ["ETag"],
            "MaxAge": 3600,
        },
        {"Ref": "AWS::NoValue"},
    ]


def test_the_consoles_pages_may_put_parts_and_read_videos(template):
    rule, _ = cors_rules(template)

    slashes = {"Fn::Split": ["/", template["Outputs"]["PublicUrl"]["Value"]]}
    origin = {"Fn::Join": ["//", [{"Fn::Select": [0, slashes]}, {"Fn::Select": [2, slashes]}]]}
    assert rule == {
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposedHeaders": ["ETag"],
        "MaxAge": 3600,
    }


def cors_rules(template) -> list[dict]:
    return the_one(template, "S3::Bucket")["Properties"]["CorsConfiguration"]["CorsRules"]


def test_the_key_rotates(template):
    assert the_one(template, "KMS::Key")["Properties"]["EnableKeyRotation"] is True


def test_one_template_serves_every_address(template):
    parameters = template["Parameters"]

    assert parameters["TikTokApiUrl"]["Default"] == "https://open.tiktokapis.com"
    assert parameters["TikTokAuthorizeUrl"]["Default"] == "https://www.tiktok.com/v2/auth/authorize/"
    assert parameters["TikTokUploadOrigins"]["Default"] == "https://*.tiktokapis.com"
    assert {"TikTokScopes", "PublicUrl", "ReturnToOrigins"} < set(parameters)
    assert template["Outputs"]["PublicUrl"]["Value"]["Fn::If"][1] == {"Ref": "PublicUrl"}


def test_the_page_on_deploying_counts_the_metrics_of_an_idle_deployment(template):
    page = (ROOT / "docs" / "deploy.md").read_text()
    mappings = of_type(template, "Lambda::EventSourceMapping")
    queues = [one for one in mappings.values() if "ScalingConfig" in one["Properties"]]

    assert f"{len(of_type(template, 'CloudWatch::Alarm'))} alarms" in page
    assert f"{len(of_type(template, 'SecretsManager::Secret'))} secrets" in page
    assert len(of_type(template, "KMS::Key")) == 1
    assert f"polling of {len(queues)} queues" in page
    assert f"{len(counted_while_idle(template))} custom metrics of the scheduled functions:" in page


def counted_while_idle(template) -> list[str]:
    """The functions that a schedule calls at least once an hour and that count a metric in each call."""
    called = {
        referred(target["Arn"])
        for rule in of_type(template, "Events::Rule").values()
        if "minute" in rule["Properties"].get("ScheduleExpression", "")
        for target in rule["Properties"]["Targets"]
    }
    places = [place for place, one in functions(template).items() if template_id(template, one) in called]
    handlers = {place: ROOT / "functions" / place.replace("-", "/", 1) / "handler.py" for place in places}
    return [place for place, handler in handlers.items() if "count_metric" in handler.read_text()]


def template_id(template, resource) -> str:
    return next(name for name, one in template["Resources"].items() if one is resource)


def test_the_page_on_deploying_names_the_memory_of_the_largest_function(template):
    page = (ROOT / "docs" / "deploy.md").read_text()
    largest = max(one["Properties"]["MemorySize"] for one in functions(template).values())

    assert largest <= 3008
    assert f"the largest function of the stack has {largest:,} MB" in page


def test_no_function_reserves_concurrency_because_new_accounts_have_none(template):
    settings = [one["Properties"] for one in functions(template).values()]

    assert [one for one in settings if "ReservedConcurrentExecutions" in one] == []
    assert of_type(template, "Lambda::Version") == {}


def test_every_output_is_explained(template):
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert [name for name in template["Outputs"] if f"`{name}`" not in page] == []
