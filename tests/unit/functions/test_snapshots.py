"""What the functions behind the API do before SnapStart's snapshot, and after they start from it."""

import ast
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.unit.test_structure import LIBRARY, ROOT

# Caches of values that never change: compiled patterns, certificates, parsed settings, and colour profiles.
LASTING = {
    "budgets/limits.py parse",
    "events/outbound/outbound_post.py _trust",
    "media/picture/build_icc_profile.py mark_profile",
    "publishing/model/compose_caption.py _compiled",
    "tiktok/hashtags.py _hashtag",
}
# The transfer runs without SnapStart.
NOT_BEHIND_THE_API = {"publishing/transfer/transfer.py _http"}
# Lambda's package and AWS's answers are replaced. A restore only calls the hooks; the process is not a copy.
PROGRAM = """
import copy, itertools, json, random, sys, time, types

hooks = types.ModuleType("snapshot_restore_py")
before, after = [], []
hooks.register_before_snapshot, hooks.register_after_restore = before.append, after.append
sys.modules["snapshot_restore_py"] = hooks

import botocore.client
answers = map(str, itertools.count())
botocore.client.BaseClient._make_api_call = lambda *_: {
    "SecretString": json.dumps({"client_key": "k" + next(answers), "client_secret": "s"})
}

import api.handler, authorizer.handler, connect.handler, console.handler
from api.routes import ROUTES as API
from console.routes import ROUTES as CONSOLE
from dropcast import ids
from dropcast.access.pepper import keyed_hash
from dropcast.accounts.tiktok_app import app_credentials, http_within, tiktok
from dropcast.aws import clients
from dropcast.settings import settings
from ulid import default_generator

held = time.time()
time.time = lambda: held

def kept():
    services = [clients._session(), *map(clients.client, ("dynamodb", "s3"))]
    return services + [tiktok(), http_within(3), settings(), keyed_hash("x"), app_credentials()]

def restore():
    for hook in after:
        hook()

for hook in reversed(before):
    hook()
wanted = [*(f"api.{name}" for name in API.patterns), *(f"console.{name}" for name in CONSOLE.patterns)]
told = {"modules": [name for name in wanted if name not in sys.modules]}

old = kept()
told["kept without a restore"] = sum(a is b or a == b for a, b in zip(old, kept()))
restore()
told["kept after a restore"] = [str(b) for a, b in zip(old, kept()) if a is b or a == b]

snapshot = random.getstate(), copy.deepcopy(vars(default_generator.policy))
held += 1
told["numbers"], told["ids"] = [], []
for _ in range(2):
    random.setstate(snapshot[0])
    vars(default_generator.policy).update(snapshot[1])
    restore()
    told["numbers"].append(random.random())
    told["ids"].append(ids.new_id("pub"))
random.setstate(snapshot[0])
told["number of the snapshot"] = random.random()
print(json.dumps(told))
"""


@pytest.mark.long
def test_a_restored_process_has_new_clients_secrets_and_random_numbers():
    told = run(PROGRAM)

    assert told["modules"] == []  # the snapshot holds every route
    assert told["kept without a restore"] == 8
    assert told["kept after a restore"] == []
    assert len({*told["numbers"], told["number of the snapshot"]}) == 3
    assert len(set(told["ids"])) == 2


def test_without_snapstart_lambda_s_package_is_not_imported():
    program = "import api.handler, sys, json; print(json.dumps('snapshot_restore_py' in sys.modules))"

    assert run(program, "on-demand") is False


def test_every_cache_is_emptied_or_listed_as_lasting():
    cached = {
        f"{file.relative_to(LIBRARY)} {node.name}": [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
        for file in LIBRARY.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    }

    kept = {
        name
        for name, decorators in cached.items()
        if {"cache", "lru_cache"} & set(decorators) and "empty_after_restore" not in decorators
    }

    assert kept == LASTING | NOT_BEHIND_THE_API


def run(program: str, kind: str = "snap-start") -> Any:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, [ROOT / "functions/http", ROOT / "layers/dropcast/python", ROOT])),
        "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "APP_SECRET_ARN": "secret",
        "KEY_PEPPER_ARN": "pepper",
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
