"""Every function: its runtime, a role of its own, and no more rights than it uses."""

import sys
from pathlib import Path

import pytest

from infra.layers import CONSOLE_PLACE, MEDIA_PLACES
from local.synth import ROOT
from tests.infra.reading import functions, many, of_type, referred, statements, who_may

CALL_TIKTOK = {
    "http-api",
    "http-connect",
    "http-console",
    "queue-refresh",
    "queue-trends",
    "queue-webhook",
    "workflow-start",
    "workflow-transfer",
    "workflow-watch",
}


# Programs and people start publishes and upload their files.
FOR_CALLERS = {"http-api", "http-console"}


def test_every_handler_is_a_function_and_every_function_a_handler(template):
    places = {str(file.parent.relative_to(ROOT / "functions")) for file in Path(ROOT / "functions").rglob("handler.py")}

    assert set(functions(template)) == {place.replace("/", "-") for place in places}
    assert len(functions(template)) == len(of_type(template, "Lambda::Function"))


def test_no_functions_package_hides_a_module_of_the_standard_library(template):
    for name, function in functions(template).items():
        package = name.partition("-")[2]
        assert function["Properties"]["Handler"] == f"{package}.handler.handler"
        assert package not in sys.stdlib_module_names


def test_the_asset_of_a_function_contains_only_its_own_package(template, dev_assembly):
    for name, function in functions(template).items():
        trigger, package = name.split("-")
        asset = dev_assembly / f"asset.{function['Properties']['Code']['S3Key'].removesuffix('.zip')}"
        folder = ROOT / "functions" / trigger / package
        files = [*folder.glob("*.py"), *folder.glob("templates/*.html")]
        own = {f"{package}/{file.relative_to(folder)}" for file in files}
        held = {str(file.relative_to(asset)) for file in asset.rglob("*") if file.is_file()}
        assert held == own
        # Without it, Python would import a module of that name from a layer.
        assert f"{package}/__init__.py" in own


def test_functions_run_python_3_13_on_arm64_with_tracing_and_their_layers(template):
    for name, function in functions(template).items():
        properties = function["Properties"]
        assert properties["Runtime"] == "python3.13"
        assert properties["Architectures"] == ["arm64"]
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert properties["LoggingConfig"]["LogFormat"] == "JSON"
        place = name.replace("-", "/", 1)
        assert len(properties["Layers"]) == 2 + (place in MEDIA_PLACES) + (place == CONSOLE_PLACE), name


def test_every_log_group_has_a_retention(template):
    groups = of_type(template, "Logs::LogGroup")

    assert {referred(one["Properties"]["LoggingConfig"]["LogGroup"]) for one in functions(template).values()} < set(
        groups
    )
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {30}


def test_no_two_functions_share_a_role(template):
    roles = [referred(one["Properties"]["Role"]) for one in functions(template).values()]

    assert len(set(roles)) == len(roles)


def test_every_function_names_its_metrics_namespace_and_service(template):
    for function in functions(template).values():
        assert function["Properties"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == "Dropcast"


def test_no_role_has_a_managed_policy_or_a_wildcard_action(template):
    for role in of_type(template, "IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
    for role, statement in statements(template):
        assert not [action for action in many(statement["Action"]) if "*" in action], role


def test_every_statement_names_its_resource_unless_aws_accepts_none(template):
    of_no_resource = ("xray:", "logs:")
    for role, statement in statements(template):
        if "*" in many(statement["Resource"]):
            assert all(action.startswith(of_no_resource) for action in many(statement["Action"])), role


@pytest.mark.parametrize(
    ("action", "places"),
    [
        ("kms:Encrypt", CALL_TIKTOK),
        ("kms:Decrypt", CALL_TIKTOK | {"queue-deliver"}),
        ("secretsmanager:GetSecretValue", CALL_TIKTOK | {"http-webhook", "http-authorizer", "deploy-keypair"}),
        ("states:StartExecution", {*FOR_CALLERS, "storage-drop", "schedule-sweep", "schedule-due"}),
        ("states:StopExecution", FOR_CALLERS),
        ("scheduler:CreateSchedule", {*FOR_CALLERS, "storage-drop"}),
        ("scheduler:DeleteSchedule", FOR_CALLERS),
        ("iam:PassRole", {*FOR_CALLERS, "storage-drop"}),
        ("states:SendTaskSuccess", {"queue-webhook", "workflow-watch"}),
        ("events:PutEvents", {"stream-outbox", "schedule-relay"}),
        ("secretsmanager:PutSecretValue", {"deploy-keypair"}),
        ("s3:GetObject", {*FOR_CALLERS, "storage-drop", "workflow-prepare", "workflow-pictures", "workflow-transfer"}),
        ("s3:PutObject", {*FOR_CALLERS, "workflow-pictures", "queue-trends"}),
        ("s3:AbortMultipartUpload", FOR_CALLERS),
        ("s3:ListMultipartUploadParts", FOR_CALLERS),
        ("s3:DeleteObject", set()),
        ("kms:GenerateDataKey", set()),
        ("dynamodb:Scan", {"http-console"}),
    ],
)
def test_only_these_functions_have_each_permission(template, action, places):
    assert who_may(template, action) == places


def test_uploads_pictures_and_trend_history_are_written_only_below_their_prefixes(template):
    places = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}
    written = {
        places[role]: one["Resource"]["Fn::Join"][1][1]
        for role, one in statements(template)
        if "s3:PutObject" in many(one["Action"])
    }

    uploads = dict.fromkeys(FOR_CALLERS, "/uploads/*")
    assert written == {**uploads, "workflow-pictures": "/media/*", "queue-trends": "/trends/*"}


def test_a_secret_is_decrypted_only_with_its_own_encryption_context(template):
    conditions = {
        (role, action): kinds
        for role, statement in statements(template)
        for action in many(statement["Action"])
        if action.startswith("kms:")
        for kinds in [statement["Condition"]["StringEquals"]["kms:EncryptionContext:kind"]]
    }
    roles = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}
    openers = {
        roles[role] for (role, action), kinds in conditions.items() if action == "kms:Decrypt" and "upload_url" in kinds
    }

    assert {roles[role] for role, _ in conditions} == CALL_TIKTOK | {"queue-deliver"}
    assert openers == {"workflow-transfer"}


def test_the_authorizer_only_reads_keys_and_records_their_use(template):
    role = referred(functions(template)["http-authorizer"]["Properties"]["Role"])
    of_data = [
        (one["Action"], one.get("Condition"))
        for owner, one in statements(template)
        if owner == role and any(action.startswith("dynamodb:") for action in many(one["Action"]))
    ]

    last_use = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "last_used_at", "write_id"]}}
    assert of_data == [("dynamodb:GetItem", None), ("dynamodb:UpdateItem", last_use)]


def test_the_state_machine_may_call_only_its_steps(template):
    [machine] = [name for name in of_type(template, "IAM::Role") if name.startswith("WorkflowRole")]
    called = {
        referred(resource)
        for role, statement in statements(template)
        if role == machine and "lambda:InvokeFunction" in many(statement["Action"])
        for resource in many(statement["Resource"])
    }

    steps = ["prepare", "pictures", "start", "decide", "transfer", "watch", "settle"]
    names = {template["Resources"][name]["Properties"]["FunctionName"] for name in called}
    assert names == {f"dropcast-dev-workflow-{step}" for step in steps}
