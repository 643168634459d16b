"""`dropcast cost` against a deployment in moto."""

import json

from typer.testing import CliRunner

from cli.main import cli
from dropcast.publishing.intake.cost_estimate import MONTH
from tests.unit.functions.overview_scene import count
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import own_environment as own_environment


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, ["cost", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_month_s_publishes_and_bytes_cost_what_the_overview_says(deployed, held_clock):
    count(("published", "ana", 7_000_000_000), ("failed", "ben", 0), ("in_inbox", None, 0), ("cancelled", "c", 0))
    count(("published", "ana", 3_000_000_000), day="2026-12-31")

    rows = [line.rsplit(maxsplit=1) for line in run().splitlines()]

    assert rows == [
        ["January 2027", "USD"],
        ["4 publishes", "0.00"],
        ["7.0 GB sent", "0.63"],
        ["A month without publishes (docs/deploy.md)", "10.00"],
        ["Together", "10.63"],
    ]


def test_json_has_integers_in_micro_dollars(deployed, held_clock):
    empty = json.loads(run("--json"))
    count(("published", "ana", 1_000_000_000))
    one = json.loads(run("--json"))

    fixed = {"month": "2027-01", "fixed_micro_usd": MONTH // 1000}
    assert empty == fixed | {
        "publishes": 0,
        "bytes_sent": 0,
        "publishing_micro_usd": 0,
        "egress_micro_usd": 0,
        "total_micro_usd": MONTH // 1000,
    }
    assert (one["publishes"], one["bytes_sent"], one["egress_micro_usd"]) == (1, 1_000_000_000, 90_000)
    assert one["total_micro_usd"] == one["publishing_micro_usd"] + 90_000 + MONTH // 1000
