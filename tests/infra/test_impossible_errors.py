"""The template rules out the errors that docs/aws-errors.md calls impossible."""

from tests.infra.reading import of_type, the_one


def test_no_item_collection_has_a_limit_and_no_table_is_global(template):
    tables = [table["Properties"] for table in of_type(template, "DynamoDB::Table").values()]

    assert tables
    assert [table for table in tables if "LocalSecondaryIndexes" in table] == []
    assert of_type(template, "DynamoDB::GlobalTable") == {}


def test_queues_use_sqs_encryption_and_are_not_fifo(template):
    queues = [queue["Properties"] for queue in of_type(template, "SQS::Queue").values()]

    assert queues
    assert {queue["SqsManagedSseEnabled"] for queue in queues} == {True}
    assert [queue for queue in queues if "KmsMasterKeyId" in queue or "FifoQueue" in queue] == []


def test_executions_and_secrets_use_no_customer_managed_key(template):
    secrets = [secret["Properties"] for secret in of_type(template, "SecretsManager::Secret").values()]

    assert "EncryptionConfiguration" not in the_one(template, "StepFunctions::StateMachine")["Properties"]
    assert secrets
    assert [secret for secret in secrets if "KmsKeyId" in secret] == []


def test_the_key_is_symmetric(template):
    properties = the_one(template, "KMS::Key")["Properties"]

    assert properties.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    assert properties.get("KeyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
