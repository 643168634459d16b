"""Every asynchronous call between services keeps its failures and has an alarm."""

import json
from typing import Any

from tests.infra.reading import functions, many, of_type, referred, statements, the_one


def dead_letter_queues(template):
    return {
        name for name, queue in of_type(template, "SQS::Queue").items() if "failed" in queue["Properties"]["QueueName"]
    }


def test_a_rule_keeps_the_events_that_it_cannot_deliver(template):
    rules = of_type(template, "Events::Rule").values()

    assert len(rules) == 10
    for rule in rules:
        for target in rule["Properties"]["Targets"]:
            assert referred(target["DeadLetterConfig"]["Arn"]) in dead_letter_queues(template)


def test_an_asynchronous_function_keeps_its_failed_events(template):
    called_by_entries = {name for name in of_type(template, "Lambda::Function") if name.startswith("TriggersSchedules")}
    called_by_rules = {
        referred(target["Arn"])
        for rule in of_type(template, "Events::Rule").values()
        for target in rule["Properties"]["Targets"]
        if referred(target["Arn"]) in of_type(template, "Lambda::Function")
    }
    kept = {
        referred(one["Properties"]["FunctionName"]): referred(
            one["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]
        )
        for one in of_type(template, "Lambda::EventInvokeConfig").values()
    }

    assert len(called_by_entries) == 1
    assert set(kept) == called_by_rules | called_by_entries
    assert set(kept.values()) <= dead_letter_queues(template)


def test_a_message_that_keeps_failing_leaves_its_queue(template):
    queues = of_type(template, "SQS::Queue")
    work = {name: queue for name, queue in queues.items() if name not in dead_letter_queues(template)}

    assert len(work) == 8
    for queue in work.values():
        redrive = queue["Properties"]["RedrivePolicy"]
        assert referred(redrive["deadLetterTargetArn"]) in dead_letter_queues(template)


def test_a_message_stays_hidden_while_its_worker_may_still_run(template):
    for mapping in sqs_mappings(template):
        worker = template["Resources"][referred(mapping["FunctionName"])]["Properties"]
        queue = template["Resources"][referred(mapping["EventSourceArn"])]["Properties"]

        assert queue["VisibilityTimeout"] >= 6 * worker["Timeout"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_webhooks_and_rechecks_have_separate_queues(template):
    batches = {
        queue["Properties"]["QueueName"]: mapping["BatchSize"]
        for mapping in sqs_mappings(template)
        if template["Resources"][referred(mapping["FunctionName"])] == functions(template)["queue-webhook"]
        for queue in [template["Resources"][referred(mapping["EventSourceArn"])]]
    }

    assert batches == {"dropcast-dev-webhook": 10, "dropcast-dev-recheck": 1}


def sqs_mappings(template):
    mappings = [one["Properties"] for one in of_type(template, "Lambda::EventSourceMapping").values()]
    return [one for one in mappings if referred(one["EventSourceArn"]) in of_type(template, "SQS::Queue")]


def test_the_outbox_is_read_from_its_first_event_and_loses_none(template):
    tables = of_type(template, "DynamoDB::Table")
    [relay] = [
        one["Properties"]
        for one in of_type(template, "Lambda::EventSourceMapping").values()
        if referred(one["Properties"]["EventSourceArn"]) in tables
    ]

    assert template["Resources"][referred(relay["FunctionName"])] == functions(template)["stream-outbox"]
    assert relay["StartingPosition"] == "TRIM_HORIZON"
    assert relay["BisectBatchOnFunctionError"] is True
    assert relay["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert referred(relay["DestinationConfig"]["OnFailure"]["Destination"]) in dead_letter_queues(template)


def test_every_queue_has_an_alarm_with_a_target(template):
    [topic] = of_type(template, "SNS::Topic")

    failed = dead_letter_queues(template)
    assert watched_queues(template, "ApproximateNumberOfMessagesVisible") == failed
    assert watched_queues(template, "ApproximateAgeOfOldestMessage") == set(of_type(template, "SQS::Queue")) - failed
    for alarm in of_type(template, "CloudWatch::Alarm").values():
        assert [referred(action) for action in alarm["Properties"]["AlarmActions"]] == [topic]


def watched_queues(template: dict[str, Any], metric: str) -> set[str]:
    return {
        referred(dimension["Value"])
        for alarm in of_type(template, "CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == metric
        for dimension in alarm["Properties"]["Dimensions"]
    }


def test_a_rule_settles_executions_that_died(template):
    [rule] = [
        one["Properties"]
        for one in of_type(template, "Events::Rule").values()
        if one["Properties"].get("EventPattern", {}).get("source") == ["aws.states"]
    ]
    [machine] = of_type(template, "StepFunctions::StateMachine")

    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert [referred(arn) for arn in rule["EventPattern"]["detail"]["stateMachineArn"]] == [machine]


def test_scheduled_publishes_have_their_own_group_function_and_dead_letter_queue(template):
    api = functions(template)["http-api"]["Properties"]["Environment"]["Variables"]
    [group] = of_type(template, "Scheduler::ScheduleGroup").values()

    assert api["SCHEDULE_GROUP"] == group["Properties"]["Name"] == "dropcast-dev"
    assert template["Resources"][referred(api["DUE_FUNCTION_ARN"])] == functions(template)["schedule-due"]
    assert referred(api["SCHEDULE_DEAD_LETTERS_ARN"]) in dead_letter_queues(template)


def test_only_scheduler_may_use_its_role_and_only_for_our_entries(template):
    api = functions(template)["http-api"]["Properties"]["Environment"]["Variables"]
    role = referred(api["SCHEDULE_ROLE_ARN"])
    [trust] = template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    may = {action for owner, one in statements(template) if owner == role for action in many(one["Action"])}

    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert json.dumps(trust["Condition"]["StringEquals"]["aws:SourceArn"]).endswith('schedule-group/dropcast-dev"]]}')
    assert may == {"lambda:InvokeFunction", "sqs:SendMessage"}


def test_our_event_of_a_disconnected_account_fails_its_waiting_publishes(template):
    [rule] = [
        one["Properties"]
        for one in of_type(template, "Events::Rule").values()
        if "account.disconnected" in one["Properties"].get("EventPattern", {}).get("detail-type", [])
    ]
    [target] = rule["Targets"]

    assert rule["EventPattern"] == {"source": ["dropcast"], "detail-type": ["account.disconnected"]}
    assert template["Resources"][referred(rule["EventBusName"])] == the_one(template, "Events::EventBus")
    assert template["Resources"][referred(target["Arn"])] == functions(template)["bus-disconnected"]


def test_a_drop_is_an_object_created_below_its_prefix(template):
    [rule] = [
        one["Properties"]["EventPattern"]
        for one in of_type(template, "Events::Rule").values()
        if one["Properties"].get("EventPattern", {}).get("source") == ["aws.s3"]
    ]

    assert rule["detail-type"] == ["Object Created"]
    assert rule["detail"]["object"]["key"] == [{"prefix": "drop/"}]


def test_events_are_sent_to_our_own_bus(template):
    relay = functions(template)["stream-outbox"]["Properties"]["Environment"]["Variables"]

    assert template["Resources"][referred(relay["EVENT_BUS_NAME"])] == the_one(template, "Events::EventBus")
