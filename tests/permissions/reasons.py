"""The reasons for permissions that no test on a stack uses. Only this module explains them.

tests/infra/test_grants.py compares all permissions on tables with the code. A reason here names the test without a
stack in which the code makes the call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.permissions.grants import Grant

_ACCOUNTS, _BUDGETS, _OUTBOX = "*/AccountsAccountsTable*", "*/AccountsBudgetsTable*", "*/EventsOutboxTable*"


@dataclass(frozen=True)
class Reason:
    """`grants`: patterns of "role action resource condition", with * and ?. `test`: the test's file."""

    why: str
    test: str
    grants: tuple[str, ...]

    def explains(self, text: str) -> bool:
        return any(fnmatchcase(text, pattern) for pattern in self.grants)


REASONS = (
    Reason(
        "CDK grants these together with the actions that Lambda needs for a queue.",
        "tests/infra/service_calls.py",
        ("* sqs:GetQueueUrl *", "* sqs:ChangeMessageVisibility *", "* sqs:GetQueueAttributes *-failed"),
    ),
    Reason(
        "A function that calls TikTok refreshes a token that ends soon, and reports a refresh that failed. On the "
        "stacks most tokens are new.",
        "tests/unit/accounts/tokens/test_refresh_under_lease.py",
        (
            *(f"{role} dynamodb:*Item {_ACCOUNTS}" for role in ("http-*", "queue-*", "workflow-*")),
            *(f"{role} dynamodb:PutItem {_OUTBOX}" for role in ("http-*", "queue-*", "workflow-*")),
            '* kms:*crypt * {*"access_token", "refresh_token"*}',
            "* secretsmanager:GetSecretValue *:AccountsAppSecret*",
        ),
    ),
    Reason(
        "A connection to TikTok API for Business is refreshed like an account, and trends of keywords use one.",
        "tests/unit/functions/test_refresh_handlers.py",
        (
            '* kms:*crypt * {*"business_access_token"*}',
            "* secretsmanager:GetSecretValue *:AccountsPartnerSecret*",
            "queue-trends dynamodb:* *business*",
        ),
    ),
    Reason(
        "A connection or account of another user, or one that was connected before, is looked up and replaced.",
        "tests/unit/accounts/connect/test_connect_account.py",
        (f"http-connect dynamodb:Query {_ACCOUNTS}", f"http-connect dynamodb:ConditionCheckItem {_ACCOUNTS}"),
    ),
    Reason(
        "A refusal by TikTok blocks a budget, and long queues of publishes overflow into rows of their own.",
        "tests/unit/budgets/test_overflow_queue.py",
        (f"* dynamodb:* {_BUDGETS}",),
    ),
    Reason(
        "The functions that read media read other buckets in the same way. On the stacks one video is read from one.",
        "tests/e2e/test_granted_buckets.py",
        ("* s3:* s3:granted-videos*",),
    ),
    Reason(
        "For a missing object S3 answers 404 to a function that may list, and otherwise 403.",
        "tests/unit/publishing/sources/test_s3_object.py",
        ("* s3:ListBucket *",),
    ),
    Reason(
        "A publish is pinned to a version. The emulator's events name none.",
        "tests/unit/publishing/sources/test_pinned_versions.py",
        ("* s3:GetObjectVersion *",),
    ),
    Reason(
        "A sealed address of a source is opened when TikTok is to pull from it.",
        "tests/unit/publishing/sources/test_pull_urls.py",
        ('* kms:*crypt * {*"source_url"*}',),
    ),
    Reason(
        "The schedules queue what is due. On the stacks hardly anything is due while they run.",
        "tests/unit/functions/test_refresh_handlers.py",
        ("schedule-refresh *", "schedule-deliveries *", "schedule-trends *", "schedule-relay *"),
    ),
    Reason(
        "The sweep starts, rechecks and settles publishes whose execution is lost.",
        "tests/unit/publishing/outcome/test_sweep.py",
        ("schedule-sweep *", "http-webhook sqs:SendMessage *:recheck"),
    ),
    Reason(
        "A failed or lost execution is settled, and a publish that waits starts when it is due.",
        "tests/unit/publishing/outcome/test_lost_executions.py",
        ("workflow-ended *", "workflow-decide *", "schedule-due *", "* lambda:InvokeFunction *:schedule-due"),
    ),
    Reason(
        "A drop may name a time. Until then its account is kept warm and an entry of the scheduler waits.",
        "tests/unit/publishing/execution/test_launch.py",
        (f"storage-drop dynamodb:UpdateItem {_ACCOUNTS}", "storage-drop scheduler:CreateSchedule *"),
    ),
    Reason(
        "If a creator removes the app while a connection waits for its confirmation, its tokens are looked up there.",
        "tests/unit/accounts/test_unconfirmed_disconnects.py",
        ("queue-webhook dynamodb:GetItem */AccountsConnectionsTable*",),
    ),
    Reason(
        "The API finds publishes by their reference, and the evidence for a publish whose init got no answer.",
        "tests/unit/publishing/store/test_references.py",
        ("http-api dynamodb:Query */PublishingPublishesTable*",),
    ),
    Reason(
        "The API lists deliveries and sends one again.",
        "tests/unit/events/deliveries/test_redeliver_and_test.py",
        ("http-api dynamodb:*Item *HooksTable*", "http-api sqs:SendMessage *:deliveries"),
    ),
    Reason(
        "The console lists keys, endpoints and publishes and changes them, like the API.",
        "tests/unit/functions/test_console_keys.py",
        (
            "http-console dynamodb:* *KeysTable*",
            "http-console dynamodb:* *HooksTable*",
            "http-console dynamodb:* *ConnectionsTable*",
            "http-console dynamodb:Query */index/*",
            "http-console sqs:SendMessage *",
        ),
    ),
)


def reason(grant: Grant) -> Reason | None:
    """The reason for this grant, which no test on a stack uses. None if there is no reason."""
    return next((one for one in REASONS if one.explains(str(grant))), None)


def idle_patterns(grants: Iterable[Grant]) -> list[str]:
    """The patterns that match none of these grants."""
    texts = [str(grant) for grant in grants]
    patterns = [pattern for one in REASONS for pattern in one.grants]
    return [pattern for pattern in patterns if not any(fnmatchcase(text, pattern) for text in texts)]
