"""The functions that read media may read the other buckets that a parameter names."""

import pytest

from tests.infra.reading import functions, of_type, referred, who_may

BUCKETS = {"Ref": "SourceBuckets"}


@pytest.fixture
def granted(template):
    return [one for one in of_type(template, "IAM::Policy").values() if "Condition" in one]


def test_nothing_is_granted_by_default(template, granted):
    conditions = {one["Condition"] for one in granted}

    assert template["Parameters"]["SourceBuckets"]["Default"] == ""
    assert template["Parameters"]["SourceKeys"]["Default"] == ""
    assert [template["Conditions"][name] for name in conditions] == [{"Fn::Not": [{"Fn::Equals": [BUCKETS, ""]}]}]


def test_functions_that_read_media_may_read_them_except_drops(template, granted):
    roles = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}

    readers = {roles[referred(role)] for one in granted for role in one["Properties"]["Roles"]}

    assert readers == who_may(template, "s3:GetObject") - {"storage-drop"}
    assert functions(template)["http-api"]["Properties"]["Environment"]["Variables"]["SOURCE_BUCKETS"] == BUCKETS


def test_they_may_read_and_list_objects_and_decrypt_through_s3(granted):
    for one in granted:
        objects, lists, opens = one["Properties"]["PolicyDocument"]["Statement"]
        each = {"Fn::Join": ["/*,", {"Fn::Split": [",", BUCKETS]}]}
        assert objects["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
        assert objects["Resource"] == {"Fn::Split": [",", {"Fn::Join": ["", [each, "/*"]]}]}
        assert (lists["Action"], lists["Resource"]) == ("s3:ListBucket", {"Fn::Split": [",", BUCKETS]})
        _, with_keys, without = opens["Fn::If"]
        assert with_keys["Action"] == "kms:Decrypt"
        assert with_keys["Resource"] == {"Fn::Split": [",", {"Ref": "SourceKeys"}]}
        assert "kms:ViaService" in with_keys["Condition"]["StringLike"]
        assert without == {"Ref": "AWS::NoValue"}
