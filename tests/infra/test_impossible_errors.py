"""The errors of which docs/aws-errors.md says that they cannot come: the template rules them out."""

from tests.infra.reading import of_type, the_one


def test_no_item_collection_has_a_limit_and_no_region_writes_beside_ours(template):
    tables = [table["Properties"] for table in of_type(template, "DynamoDB::Table").values()]

    assert tables
    assert [table for table in tables if "LocalSecondaryIndexes" in table] == []
    assert of_type(template, "DynamoDB::GlobalTable") == {}


def test_queues_are_encrypted_by_sqs_itself_and_keep_no_order(template):
    queues = [queue["Properties"] for queue in of_type(template, "SQS::Queue").values()]

    assert queues
    assert {queue["SqsManagedSseEnabled"] for queue in queues} == {True}
    assert [queue for queue in queues if "KmsMasterKeyId" in queue or "FifoQueue" in queue] == []


def test_executions_and_secrets_need_no_key_of_ours(template):
    secrets = [secret["Properties"] for secret in of_type(template, "SecretsManager::Secret").values()]

    assert "EncryptionConfiguration" not in the_one(template, "StepFunctions::StateMachine")["Properties"]
    assert secrets
    assert [secret for secret in secrets if "KmsKeyId" in secret] == []


def test_the_key_is_symmetric(template):
    properties = the_one(template, "KMS::Key")["Properties"]

    assert properties.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    assert properties.get("KeyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
