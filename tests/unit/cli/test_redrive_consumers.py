"""A redrive may give a message to its consumer twice.

For each dead-letter queue this file names the test of its consumer.
"""

import ast

from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES
from local.folder import ROOT

_WALK = "publishing/test_redrive_walk.py::test_whatever_is_redriven_a_publish_is_posted_once_at_most"
_RELAY = "events/outbox/test_remove_and_count.py::test_two_concurrent_relays_count_each_event_once"
_DELIVERY = "events/deliveries/test_deliver.py::test_the_same_message_twice_is_one_delivery"
_FAN_OUT = "events/deliveries/test_crashes.py::test_each_event_arrives_and_a_stored_success_is_not_repeated"
_WAITING = "publishing/outcome/test_account_disconnected.py::test_repeated_messages_fail_each_publish_once"

TESTS = {
    "webhook-failed": [
        "publishing/steps/test_watch.py::test_repeated_and_late_webhooks_change_only_post_ids",
        "accounts/test_disconnect.py::test_a_repeated_removal_webhook_ends_the_connection_once",
        _WALK,
    ],
    "recheck-failed": [
        "publishing/outcome/test_sweep.py::test_copies_of_a_recheck_are_one_recheck",
        "publishing/outcome/test_stale_webhooks.py::test_replays_cause_at_most_one_poll_a_minute",
        _WALK,
    ],
    "waiting-failed": [_WAITING],
    "deliveries-failed": [_DELIVERY],
    "events-failed": [_FAN_OUT],
    "events-queue-failed": [_FAN_OUT],
    "refresh-failed": ["accounts/tokens/test_keeping_alive.py::test_tokens_that_are_not_due_are_not_refreshed"],
    "trends-failed": ["trends/test_collecting.py::test_an_older_list_does_not_replace_a_newer_one"],
    "drop-failed": ["publishing/intake/drops/test_drops.py::test_a_repeated_event_gives_the_same_publish"],
    "ended-failed": [_WALK],
    "disconnected-failed": [_WAITING],
    "due-failed": [_WALK],
    "sweep-failed": ["publishing/outcome/test_sweep.py::test_a_row_that_changed_meanwhile_is_left_alone"],
    "relay-failed": [_RELAY],
    "due-deliveries-failed": [_DELIVERY],
    "refresh-schedule-failed": [
        "accounts/tokens/test_refresh_due_index.py::test_two_concurrent_sweeps_queue_an_account_once"
    ],
    "trends-schedule-failed": [
        "cli/test_redrive_dead_letters.py::test_an_event_goes_to_its_function_again_however_it_failed"
    ],
    "outbox-failed": [_RELAY],
}


def test_each_consumer_has_a_test_of_a_repeated_message():
    missing = [name for names in TESTS.values() for name in names if not _exists(name)]

    assert missing == []
    assert TESTS.keys() == DEAD_LETTER_QUEUES.keys()


def _exists(name: str) -> bool:
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / "tests/unit" / file).read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)
