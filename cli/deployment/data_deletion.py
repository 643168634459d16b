"""Deletes the resources that hold a stage's data. A resource that no longer exists counts as deleted."""

from cli.deployment.data_resources import GONE, DataResource
from dropcast.aws import clients
from dropcast.aws.expected_refusals import unless

# The days for which AWS keeps deleted keys and secrets. During this time a person can restore them.
RESTORABLE_DAYS = 30


class ObjectsRemainError(Exception):
    """S3 did not delete some versions of objects. The text names the first one and the reason."""


def delete(resource: DataResource) -> None:
    """Delete a table or a bucket at once, and a key or a secret after 30 days.

    Raises botocore's errors if AWS refuses. ObjectsRemainError: S3 refuses to delete an object.
    """
    match resource.kind:
        case "table":
            _delete_table(resource.name)
        case "bucket":
            _delete_bucket(resource.name)
        case "key":
            _delete_key(resource.name)
        case "secret":
            _delete_secret(resource.name)


def _delete_table(name: str) -> None:
    """Delete a table with its items. DynamoDB keeps a backup for 35 days."""
    found = unless(GONE, lambda: clients.client("dynamodb").describe_table(TableName=name))
    if found is None:
        return
    if found["Table"].get("DeletionProtectionEnabled"):
        clients.client("dynamodb").update_table(TableName=name, DeletionProtectionEnabled=False)
    unless(GONE, lambda: clients.client("dynamodb").delete_table(TableName=name))


def _delete_bucket(name: str) -> None:
    """Delete a bucket with all versions of its objects."""
    if unless(GONE, lambda: clients.client("s3").head_bucket(Bucket=name)) is None:
        return
    while versions := _first_versions(name):
        _delete_versions(name, versions)
    unless(GONE, lambda: clients.client("s3").delete_bucket(Bucket=name))


def _first_versions(bucket: str) -> list[dict[str, str]]:
    """The first versions and delete markers in the bucket, at most 1,000."""
    page = clients.client("s3").list_object_versions(Bucket=bucket)
    listed = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
    return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]


def _delete_versions(bucket: str, versions: list[dict[str, str]]) -> None:
    """Delete at most 1,000 versions."""
    answer = clients.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
    for refused in answer.get("Errors", ()):
        raise ObjectsRemainError(f"{bucket}: {refused.get('Key')} was not deleted ({refused.get('Code')}).")


def _delete_key(name: str) -> None:
    unless(
        GONE,
        lambda: clients.client("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=RESTORABLE_DAYS),
    )


def _delete_secret(name: str) -> None:
    unless(
        GONE,
        lambda: clients.client("secretsmanager").delete_secret(SecretId=name, RecoveryWindowInDays=RESTORABLE_DAYS),
    )
