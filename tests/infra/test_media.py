"""Media URLs for TikTok: signed, without redirects, and with a distribution only if no other address is given."""

import json
from typing import Any

import pytest

from tests.infra.reading import functions, of_type, referred, the_one
from tests.infra.resolving import Resolver
from tests.infra.stages import stack_of

# A function that checks or signs media URLs must know whether there is an address.
ASK_FOR_THE_ADDRESS = ("http-api", "storage-drop", "workflow-start")

DOMAIN = {
    "media_domain": "media.example.com",
    "media_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/b",
}


def config(template: dict[str, Any]) -> dict[str, Any]:
    return the_one(template, "CloudFront::Distribution")["Properties"]["DistributionConfig"]


def own(value: Any) -> Any:
    """The value in a stack with its own distribution."""
    name, then, _ = value["Fn::If"]
    assert name.startswith("MediaOwnMedia")
    return then


def test_media_is_served_only_with_a_signature(template):
    [group] = of_type(template, "CloudFront::KeyGroup")
    behaviour = config(template)["DefaultCacheBehavior"]

    assert [referred(one) for one in behaviour["TrustedKeyGroups"]] == [group]
    assert behaviour["ViewerProtocolPolicy"] == "https-only"
    assert behaviour["AllowedMethods"] == ["GET", "HEAD"]


def test_the_signed_version_and_type_reach_the_bucket(template):
    [policy] = of_type(template, "CloudFront::OriginRequestPolicy").values()
    strings = policy["Properties"]["OriginRequestPolicyConfig"]["QueryStringsConfig"]

    assert strings == {"QueryStringBehavior": "whitelist", "QueryStrings": ["response-content-type", "versionId"]}


def test_tiktoks_verification_file_needs_no_signature_and_is_in_the_public_folder(template):
    [behaviour] = config(template)["CacheBehaviors"]
    origins = {origin["Id"]: origin for origin in config(template)["Origins"]}

    assert behaviour["PathPattern"] == "/tiktok*.txt"
    assert "TrustedKeyGroups" not in behaviour
    assert origins[behaviour["TargetOriginId"]]["OriginPath"] == "/public"


def test_the_bucket_allows_only_this_distribution(template):
    [policy] = of_type(template, "S3::BucketPolicy").values()
    [statement] = [
        one
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        if one["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    ]
    [distribution] = of_type(template, "CloudFront::Distribution")

    source = own(statement["Condition"]["StringEquals"]["AWS:SourceArn"])
    assert {"Ref": distribution} in source["Fn::Join"][1]
    assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]


def test_a_given_address_replaces_the_distribution(template):
    made = [one for name, one in template["Resources"].items() if one["Type"].startswith("AWS::CloudFront::")]
    url = functions(template)["workflow-start"]["Properties"]["Environment"]["Variables"]["MEDIA_URL"]

    assert len(made) == 5
    assert {one["Condition"] for one in made} == {next(iter(url["Fn::If"]))}
    assert url["Fn::If"][2] == {"Ref": "MediaUrl"}


@pytest.mark.parametrize(
    ("distribution", "given", "address"),
    [
        ("on", "", "https://Dropcast-dev-MediaDistribution36925F9C.cloudfront.net"),
        ("on", "https://media.example.com", "https://media.example.com"),
        ("off", "https://media.example.com", "https://media.example.com"),
        ("off", "", ""),
    ],
)
def test_a_distribution_is_created_only_on_request_and_without_another_address(template, distribution, given, address):
    resolver = Resolver(template, {"MediaDistribution": distribution, "MediaUrl": given})

    made = resolver.resources("CloudFront::Distribution")
    named = [one for one in resolver.resources("Lambda::Function").values() if place_of(one) in ASK_FOR_THE_ADDRESS]
    assert bool(made) == resolver.holds(template["Outputs"]["MediaAddress"]["Condition"])
    assert bool(made) == (distribution == "on" and not given)
    assert [one["Environment"]["Variables"]["MEDIA_URL"] for one in named] == [address] * len(ASK_FOR_THE_ADDRESS)


def place_of(function: dict[str, Any]) -> str:
    return function["FunctionName"].removeprefix("dropcast-dev-")


def test_the_key_is_created_in_the_account_and_can_only_sign(template):
    [made] = [one for one in template["Resources"].values() if one["Type"] == "Custom::MediaKey"]
    signer = functions(template)["workflow-start"]["Properties"]["Environment"]["Variables"]

    assert template["Resources"][referred(made["Properties"]["ServiceToken"])] == functions(template)["deploy-keypair"]
    assert referred(made["Properties"]["SecretArn"]) == referred(signer["MEDIA_KEY_ARN"])


def test_the_previous_key_stays_trusted_until_the_next_one(chosen_template):
    [group] = of_type(chosen_template, "CloudFront::KeyGroup").values()
    signer = functions(chosen_template)["workflow-start"]["Properties"]["Environment"]["Variables"]

    trusted = [referred(key) for key in group["Properties"]["KeyGroupConfig"]["Items"]]
    names = [
        chosen_template["Resources"][key]["Properties"]["PublicKeyConfig"]["Name"]["Fn::Join"][1][-1][-2:]
        for key in trusted
    ]
    assert names == ["-2", "-3"]
    assert referred(own(signer["MEDIA_KEY_ID"])) == trusted[1]


def test_a_custom_domain_needs_its_certificate(domains_template):
    distribution = config(domains_template)

    assert distribution["Aliases"] == ["media.example.com"]
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


@pytest.mark.parametrize("half", DOMAIN)
def test_a_domain_without_its_certificate_is_refused(half):
    with pytest.raises(ValueError, match="go together"):
        stack_of(**{half: DOMAIN[half]})


def test_no_private_key_is_in_the_template(template):
    assert "PRIVATE KEY" not in json.dumps(template)
