"""Events to webhook endpoints: no event is lost between services, and each function has only the permissions it
needs.
"""

from tests.infra.reading import functions, many, of_type, referred, statements, who_may

WORKERS = {"queue-events", "queue-deliver", "schedule-deliveries"}
MANAGERS = {"http-api", "http-console"}
SIGNERS = {"queue-deliver", "http-api"}


def rights(template, place: str) -> set[str]:
    role = referred(functions(template)[place]["Properties"]["Role"])
    return {action for owner, one in statements(template) if owner == role for action in many(one["Action"])}


def test_every_event_of_ours_is_queued(template):
    [rule] = [
        one["Properties"]
        for one in of_type(template, "Events::Rule").values()
        if one["Properties"].get("EventPattern") == {"source": ["dropcast"]}
    ]
    [target] = rule["Targets"]
    queue = template["Resources"][referred(target["Arn"])]["Properties"]

    assert queue["QueueName"] == "dropcast-dev-events"
    assert template["Resources"][referred(rule["EventBusName"])]["Type"] == "AWS::Events::EventBus"


def test_each_function_has_its_permissions_on_endpoints_and_deliveries(template):
    common = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    taking = {"sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:DeleteMessage"}
    taking |= {"sqs:GetQueueAttributes"}

    assert {place: rights(template, place) - common - taking for place in WORKERS} == {
        "queue-events": {"dynamodb:Query", "dynamodb:PutItem", "sqs:SendMessage"},
        "queue-deliver": {
            "dynamodb:BatchGetItem",
            "dynamodb:UpdateItem",
            "dynamodb:PutItem",  # from the outbox
            "kms:Decrypt",
            "sqs:SendMessage",
        },
        "schedule-deliveries": {"dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"},
    }


def test_only_signing_functions_decrypt_webhook_secrets_and_only_managers_encrypt_them(template):
    roles = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}
    of_hooks = {
        (roles[role], action)
        for role, one in statements(template)
        for action in many(one["Action"])
        if action.startswith("kms:") and "webhook_secret" in str(one["Condition"])
    }

    signing = {(place, "kms:Decrypt") for place in SIGNERS}
    assert of_hooks == signing | {(place, "kms:Encrypt") for place in MANAGERS}


def test_no_other_function_can_read_the_endpoints(template):
    told = {
        place
        for place, one in functions(template).items()
        if "HOOKS_TABLE" in one["Properties"]["Environment"]["Variables"]
    }

    assert told == WORKERS | MANAGERS


def test_a_parameter_names_private_receivers_and_is_empty_by_default(template):
    assert template["Parameters"]["OutboundAllowedOrigins"]["Default"] == ""
    for place in ("queue-deliver", *MANAGERS):
        variables = functions(template)[place]["Properties"]["Environment"]["Variables"]
        assert variables["OUTBOUND_ALLOWED_ORIGINS"] == {"Ref": "OutboundAllowedOrigins"}


def test_the_finder_changes_only_due_times(template):
    assert who_may(template, "dynamodb:UpdateItem") >= {"schedule-deliveries"}
    role = referred(functions(template)["schedule-deliveries"]["Properties"]["Role"])
    [write] = [one for owner, one in statements(template) if owner == role and one["Action"] == "dynamodb:UpdateItem"]

    assert write["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"] == ["pk", "sk", "due_at", "write_id"]
