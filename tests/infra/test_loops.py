"""Functions that queue work for themselves.

Lambda stops such a chain after 16 invocations, unless the function allows it.
"""

from collections.abc import Iterator

from tests.infra.policies import Policies
from tests.infra.reading import functions


def edges(policies: Policies) -> Iterator[tuple[str, str]]:
    """(from, to) for each function that may send to a queue that another function, or the same one, reads."""
    resolver = policies.resolver
    made = resolver.resources("Lambda::Function")
    role_of = {resolver.arn(name): one["Role"] for name, one in made.items()}
    named = {one["FunctionName"]: resolver.arn(name) for name, one in made.items()}
    for mapping in resolver.resources("Lambda::EventSourceMapping").values():
        worker = named.get(mapping["FunctionName"], mapping["FunctionName"])
        for sender, role in role_of.items():
            if policies.role_allows(role, "sqs:SendMessage", mapping["EventSourceArn"]):
                yield sender, worker


def in_a_loop(ways: set[tuple[str, str]]) -> set[str]:
    """The functions to which a chain of messages can return."""
    reached = dict[str, set[str]]()
    for start, _ in ways:
        ahead = {start}
        while ahead:
            ahead = {to for source, to in ways if source in ahead} - reached.setdefault(start, set())
            reached[start] |= ahead
    return {name for name, found in reached.items() if name in found}


def test_only_functions_that_queue_work_for_themselves_may_recurse_without_limit(template):
    looping = {
        arn.rpartition(":")[2].removeprefix("dropcast-dev-") for arn in in_a_loop(set(edges(Policies(template))))
    }
    allowed = {place for place, one in functions(template).items() if "RecursiveLoop" in one["Properties"]}

    assert looping == allowed == {"queue-deliver", "queue-trends"}
    for place in allowed:
        assert functions(template)[place]["Properties"]["RecursiveLoop"] == "Allow"
