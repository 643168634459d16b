"""Deletes a stage with its data: the found resources, their names, the question and the deletion."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from cli.deployment import cdk_command
from cli.deployment.data_deletion import ObjectsRemainError, delete
from cli.deployment.data_resources import DataResource, find_data
from cli.deployment.destroy import destroy_with_data
from dropcast.aws import clients
from dropcast.settings import settings
from tests.unit.support.memory_aws import make_bucket, maker

STACK = "Dropcast-dev"
BUCKET = "dropcast-dev-media"
OLD = f"arn:aws:cloudformation:eu-west-1:123456789012:stack/{STACK}/old"
OTHER = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Dropcast-prod/old"


@pytest.fixture
def bucket(cloud) -> str:
    make_bucket(BUCKET, versioned=True)
    return BUCKET


@pytest.fixture
def cloudformation(cloud) -> Iterator[Stubber]:
    with Stubber(clients.client("cloudformation")) as answers:
        yield answers
        answers.assert_no_pending_responses()


def held(kind: str, name: str) -> dict[str, Any]:
    return {"LogicalResourceId": "R", "ResourceType": kind, "PhysicalResourceId": name} | {
        "LastUpdatedTimestamp": 0,
        "ResourceStatus": "CREATE_COMPLETE",
    }


def skipped(kind: str, name: str, status: str = "DELETE_SKIPPED") -> dict[str, Any]:
    named = {"StackId": OLD, "EventId": name, "StackName": STACK, "Timestamp": 0}
    return named | {"ResourceType": kind, "PhysicalResourceId": name, "ResourceStatus": status}


def answer_live(cloudformation: Stubber, *resources: dict[str, Any]) -> None:
    """Let CloudFormation list only a live stack with these resources."""
    answer_stacks(cloudformation, [STACK])
    answer_resources(cloudformation, STACK, *resources)


def answer_resources(cloudformation: Stubber, stack: str, *resources: dict[str, Any]) -> None:
    cloudformation.add_response(
        "list_stack_resources", {"StackResourceSummaries": list(resources)}, {"StackName": stack}
    )


def answer_stacks(cloudformation: Stubber, live: list[str], deleted: list[str] | None = None) -> None:
    """Let CloudFormation list these stacks: names of live stacks, and ids of deleted ones."""
    known = [(f"arn:{name}", name, "UPDATE_COMPLETE") for name in live]
    known += [(one, one.split("/")[1], "DELETE_COMPLETE") for one in deleted or []]
    summaries = [
        {"StackId": stack_id, "StackName": name, "CreationTime": 0, "StackStatus": status}
        for stack_id, name, status in known
    ]
    cloudformation.add_response("list_stacks", {"StackSummaries": summaries}, {})


def answer_events(cloudformation: Stubber, *events: dict[str, Any]) -> None:
    cloudformation.add_response("describe_stack_events", {"StackEvents": list(events)}, {"StackName": OLD})


def gone(cloudformation: Stubber) -> None:
    cloudformation.add_client_error("list_stack_resources", "ValidationError", f"Stack with id {STACK} does not exist")


def all_kinds() -> list[DataResource]:
    return [
        DataResource("table", "accounts"),
        DataResource("bucket", BUCKET),
        DataResource("key", settings().kms_key_id),
        DataResource("secret", settings().app_secret_arn),
    ]


def types() -> dict[str, str]:
    return {"table": "AWS::DynamoDB::Table", "bucket": "AWS::S3::Bucket"} | {
        "key": "AWS::KMS::Key",
        "secret": "AWS::SecretsManager::Secret",
    }


def test_the_data_of_a_stack_is_found_and_other_resources_are_not(bucket, cloudformation):
    resources = [held(types()[one.kind], one.name) for one in reversed(all_kinds())]
    answer_live(cloudformation, *resources, held("AWS::SQS::Queue", "https://queue"))

    assert find_data(STACK) == all_kinds()


def test_what_a_deleted_stack_of_this_name_left_behind_is_found(bucket, cloudformation):
    answer_stacks(cloudformation, [], [OTHER, OLD])
    answer_events(
        cloudformation,
        skipped("AWS::S3::Bucket", BUCKET),
        skipped("AWS::DynamoDB::Table", "accounts", "DELETE_COMPLETE"),
        skipped("AWS::Lambda::Function", "f"),
    )
    gone(cloudformation)

    assert find_data(STACK) == [DataResource("bucket", BUCKET)]


def test_what_another_stage_has_imported_is_not_found(bucket, cloudformation):
    answer_stacks(cloudformation, ["Dropcast-prod", "another-app"], [OLD])
    answer_events(cloudformation, skipped("AWS::S3::Bucket", BUCKET), skipped("AWS::DynamoDB::Table", "accounts"))
    answer_resources(cloudformation, "Dropcast-prod", held("AWS::DynamoDB::Table", "accounts"))
    gone(cloudformation)

    assert find_data(STACK) == [DataResource("bucket", BUCKET)]


def test_what_no_longer_exists_or_waits_for_its_deletion_is_not_found_again(bucket, cloudformation):
    for one in all_kinds():
        delete(one)
    missing = [held("AWS::KMS::Key", "6a1b2c3d-0000-4000-8000-000000000000"), held("AWS::DynamoDB::Table", "never")]
    answer_live(cloudformation, *[held(types()[one.kind], one.name) for one in all_kinds()], *missing)

    assert find_data(STACK) == []


@pytest.mark.parametrize("kind", ["table", "bucket"])
def test_deleting_a_table_or_a_bucket_twice_does_no_harm(bucket, kind):
    [one] = [one for one in all_kinds() if one.kind == kind]

    delete(one)
    delete(one)


def test_a_bucket_is_deleted_with_every_version_and_delete_marker(bucket):
    s3 = maker("s3")
    for number in range(3):
        s3.put_object(Bucket=BUCKET, Key="drop/a/ü &<.mp4", Body=b"%d" % number)
    s3.delete_object(Bucket=BUCKET, Key="drop/a/ü &<.mp4")
    s3.put_object(Bucket=BUCKET, Key="other", Body=b"")

    delete(DataResource("bucket", BUCKET))

    assert BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_more_versions_than_a_page_holds_are_all_deleted(bucket):
    s3 = maker("s3")
    for number in range(7):
        s3.put_object(Bucket=BUCKET, Key=f"k{number}", Body=b"")
    clients.client("s3").meta.events.register(
        "provide-client-params.s3.ListObjectVersions", lambda params, **_: params | {"MaxKeys": 3}
    )

    delete(DataResource("bucket", BUCKET))

    assert BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_a_version_that_s3_does_not_delete_is_named_and_the_bucket_stays(bucket):
    maker("s3").put_object(Bucket=BUCKET, Key="locked", Body=b"")
    refused = {"Errors": [{"Key": "locked", "Code": "AccessDenied"}]}
    clients.client("s3").meta.events.register("after-call.s3.DeleteObjects", lambda parsed, **_: parsed.update(refused))

    with pytest.raises(ObjectsRemainError, match=r"locked was not deleted \(AccessDenied\)"):
        delete(DataResource("bucket", BUCKET))

    assert BUCKET in [one["Name"] for one in maker("s3").list_buckets()["Buckets"]]


def test_a_protected_table_is_deleted(cloud):
    maker("dynamodb").update_table(TableName="accounts", DeletionProtectionEnabled=True)

    delete(DataResource("table", "accounts"))

    assert "accounts" not in maker("dynamodb").list_tables()["TableNames"]


def test_keys_and_secrets_can_be_restored_for_thirty_days(cloud):
    key, secret = settings().kms_key_id, settings().app_secret_arn

    delete(DataResource("key", key))
    delete(DataResource("secret", secret))

    assert maker("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    maker("secretsmanager").restore_secret(SecretId=secret)
    assert "canary" in maker("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]


@pytest.fixture
def destroyed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that CDK was told to delete."""
    found: list[str] = []
    monkeypatch.setattr(cdk_command, "stack_of", lambda _: STACK)
    monkeypatch.setattr(cdk_command, "destroy", lambda *_, ask: found.append(f"{STACK} {ask}"))
    return found


