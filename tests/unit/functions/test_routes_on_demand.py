"""A process imports a module of routes when a request needs it. Callers notice nothing of this."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest

from functions.http.api.routes import MODULES, every_route
from tests.unit.test_structure import ROOT

FOLDER = ROOT / "functions/http/api"
# The requests of one process in this order: method, path, status, and the modules of routes that it imports.
REQUESTS = [
    ("PUT", "/v1/publishes", 405, []),
    ("GET", "/v1/", 404, []),
    ("GET", "/v1/nothing", 404, []),
    ("GET", "/v1/health\n", 403, ["health"]),
    ("POST", "/v1/health", 405, []),
    ("GET", "/v1/keys/", 404, ["keys"]),
    ("PATCH", "/v1/publishes/pub_1", 403, ["publish_actions"]),
    ("GET", "/v1/accounts", 403, ["accounts"]),
    ("PUT", "/v1/accounts/a_1", 405, ["budgets", "comments", "creator_info_and_videos"]),
    ("GET", "/v1/accounts/a_1", 403, []),
]
PROGRAM = """
import json, sys
from api.handler import handler
from api.routes import MODULES
from tests.unit.support.api import event_of
from tests.unit.support.functions import context
from tests.openapi import Operation

def loaded():
    return [name for name in MODULES if f"api.{name}" in sys.modules]

requests, told = json.loads(sys.argv[1]), [loaded()]
for method, path in requests:
    before = loaded()
    answer = handler(event_of(Operation(method, "", path, {}, None), {"key_id": "dk_1"}), context())
    told.append([method, path, answer["statusCode"], [name for name in loaded() if name not in before]])
print(json.dumps(told))
"""


def test_the_table_has_every_module_of_routes():
    with_routes = {file.stem for file in FOLDER.glob("*.py") if "@router." in file.read_text()}

    assert set(MODULES) == with_routes


@pytest.mark.parametrize("module", MODULES)
def test_the_paths_of_a_module_begin_as_the_table_says(module):
    router = import_module(f"functions.http.api.{module}").router

    paths = {route[0] for route in router._routes}

    assert {path for path in paths if not path.startswith(MODULES[module])} == set()


def test_no_two_routes_are_the_same():
    routes = [*every_route()._static_routes, *every_route()._dynamic_routes]

    assert len({(route.method, route.path) for route in routes}) == len(routes)


def test_a_process_imports_the_routes_of_a_path_when_a_request_needs_them():
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, [ROOT / "functions/http", ROOT / "layers/dropcast/python", ROOT])),
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    asked = json.dumps([request[:2] for request in REQUESTS])

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, asked], env=environment, capture_output=True, text=True, check=True
    )

    at_start, *told = json.loads(done.stdout.splitlines()[-1])
    assert at_start == ["publishes"]
    assert [tuple(one) for one in told] == REQUESTS
