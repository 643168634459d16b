"""A process imports a module of routes only when a request needs it. The answers stay the same."""

import json
import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from dropcast.routes_on_demand import RoutesOnDemand
from functions.http.api.routes import ROUTES as API
from functions.http.console.routes import ROUTES as CONSOLE
from tests.unit.test_structure import ROOT

FUNCTIONS = {"api": API, "console": CONSOLE}
# The modules that a process has before its first request.
AT_START = {"api": ["publishes"], "console": ["overview"]}
# The requests of one process in this order: method, path, status, and the modules of routes that it imports.
REQUESTS = {
    "api": [
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
    ],
    "console": [
        ("GET", "/console", 303, []),
        ("GET", "/console/publishes/pub_1", 303, ["publishes"]),
        ("GET", "/console/publishes/pub_1/progress", 303, []),
        ("POST", "/console/publishes/pub_1/cancel", 303, ["change_publishes"]),
        ("GET", "/console/publishes/rows", 303, ["publish_list"]),
        ("GET", "/console/accounts/acc_1/post", 303, ["post_page"]),
        ("GET", "/console/plans/pln_1", 303, ["plans"]),
        ("GET", "/console/accounts/acc_1", 303, ["account_page"]),
        ("GET", "/console/calendar", 303, ["calendar_page"]),
        ("GET", "/console", 303, []),
    ],
}
PROGRAM = """
import json, sys
from importlib import import_module
from tests.unit.support.api import event_of
from tests.unit.support.functions import context
from tests.openapi import Operation

function, requests = sys.argv[1], json.loads(sys.argv[2])
handler = import_module(f"{function}.handler").handler
patterns = import_module(f"{function}.routes").ROUTES.patterns

def loaded():
    return [name for name in patterns if f"{function}.{name}" in sys.modules]

told = [loaded()]
for method, path in requests:
    before = loaded()
    answer = handler(event_of(Operation(method, "", path, {}, None), {"key_id": "dk_1"}), context())
    told.append([method, path, answer["statusCode"], [name for name in loaded() if name not in before]])
print(json.dumps(told))
"""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_table_has_every_module_of_routes(function):
    files = (ROOT / "functions/http" / function).glob("*.py")

    with_routes = {file.stem for file in files if "router = APIGatewayHttpRouter()" in file.read_text()}

    assert set(FUNCTIONS[function].patterns) == with_routes


@pytest.mark.parametrize(
    ("function", "module"), [(name, module) for name, routes in FUNCTIONS.items() for module in routes.patterns]
)
def test_every_path_of_a_module_matches_its_pattern(function, module):
    router = import_module(f"functions.http.{function}.{module}").router

    paths = {re.sub("<[^>]+>", "x_1", route[0]) for route in router._routes}

    assert {path for path in paths if not re.match(FUNCTIONS[function].patterns[module], path)} == set()


@pytest.mark.parametrize("routes", FUNCTIONS.values(), ids=FUNCTIONS)
def test_no_two_routes_are_the_same(routes: RoutesOnDemand):
    found = [*routes.all._static_routes, *routes.all._dynamic_routes]

    assert len({(route.method, route.path) for route in found}) == len(found)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_process_imports_the_routes_of_a_path_when_a_request_needs_them(function):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, [ROOT / "functions/http", ROOT / "layers/dropcast/python", ROOT])),
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "PUBLIC_URL": "https://dropcast.example",
    }
    asked = json.dumps([request[:2] for request in REQUESTS[function]])

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, function, asked], env=environment, capture_output=True, text=True, check=True
    )

    at_start, *told = json.loads(done.stdout.splitlines()[-1])
    # The templates of every page name static files.
    assert set(at_start) - {"static_files"} == set(AT_START[function])
    assert [tuple(one) for one in told] == REQUESTS[function]
