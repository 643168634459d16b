"""A model of the AWS cost of refreshing tokens, at list prices.

Prices are in US dollars for us-east-1 without free tiers, as third parties reported them between July 2025 and May
2026. DynamoDB's prices are those after its price cut of November 2024. We did not read AWS's own pages. Check the
prices at aws.amazon.com/{dynamodb,lambda,kms,sqs,cloudwatch}/pricing before you rely on a number.
"""

from dataclasses import dataclass

from dropcast.settings import Settings

WRITE_UNIT = 0.625e-6
READ_UNIT = 0.125e-6
KMS_CALL = 0.03 / 10_000
SQS_CALL = 0.40e-6
LAMBDA_CALL = 0.20e-6
LAMBDA_GB_S = 0.0000133334  # arm64
LOG_GB = 0.50

# One refresh, call by call. A row with tokens has 1 to 2 KB, so it costs two units. Other rows cost one. A transaction
# doubles its own units. A change of due_at moves the account's entry in the index `due` (two units) and updates the
# index of whole rows, `by_user` (one unit). `by_status` has only keys and does not change.
WRITES = {
    "the finder puts the account off": 1 + 2 + 1,
    "lease taken and released": 2,
    "journal": 2,
    "tokens and account in one transaction": 2 * (2 + 1) + 2 + 1,
}
READS = {"tokens, before and under the lease": 2, "due index": 0.1}
KMS_CALLS = 3
SQS_CALLS = 2.1
MEMORY_GB = 0.5
LOG_KB = 2
# An account in use also stores its last use once a day.
USE_WRITES_A_MONTH = 30 * 2

MONTH_S = 30.4 * 24 * 3600
MEAN_JITTER = 0.15 / 2


@dataclass(frozen=True)
class Policy:
    name: str
    share: float
    life_s: int
    writes_a_month: float = 0

    @property
    def refreshes_a_month(self) -> float:
        return MONTH_S / (self.life_s * (self.share + MEAN_JITTER))

    def cost(self, accounts: int, worker_s: float) -> float:
        """The cost in US dollars a month."""
        per_account = self.refreshes_a_month * refresh_cost(worker_s) + self.writes_a_month * WRITE_UNIT
        return accounts * per_account


def policies(access_life_s: int = 7200, refresh_life_s: int = 180 * 24 * 3600) -> list[Policy]:
    """The two default policies, with the token lifetimes in TikTok's documentation of November 2026."""
    chosen = Settings({})
    return [
        Policy("in use", chosen.refresh_warm_share, access_life_s, USE_WRITES_A_MONTH),
        Policy("idle", chosen.refresh_idle_share, refresh_life_s),
    ]


def refresh_cost(worker_s: float) -> float:
    """The cost in US dollars of one refresh whose worker runs `worker_s` seconds."""
    return sum(parts(worker_s).values())


def parts(worker_s: float) -> dict[str, float]:
    """The cost in US dollars of one refresh, by kind of charge."""
    return {
        "DynamoDB writes": sum(WRITES.values()) * WRITE_UNIT,
        "DynamoDB reads": sum(READS.values()) * READ_UNIT,
        "KMS": KMS_CALLS * KMS_CALL,
        "SQS": SQS_CALLS * SQS_CALL,
        "Lambda": LAMBDA_CALL + MEMORY_GB * worker_s * LAMBDA_GB_S,
        "logs": LOG_KB * 1e-6 * LOG_GB,
    }


def explained(worker_s: float) -> str:
    """The formula, its numbers and the table as text."""
    lines = [
        "Modelled monthly cost in US dollars: list prices of us-east-1 as reported up to May 2026, no free tier.",
        "Check them at aws.amazon.com/{dynamodb,lambda,kms,sqs,cloudwatch}/pricing.",
        "",
        "  cost = accounts x (refreshes x cost of one refresh + daily note of use)",
        f"  refreshes a month = {MONTH_S:,.0f} s / (life x (share + {MEAN_JITTER} mean jitter))",
        f"  one refresh = ${refresh_cost(worker_s):.7f}, its worker running {worker_s:.2f} s with {MEMORY_GB} GB:",
        *(f"    {name:16} ${dollars:.7f}" for name, dollars in parts(worker_s).items()),
        f"    ({sum(WRITES.values())} write units: "
        + "; ".join(f"{name} {units}" for name, units in WRITES.items())
        + ")",
        "",
        f"  {'all accounts':14}{'refreshes/month':>17}" + "".join(f"{accounts:>14,}" for accounts in SIZES),
    ]
    for policy in policies():
        costs = "".join(f"{policy.cost(accounts, worker_s):>14,.2f}" for accounts in SIZES)
        lines.append(f"  {policy.name:14}{policy.refreshes_a_month:>17.2f}{costs}")
    lines += ["", "  Fixed for any number: the key and the app's secret, 1.40; the finder's 8,640 runs, cents."]
    return "\n".join(lines)


SIZES = (1_000, 100_000, 1_000_000)
