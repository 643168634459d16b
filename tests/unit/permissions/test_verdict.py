"""The verdict denies or allows a recorded call as IAM does, and lists the grants that no call needs."""

import pytest

from tests.permissions.grants import Grant
from tests.permissions.requests import Request
from tests.unit.permissions.small_stack import BUCKET, ITEMS, KEY, allow, dynamodb, judged, s3, template

ROW = {"pk": {"S": "user#1"}, "sk": {"S": "a"}}
MEDIA = {"Fn::GetAtt": ["Media", "Arn"]}
OBJECTS = {"Fn::Join": ["", [MEDIA, "/*"]]}
ROLE = {"Fn::GetAtt": ["MachineRole", "Arn"]}


def only(key, *values):
    return {"ForAllValues:StringLike": {f"dynamodb:{key}": list(values)}}


def refused(made, *requests):
    return [call.split()[1] for call in judged(made, *requests).refused]


def test_an_allowed_call_uses_its_grant_and_names_the_test():
    found = judged(template(allow("dynamodb:GetItem", ITEMS)), dynamodb("GetItem", Key=ROW))

    assert found.refused == {}
    assert found.used == {Grant("http-api", "dynamodb:GetItem", "dynamodb:table/Items", ""): "t"}
    assert found.unused == set()


def test_a_call_without_its_action_is_denied():
    made = template(allow("dynamodb:GetItem", ITEMS))

    assert refused(made, dynamodb("PutItem", Item=ROW)) == ["dynamodb:PutItem"]


def test_a_call_of_another_resource_is_denied():
    index = {"Fn::Join": ["", [ITEMS, "/index/by_kind"]]}
    wanted = {"KeyConditionExpression": "kind = :k", "ExpressionAttributeValues": {":k": {"S": "a"}}}

    query = dynamodb("Query", IndexName="by_kind", **wanted)

    assert refused(template(allow("dynamodb:Query", ITEMS)), query) == ["dynamodb:Query"]
    assert refused(template(allow("dynamodb:Query", index)), query) == []


@pytest.mark.parametrize(
    ("request_", "fits"),
    [
        (dynamodb("GetItem", Key={**ROW, "pk": {"S": "day#1"}}), True),
        (dynamodb("GetItem", Key=ROW), False),
    ],
)
def test_leading_keys_of_a_call_are_compared(request_, fits):
    made = template(allow("dynamodb:GetItem", ITEMS, only("LeadingKeys", "day#*")))

    assert (refused(made, request_) == []) is fits


def test_the_leading_key_of_a_query_is_the_value_in_its_key_condition():
    made = template(allow("dynamodb:Query", ITEMS, only("LeadingKeys", "business")))

    def query(pk):
        values = {":pk": {"S": pk}, ":sk": {"S": "a"}}
        return dynamodb("Query", KeyConditionExpression="pk = :pk AND sk > :sk", ExpressionAttributeValues=values)

    assert refused(made, query("business")) == []
    assert refused(made, query("user#1")) == ["dynamodb:Query"]


def test_attributes_of_an_update_are_those_of_its_key_and_its_expressions():
    made = template(allow("dynamodb:UpdateItem", ITEMS, only("Attributes", "pk", "sk", "due_at")))

    def update(attribute):
        values = {":v": {"N": "1"}}
        return dynamodb(
            "UpdateItem", Key=ROW, UpdateExpression=f"SET {attribute} = :v", ExpressionAttributeValues=values
        )

    assert refused(made, update("due_at")) == []
    assert refused(made, update("scopes")) == ["dynamodb:UpdateItem"]


