import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from local.deploy import Asset, assets, failures, packed_asset

MANIFEST = {
    "files": {
        "aa": {
            "source": {"path": "asset.aa", "packaging": "zip"},
            "destinations": {
                "here": {"bucketName": "cdk-${AWS::AccountId}-${AWS::Region}", "objectKey": "aa.zip"},
            },
        }
    }
}


def test_assets_are_stored_in_the_emulators_account_and_region(tmp_path: Path):
    (tmp_path / "S.assets.json").write_text(json.dumps(MANIFEST))

    assert assets(tmp_path, "S") == [Asset(tmp_path / "asset.aa", True, "cdk-000000000000-us-east-1", "aa.zip")]


def test_a_folder_is_packed_with_paths_relative_to_its_root(tmp_path: Path):
    (tmp_path / "python" / "x").mkdir(parents=True)
    (tmp_path / "python" / "x" / "a.py").write_text("A = 1")

    packed_bytes = packed_asset(Asset(tmp_path, True, "b", "k"))

    assert zipfile.ZipFile(BytesIO(packed_bytes)).read("python/x/a.py") == b"A = 1"


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_is_stored_unchanged(tmp_path: Path, zipped: bool):
    (tmp_path / "t.json").write_text("{}")

    assert packed_asset(Asset(tmp_path / "t.json", zipped, "b", "k")) == b"{}"


def test_failures_name_resource_type_and_reason_oldest_first():
    def event(name: str, status: str, **more: str) -> dict[str, str]:
        return {"LogicalResourceId": name, "ResourceType": "AWS::X::Y", "ResourceStatus": status, **more}

    newest_first = [
        event("Later", "CREATE_FAILED"),
        event("First", "CREATE_FAILED", ResourceStatusReason="no such role"),
        event("Fine", "CREATE_COMPLETE"),
    ]

    assert failures(newest_first) == "First (AWS::X::Y): no such role; Later (AWS::X::Y): no reason given"
