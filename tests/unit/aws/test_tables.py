"""Items of a table in plain values: read, written with conditions, queried page by page."""

from typing import Any

import pytest

from dropcast.aws import clients, dynamo
from dropcast.aws.tables import ACCOUNTS, EXISTING, NEW, Query, set_expression
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.lost import lost_answer

KEY = {"pk": "one", "sk": "1"}
OF_ONE = Query("pk = :pk AND sk > :after", {"pk": "one", "after": " ", "unused": None})


@pytest.fixture
def asked(cloud, monkeypatch) -> list[dict[str, Any]]:
    """The queries that DynamoDB receives."""
    client, seen = clients.client("dynamodb"), list[dict[str, Any]]()
    really = client.query
    monkeypatch.setattr(client, "query", lambda **request: seen.append(request) or really(**request))
    return seen


def put(*numbers: int) -> None:
    for number in numbers:
        ACCOUNTS.put({"pk": "one", "sk": str(number), "n": number})


def test_an_item_is_read_back_unchanged(cloud):
    ACCOUNTS.put(KEY | {"status": "active", "nothing": None, "list": [1, "a"]})

    assert ACCOUNTS.get(KEY) == KEY | {"status": "active", "list": [1, "a"]}
    assert ACCOUNTS.get(KEY, only="#status") == {"status": "active"}
    assert ACCOUNTS.get({"pk": "two", "sk": "1"}) is None
    assert ACCOUNTS.get_many([KEY, {"pk": "two", "sk": "1"}]) == [ACCOUNTS.get(KEY)]


def test_a_condition_decides_whether_an_item_is_written(cloud):
    assert ACCOUNTS.put_if(KEY | {"n": 1}, NEW)
    assert not ACCOUNTS.put_if(KEY | {"n": 2}, NEW)
    assert ACCOUNTS.replace_if(KEY | {"n": 3}, "n < :most", {"most": 2}) == KEY | {"n": 1}
    assert ACCOUNTS.replace_if(KEY | {"n": 4}, "n < :most", {"most": 2}) is None
    assert ACCOUNTS.get(KEY) == KEY | {"n": 3}


def test_an_update_sends_only_the_names_and_values_that_it_uses(cloud):
    put(1)
    values = {"seen": 1, "now": 2, "unused": "x"}

    changed = ACCOUNTS.update_and_get(KEY, "SET #n = :now, #of.#b = :now", "#n = :other", {**values, "other": 9})

    assert changed is None
    assert ACCOUNTS.update_and_get(KEY, "SET #n = :now", "#n = :seen", values) == KEY | {"n": 2}
    assert ACCOUNTS.get_and_update(KEY, "SET #x = :now", EXISTING, values, {"x": "n"}) == KEY | {"n": 2}


def test_a_missing_value_of_an_expression_raises_before_the_write(cloud):
    with pytest.raises(KeyError, match="now"):
        ACCOUNTS.update_if(KEY, "SET #n = :now", None, {"later": 1})


def test_an_update_with_a_lost_answer_returns_the_item_and_takes_effect_once(cloud):
    put(1)

    with lost_answer("UpdateItem"):
        assert ACCOUNTS.update_and_get(KEY, "ADD n :one", None, {"one": 1}) == KEY | {"n": 2}
    with lost_answer("UpdateItem"):
        assert ACCOUNTS.update_if(KEY, "ADD n :one", None, {"one": 1})
    with lost_answer("UpdateItem"):
        assert ACCOUNTS.get_and_update(KEY, "ADD n :one", EXISTING, {"one": 1}) == {}

    assert ACCOUNTS.get(KEY) == KEY | {"n": 4}


def test_changes_set_and_remove_attributes(cloud):
    put(1)
    changes = {"status": "lost", "n": None}

    assert set_expression(changes) == "SET #status = :status REMOVE #n"
    assert set_expression({"n": None}) == "REMOVE #n"
    assert ACCOUNTS.update_if(KEY, set_expression(changes), EXISTING, changes)
    assert ACCOUNTS.get(KEY) == KEY | {"status": "lost"}


def test_an_item_is_deleted_if_the_condition_holds(cloud):
    put(1)

    ACCOUNTS.delete(KEY, "n = :other", {"other": 2})
    assert ACCOUNTS.get(KEY) is not None
    ACCOUNTS.delete(KEY, "n = :seen", {"seen": 1})

    assert ACCOUNTS.get(KEY) is None


def test_a_transaction_writes_all_or_none(cloud):
    put(1, 2)
    two = {"pk": "one", "sk": "2"}
    entries = [
        ACCOUNTS.update_entry(KEY, "SET #n = :now", "n = :seen", {"now": 7, "seen": 1}),
        ACCOUNTS.delete_entry(two, EXISTING),
        ACCOUNTS.put_entry({"pk": "one", "sk": "3"}, NEW),
    ]
    check = ACCOUNTS.check_entry({"pk": "one", "sk": "4"}, EXISTING, {})

    assert not dynamo.write_all([*entries, check])
    assert ACCOUNTS.get(KEY) == KEY | {"n": 1}
    assert dynamo.write_all(entries)
    assert [item["sk"] for item in ACCOUNTS.items(OF_ONE)] == ["1", "3"]


def test_a_query_reads_page_by_page_up_to_its_limit(asked):
    put(1, 2, 3)

    pages = ACCOUNTS.pages(OF_ONE, 2)

    assert [item["n"] for item in next(pages)] == [1, 2]
    assert len(asked) == 1
    assert [[item["n"] for item in page] for page in pages] == [[3]]
    assert len(asked) == 2


def test_a_page_has_a_cursor_to_the_next(asked):
    put(1, 2, 3)
    backwards = Query("pk = :pk", {"pk": "one"}, where="n <> :n", only="n", descending=True, consistent=True)

    first, after = ACCOUNTS.page(Query(**vars(backwards) | {"values": {"pk": "one", "n": 3}}), 2)

    assert (first, after) == ([{"n": 2}], {"pk": "one", "sk": "2"})
    assert asked[0]["ConsistentRead"] is True
    assert ACCOUNTS.page(OF_ONE, 2, after={"pk": "one", "sk": "2"})[0] == [{"pk": "one", "sk": "3", "n": 3}]