def test_each_entry_of_a_transaction_needs_its_own_action():
    made = template(allow("dynamodb:PutItem", ITEMS))
    entries = [{"Put": {"TableName": "ItemsTable-A1", "Item": ROW}}]
    checks = [
        {"ConditionCheck": {"TableName": "ItemsTable-A1", "Key": ROW, "ConditionExpression": "attribute_exists(pk)"}}
    ]

    both = Request("dropcast-dev-http-api", "dynamodb", "TransactWriteItems", {"TransactItems": entries + checks})

    assert refused(made, both) == ["dynamodb:ConditionCheckItem"]


def test_a_key_is_used_only_with_its_encryption_context():
    of_kind = {"StringEquals": {"kms:EncryptionContext:kind": ["access_token"]}}
    made = template(allow("kms:Decrypt", {"Fn::GetAtt": ["Key", "Arn"]}, of_kind))

    def decrypt(**context):
        return Request("dropcast-dev-http-api", "kms", "Decrypt", {"KeyId": KEY, "CiphertextBlob": "", **context})

    assert refused(made, decrypt(EncryptionContext={"kind": "access_token"})) == []
    assert refused(made, decrypt(EncryptionContext={"kind": "upload_url"})) == ["kms:Decrypt"]
    assert refused(made, decrypt()) == ["kms:Decrypt"]


@pytest.mark.parametrize(("service", "fits"), [("scheduler.amazonaws.com", True), ("states.amazonaws.com", False)])
def test_a_schedule_passes_a_role_to_the_scheduler(service, fits):
    schedules = "arn:aws:scheduler:eu-west-1:123456789012:schedule/ours/*"
    passes = allow("iam:PassRole", ROLE, {"StringEquals": {"iam:PassedToService": service}})
    asked = {"GroupName": "ours", "Name": "a", "Target": {"RoleArn": "arn:aws:iam::000000000000:role/MachineRole-A1"}}

    create = Request("dropcast-dev-http-api", "scheduler", "CreateSchedule", asked)

    expected = [] if fits else ["iam:PassRole"]
    assert refused(template(allow("scheduler:CreateSchedule", schedules), passes), create) == expected


def test_a_missing_object_is_told_only_to_a_function_that_may_list():
    reads = allow("s3:GetObject", OBJECTS)

    assert refused(template(reads), s3("HEAD", f"/{BUCKET}/a")) == []
    assert refused(template(reads), s3("HEAD", f"/{BUCKET}/a", status=404)) == ["s3:ListBucket"]
    assert refused(template(reads, allow("s3:ListBucket", MEDIA)), s3("HEAD", f"/{BUCKET}/a", status=404)) == []


def test_a_version_needs_its_own_action():
    version = s3("GET", f"/{BUCKET}/a?versionId=1")

    assert refused(template(allow("s3:GetObject", OBJECTS)), version) == ["s3:GetObjectVersion"]


def test_a_presigned_url_needs_the_permission_of_every_function_that_could_have_signed_it():
    writes = allow("s3:PutObject", OBJECTS)
    part = s3("PUT", f"/{BUCKET}/uploads/a?partNumber=1&uploadId=u&X-Amz-Signature=s", caller="")

    assert refused(template(writes), part) == ["s3:PutObject"]
    assert refused(template(writes, console=[writes]), part) == []


def test_a_grant_that_no_call_needs_is_unused_alone():
    made = template(allow(["dynamodb:GetItem", "dynamodb:DeleteItem"], ITEMS))

    found = judged(made, dynamodb("GetItem", Key=ROW))

    assert [str(grant) for grant in found.unused] == ["http-api dynamodb:DeleteItem dynamodb:table/Items"]


def test_what_one_stack_used_counts_for_all():
    made = template(allow(["dynamodb:GetItem", "dynamodb:DeleteItem"], ITEMS))
    found = judged(made, dynamodb("GetItem", Key=ROW))

    found.join(judged(made, dynamodb("DeleteItem", Key=ROW)))

    assert (found.unused, found.refused) == (set(), {})


def test_an_unknown_operation_is_an_error():
    with pytest.raises(KeyError):
        judged(template(), dynamodb("DescribeTable"))
