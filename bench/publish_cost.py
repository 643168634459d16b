"""The AWS cost of a publish: `BENCH=cost make bench` prints the tables of docs/cost.md.

The counts come from tests/unit/publishing/test_cost.py, and the prices from the layer (intake/cost_estimate.py).
"""

from dataclasses import dataclass

from dropcast.publishing.intake import cost_estimate

MB = 1_000_000
MEMORY_GB = 0.5
# The total run time of the ten small functions. Each makes about six AWS calls of 8 ms. Together they make three TikTok
# calls of 300 ms. (These are assumptions, without cold starts.)
SMALL_FUNCTIONS_S = 10 * 6 * 0.008 + 3 * 0.3
PREPARE_GB_S = 1.0 * 0.5


@dataclass(frozen=True)
class Counted:
    """The billed units of one publish."""

    transitions: int
    invocations: int
    write_units: int
    read_units: int
    kms_calls: int
    s3_requests: int


# By size in bytes, in chunks of 32,000,000.
COUNTED: dict[int, Counted] = {
    20 * MB: Counted(transitions=8, invocations=10, write_units=63, read_units=18, kms_calls=5, s3_requests=4),
    100 * MB: Counted(transitions=8, invocations=10, write_units=67, read_units=20, kms_calls=5, s3_requests=4),
    1000 * MB: Counted(transitions=8, invocations=10, write_units=95, read_units=48, kms_calls=5, s3_requests=4),
    4000 * MB: Counted(transitions=8, invocations=10, write_units=187, read_units=142, kms_calls=5, s3_requests=4),
}


def gb_seconds(size: int, rate: float) -> float:
    """GB-seconds of all functions, with a transfer at `rate` bytes a second."""
    return MEMORY_GB * (SMALL_FUNCTIONS_S + size / rate) + PREPARE_GB_S


def parts(size: int, rate: float) -> dict[str, float]:
    """The cost of a publish of `size` bytes in US dollars, by kind of charge, without egress."""
    counted = COUNTED[size]
    nano = {
        "state transitions": counted.transitions * cost_estimate.TRANSITION,
        "Lambda's time": gb_seconds(size, rate) * cost_estimate.LAMBDA_GB_S,
        "Lambda's calls": counted.invocations * cost_estimate.LAMBDA_REQUEST,
        "DynamoDB writes": counted.write_units * cost_estimate.TABLE_WRITE,
        "DynamoDB reads": counted.read_units * cost_estimate.TABLE_READ,
        "KMS": counted.kms_calls * cost_estimate.KMS_REQUEST,
        "S3 requests": counted.s3_requests * cost_estimate.S3_GET,
        "API and event": cost_estimate.HTTP_REQUEST + cost_estimate.EVENT,
    }
    return {name: amount / 1e9 for name, amount in nano.items()}


def dollars(size: int, rate: float = 40 * MB) -> float:
    """The sum of `parts` in US dollars."""
    return sum(parts(size, rate).values())


def egress(size: int) -> float:
    """The cost of the egress to TikTok in US dollars."""
    return size * cost_estimate.EGRESS_GB / 1e18


def main() -> None:
    sizes = list(COUNTED)
    print("counted:\n| | " + " | ".join(f"{size / MB:,.0f} MB" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name in Counted.__dataclass_fields__:
        cells = " | ".join(f"{getattr(COUNTED[size], name):,}" for size in sizes)
        print(f"| {name.replace('_', ' ')} | {cells} |")
    for rate in (40 * MB, 10 * MB):
        print(f"\nin US dollars, the transfer at {rate / MB:.0f} MB/s:\n| | ", end="")
        print(" | ".join(f"{size / MB:,.0f} MB" for size in sizes) + " |\n|---|" + "---|" * len(sizes))
        for name in parts(sizes[0], rate):
            print(f"| {name} | " + " | ".join(f"{parts(size, rate)[name]:.6f}" for size in sizes) + " |")
        print("| **all but egress** | " + " | ".join(f"**{dollars(size, rate):.6f}**" for size in sizes) + " |")
        print("| egress | " + " | ".join(f"{egress(size):.4f}" for size in sizes) + " |")


if __name__ == "__main__":
    main()
