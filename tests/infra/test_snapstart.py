"""SnapStart is off by default. With it, the API invokes an alias of the newest version of each function behind it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from infra.config import Config
from infra.snapstart import invoked
from infra.stage_context import StageContext
from local.synth import ROOT
from tests.infra.reading import Template, functions, of_type, referred

PLACES = {"http-api", "http-authorizer", "http-connect", "http-console"}


@pytest.fixture(scope="module")
def snapstart(chosen_template) -> Template:
    return chosen_template


def aliases(template: Template) -> dict[str, str]:
    """The place of each alias's function, by the alias's logical id."""
    places = {id_: one["Properties"]["FunctionName"] for id_, one in of_type(template, "Lambda::Function").items()}
    return {
        id_: places[referred(one["Properties"]["FunctionName"])].removeprefix("dropcast-dev-")
        for id_, one in of_type(template, "Lambda::Alias").items()
    }


def test_without_the_choice_there_are_no_versions_and_no_snapshots(template):
    assert of_type(template, "Lambda::Version") == of_type(template, "Lambda::Alias") == {}
    assert [place for place, one in functions(template).items() if "SnapStart" in one["Properties"]] == []


def test_the_functions_behind_the_api_have_snapshots_and_an_alias_of_their_newest_version(snapstart):
    chosen = {
        place: one["Properties"]["SnapStart"]
        for place, one in functions(snapstart).items()
        if "SnapStart" in one["Properties"]
    }
    versions = of_type(snapstart, "Lambda::Version")

    assert chosen == {place: {"ApplyOn": "PublishedVersions"} for place in PLACES}
    assert sorted(aliases(snapstart).values()) == sorted(PLACES)
    for one in of_type(snapstart, "Lambda::Alias").values():
        version = versions[referred(one["Properties"]["FunctionVersion"])]
        assert version["Properties"]["FunctionName"] == one["Properties"]["FunctionName"]


def test_the_api_invokes_only_the_aliases_and_the_webhook_function(snapstart):
    integrations = of_type(snapstart, "ApiGatewayV2::Integration").values()
    targets = {referred(one["Properties"]["IntegrationUri"]) for one in integrations}
    [authorizer] = of_type(snapstart, "ApiGatewayV2::Authorizer").values()
    named = {
        part["Ref"]
        for part in authorizer["Properties"]["AuthorizerUri"]["Fn::Join"][1]
        if isinstance(part, dict) and "Ref" in part
    }

    reached = aliases(snapstart)
    assert {reached.get(one, one) for one in targets} - PLACES == {webhook_function(snapstart)}
    assert [reached[one] for one in named if one in reached] == ["http-authorizer"]


def test_the_gateway_may_invoke_the_aliases_and_no_function_beside_them(snapstart):
    permissions = [
        one["Properties"]
        for one in of_type(snapstart, "Lambda::Permission").values()
        if one["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]

    reached = aliases(snapstart)
    invocable = {referred(one["FunctionName"]) for one in permissions}
    assert {reached.get(one, one) for one in invocable} == PLACES | {webhook_function(snapstart)}
    assert invocable >= set(reached)
    assert all("SourceArn" in one for one in permissions)


def webhook_function(template: Template) -> str:
    [found] = [
        id_
        for id_, one in of_type(template, "Lambda::Function").items()
        if one["Properties"]["FunctionName"].endswith("http-webhook")
    ]
    return found


@pytest.mark.parametrize(
    ("change", "is_new"),
    [({}, False), ({"code": "b = 2"}, True), ({"layer": "b = 2"}, True), ({"app_audit": "audited"}, True)],
)
def test_a_change_of_code_of_a_layer_or_of_a_choice_publishes_a_version(tmp_path, change, is_new):
    assert (version_with(tmp_path) != version_with(tmp_path, **change)) is is_new


def version_with(folder: Path, code: str = "a = 1", layer: str = "a = 1", **choices: str) -> str:
    """The logical id of the version of a function with this code, layer and settings."""
    app = cdk.App(context={"@aws-cdk/aws-lambda:recognizeLayerVersion": recognizes_layers()})
    stack = cdk.Stack(app, "Stack")
    (folder / "module.py").write_text(layer)
    function = lambda_.Function(
        stack,
        "Function",
        code=lambda_.Code.from_inline(code),
        handler="index.handler",
        runtime=cast(Any, lambda_.Runtime.PYTHON_3_13),
        layers=[lambda_.LayerVersion(stack, "Layer", code=lambda_.Code.from_asset(str(folder)))],
    )
    context = SimpleNamespace(config=Config({"snapstart": "on", **choices}))
    invoked(function, cast(StageContext, context))
    [version] = of_type(app.synth().get_stack_by_name("Stack").template, "Lambda::Version")
    return version


def recognizes_layers() -> bool:
    """The flag in cdk.json without which a version does not depend on the content of its layers."""
    return json.loads((ROOT / "cdk.json").read_text())["context"]["@aws-cdk/aws-lambda:recognizeLayerVersion"]
