"""The licence is stated in three places, and they agree."""

import tomllib

from functions.http.api.description import document
from local.folder import ROOT


def test_all_places_state_apache_2():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [name] = project["license-files"]

    assert project["license"] == document()["info"]["license"]["identifier"] == "Apache-2.0"
    assert (ROOT / name).read_text().lstrip().startswith("Apache License\n                           Version 2.0")
