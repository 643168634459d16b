"""The valid names of a stage, and the addresses that a stage with its own domain closes."""

import pytest

from tests.infra.reading import of_type, the_one
from tests.infra.stages import stack_of


@pytest.mark.parametrize("stage", ["Prod", "PROD", "prod ", "1st", "", "my_stage", "-dev", "a" * 21, "prod\n"])
def test_an_invalid_stage_is_refused_and_the_message_names_the_protected_one(stage):
    with pytest.raises(ValueError, match="Only the stage prod protects its tables"):
        stack_of(stage=stage)


def test_the_longest_stage_name_fits_into_every_name(domains_template):
    names = [one["Properties"]["FunctionName"] for one in of_type(domains_template, "Lambda::Function").values()]
    names += [one["Properties"]["Name"] for one in of_type(domains_template, "Scheduler::ScheduleGroup").values()]
    queues = [one["Properties"]["QueueName"] for one in of_type(domains_template, "SQS::Queue").values()]

    assert all("a" * 20 in name for name in [*names, *queues])
    assert max(map(len, names)) <= 64
    assert max(map(len, queues)) <= 80
    # CloudFront's names end with the region, whose name has at most 14 letters.
    forms = the_one(domains_template, "CloudFront::KeyGroup")["Properties"]["KeyGroupConfig"]["Name"]["Fn::Join"][1]
    assert sum(len(part) if isinstance(part, str) else 14 for part in forms) <= 64


def test_with_a_domain_the_api_answers_only_there(template, domains_template):
    assert the_one(domains_template, "ApiGatewayV2::Api")["Properties"]["DisableExecuteApiEndpoint"] is True
    assert "ApiUrl" not in domains_template["Outputs"]
    assert domains_template["Outputs"]["PublicUrl"]["Value"]["Fn::If"][2] == "https://post.example.com"
    assert "DomainTarget" in domains_template["Outputs"]
    assert "DisableExecuteApiEndpoint" not in the_one(template, "ApiGatewayV2::Api")["Properties"]
    assert "ApiUrl" in template["Outputs"]
