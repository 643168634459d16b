"""examples/github-actions: the workflow, and the policies of the role that it assumes."""

import json
import re
from typing import Any

import pytest
import yaml

from cli.deployment import bootstrap_check
from local.synth import ROOT

FOLDER = ROOT / "examples" / "github-actions"
WORKFLOW = (FOLDER / "deploy.yml").read_text()
PAGE = (FOLDER / "README.md").read_text()
ISSUER = "token.actions.githubusercontent.com"


@pytest.fixture
def job() -> dict[str, Any]:
    [job] = yaml.safe_load(WORKFLOW)["jobs"].values()
    return job


def statements(file: str) -> list[dict[str, Any]]:
    policy = json.loads((FOLDER / file).read_text())
    assert policy["Version"] == "2012-10-17"
    return policy["Statement"]


def test_every_action_is_pinned_to_a_commit_and_names_its_full_version(job):
    used = re.findall(r"uses: (.+)", WORKFLOW)

    assert len(used) == sum("uses" in step for step in job["steps"]) == 3
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_the_job_may_only_read_the_code_and_ask_for_a_token(job):
    assert yaml.safe_load(WORKFLOW)["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "id-token": "write"}


def test_the_make_targets_exist_and_their_variables_are_read(job):
    makefile = (ROOT / "Makefile").read_text()
    commands = [step["run"].split() for step in job["steps"] if "run" in step]

    assert commands == [["make", "deploy", "YES=1"]]
    recipe = makefile.partition("\ndeploy:")[2].partition("\n\n")[0]
    assert "$(if $(YES),--yes)" in recipe


def test_the_stage_is_that_of_the_environment_and_of_the_stack(job):
    [trust] = statements("trust-policy.json")
    stage = job["environment"]

    assert job["env"] == {"DROPCAST_STAGE": stage}
    assert trust["Condition"]["StringEquals"][f"{ISSUER}:sub"].endswith(f":environment:{stage}")
    assert f"stack/Dropcast-{stage}/*" in (FOLDER / "permissions.json").read_text()


def test_only_one_environment_of_one_repository_gets_the_role():
    [trust] = statements("trust-policy.json")

    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Principal"] == {"Federated": f"arn:aws:iam::ACCOUNT:oidc-provider/{ISSUER}"}
    assert list(trust["Condition"]) == ["StringEquals"]
    equal = trust["Condition"]["StringEquals"]
    assert equal[f"{ISSUER}:aud"] == "sts.amazonaws.com"
    assert re.fullmatch(r"repo:OWNER@OWNER_ID/REPOSITORY@REPOSITORY_ID:environment:\w+", equal[f"{ISSUER}:sub"])


def test_the_role_may_do_what_the_command_does_itself():
    allowed = {one["Action"]: one["Resource"] for one in statements("permissions.json")}
    app_secret = next(
        line for line in (ROOT / "tests/infra/kept_names.txt").read_text().splitlines() if "AppSecret" in line
    )

    assert set(allowed) == {
        "sts:AssumeRole",
        "ssm:GetParameter",
        "cloudformation:DescribeStacks",
        "secretsmanager:GetSecretValue",
    }
    assert allowed["ssm:GetParameter"].endswith(f":parameter{bootstrap_check.PARAMETER}")
    assert f":secret:{app_secret.split()[1]}-*" in allowed["secretsmanager:GetSecretValue"]
    assert "*" not in [resource.split(":")[-1] for resource in allowed.values()]


def test_the_page_names_every_file_and_every_word_to_replace():
    placeholders = {"ACCOUNT", "REGION", "OWNER", "REPOSITORY", "OWNER_ID", "REPOSITORY_ID"}

    assert {file.name for file in FOLDER.iterdir()} == {"README.md", *re.findall(r"\]\((\w[\w-]*\.\w+)\)", PAGE)}
    for name in (*placeholders, *re.findall(r"vars\.(\w+)", WORKFLOW)):
        assert f"`{name}`" in PAGE
