"""Names that a deployed stack relies on: logical ids of stateful resources, and parameters.

CloudFormation replaces a resource whose logical id changes, and its data is lost. kept_names.txt has one name per line.
A new resource adds a line. A removed line means lost data.
"""

from local.synth import ROOT
from tests.infra.reading import of_type

FILE = ROOT / "tests" / "infra" / "kept_names.txt"
HOLD_SOMETHING = (
    "ApiGatewayV2::Api",
    "CloudFront::Distribution",
    "CloudFront::PublicKey",
    "DynamoDB::Table",
    "Events::EventBus",
    "Glue::Database",
    "Glue::Table",
    "KMS::Alias",
    "KMS::Key",
    "Logs::LogGroup",
    "S3::Bucket",
    "SNS::Topic",
    "SQS::Queue",
    "Scheduler::ScheduleGroup",
    "SecretsManager::Secret",
    "StepFunctions::StateMachine",
)


def kept_names(template: dict) -> list[str]:
    resources = [f"{kind} {name}" for kind in HOLD_SOMETHING for name in sorted(of_type(template, kind))]
    parameters = sorted(name for name in template["Parameters"] if name != "BootstrapVersion")
    return [
        *resources,
        *(f"Parameter {name}" for name in parameters),
        *(f"Output {name}" for name in sorted(template["Outputs"])),
    ]


def test_no_stateful_resource_or_parameter_changes_its_name(template):
    names, written = kept_names(template), FILE.read_text().splitlines()

    new, gone = sorted(set(names) - set(written)), sorted(set(written) - set(names))
    assert names == written, f"{FILE.name} lacks {new}; the template no longer has {gone}"


def test_every_kind_of_resource_that_outlives_the_stack_is_listed(prod_template):
    retained = {one["Type"] for one in prod_template["Resources"].values() if one.get("DeletionPolicy") == "Retain"}

    assert {kind.removeprefix("AWS::") for kind in retained} <= set(HOLD_SOMETHING)
