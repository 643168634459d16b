"""The data that the judgement of recorded calls (tests/permissions) reads from the template and the code."""

import pytest

from local.synth import ROOT
from tests.infra.policies import Policies
from tests.infra.table_uses import PLACES, reaches
from tests.permissions.grants import Grants
from tests.permissions.reasons import REASONS, idle_patterns
from tests.permissions.verdict import SIGNERS

OTHER_BUCKETS = {
    "SourceBuckets": "arn:aws:s3:::granted-videos",
    "SourceKeys": "arn:aws:kms:eu-west-1:210987654321:key/k",
}


@pytest.fixture(scope="module")
def grants(template) -> Grants:
    return Grants(Policies(template, OTHER_BUCKETS))


def test_no_grant_has_a_wildcard_in_its_action(grants):
    assert [str(grant) for grant in grants if "*" in grant.action or "?" in grant.action] == []


def test_only_actions_that_take_no_resource_are_granted_on_all(grants):
    on_all = {grant.action.partition(":")[0] for grant in grants if grant.resource == "*"}

    assert on_all == {"logs", "xray"}  # infra/functions.py and infra/workflow.py give the reasons to cdk-nag


def test_each_reason_for_an_unused_grant_explains_one_and_names_a_file(grants):
    assert idle_patterns(grants) == []
    assert [one.test for one in REASONS if not (ROOT / one.test).is_file()] == []


@pytest.mark.parametrize(
    ("operation", "node"),
    [
        ("UploadPart", ("dropcast.publishing.uploads.multipart", "put_url")),
        ("GetObject", ("dropcast.publishing.posting_page.previews", "preview_url")),
    ],
)
def test_the_signers_of_urls_are_the_functions_whose_code_signs_them(operation, node):
    signers = {place.replace("/", "-") for place in PLACES if reaches(place, node)}

    assert signers == set(SIGNERS[operation])
