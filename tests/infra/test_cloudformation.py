"""The template as CloudFormation reads it."""

import subprocess
import sys
from pathlib import Path

# CDK writes a dependency on the role in addition to the reference that implies it.
IMPLIED_DEPENDENCY = "W3005"


def test_cfn_lint_finds_nothing(dev_assembly):
    linter = Path(sys.executable).parent / "cfn-lint"
    file = dev_assembly / "Dropcast-dev.template.json"

    said = subprocess.run(
        [linter, "--template", file, "--regions", "us-east-1", "eu-west-1", "--ignore-checks", IMPLIED_DEPENDENCY],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stdout


def test_the_template_leaves_room_to_grow(template):
    assert len(template["Resources"]) < 400


def test_people_and_scripts_get_their_outputs(template):
    assert set(template["Outputs"]) == {
        *(
            "ApiId",
            "ApiUrl",
            "PublicUrl",
            "ConsoleUrl",
            "RedirectUri",
            "WebhookUrl",
            "Bucket",
            "StateMachineArn",
            "EventBusName",
            "ScheduleGroup",
        ),
        *("AccountsTable", "ConnectionsTable", "KeysTable", "PublishesTable", "OutboxTable", "TrendsTable"),
        *("BudgetsTable", "ConsoleTable", "HooksTable", "BusinessRedirectUri"),
        *("AppSecretArn", "PartnerSecretArn", "KeyPepperArn", "MediaKeyArn", "KmsKeyId", "TiktokScopes"),
        *("MediaAddress", "MediaDomainTarget", "DropcastVersion"),
    }