def test_the_data_is_named_before_the_question_and_stays_after_a_refusal(bucket, cloudformation, destroyed, capsys):
    answer_live(cloudformation, held("AWS::S3::Bucket", BUCKET), held("AWS::DynamoDB::Table", "accounts"))
    asked: list[tuple[str, str]] = []

    def refuse(question: str) -> bool:
        asked.append((question, capsys.readouterr().out))
        return False

    assert destroy_with_data(Path("cdk.out"), [], confirm=refuse) is False
    assert asked == [(f"Delete the stack {STACK} and all of the above?", f"table   accounts\nbucket  {BUCKET}\n")]
    assert destroyed == []
    assert BUCKET in [one["Name"] for one in maker("s3").list_buckets()["Buckets"]]


def test_after_the_stack_only_what_was_named_is_deleted(bucket, cloudformation, destroyed):
    answer_live(cloudformation, held("AWS::S3::Bucket", BUCKET))
    answer_stacks(cloudformation, [], [OLD])
    answer_events(cloudformation, skipped("AWS::S3::Bucket", BUCKET), skipped("AWS::DynamoDB::Table", "accounts"))

    assert destroy_with_data(Path("cdk.out"), [], confirm=lambda _: True) is True
    assert destroyed == [f"{STACK} False"]
    assert BUCKET not in [one["Name"] for one in maker("s3").list_buckets()["Buckets"]]
    assert "accounts" in maker("dynamodb").list_tables()["TableNames"]


def test_the_data_of_a_stack_that_cdk_did_not_delete_remains(bucket, cloudformation, destroyed):
    answer_live(cloudformation, held("AWS::S3::Bucket", BUCKET))
    answer_stacks(cloudformation, [STACK])

    destroy_with_data(Path("cdk.out"), [], confirm=lambda _: True)

    assert BUCKET in [one["Name"] for one in maker("s3").list_buckets()["Buckets"]]
