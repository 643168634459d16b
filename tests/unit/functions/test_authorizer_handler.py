import pytest

from dropcast.access.keys import create_key
from functions.http.authorizer.handler import handler
from tests.unit.support.functions import context

# An HTTP API joins two Authorization headers into one, with a comma between them.
WRONG = [
    "",
    "Bearer",
    "Bearer dk_wrong",
    "Basic {text}",
    "{text}",
    "Bearer {text}x",
    "Bearer {text},Bearer {text}",
    "Bearer {text}, Bearer dk_wrong",
    "Bearer dk_wrong,Bearer {text}",
    "Bearer\t{text}",
    "Bearer {text}\x00",
    "Bearer {text}\u00e9",
    "Be\u00e4rer {text}",
    "Bearer " + "x" * 10_000,
    "Bearer dk_" + "0" * 10_000,
]


def test_a_valid_key_is_accepted_with_its_scopes(cloud):
    key, text = create_key("laptop", frozenset({"read", "publish"}))

    answer = handler({"headers": {"authorization": f"Bearer {text}"}}, context())

    assert answer == {"isAuthorized": True, "context": {"key_id": key.key_id, "scopes": "publish,read"}}


@pytest.mark.parametrize("header", WRONG)
def test_any_other_text_is_refused_with_the_same_answer_and_cost(cloud, aws_calls, header):
    _, text = create_key("laptop", frozenset({"read"}))
    handler({"headers": {}}, context())

    aws_calls.clear()
    answer = handler({"headers": {"authorization": header.format(text=text)}}, context())

    assert (answer, aws_calls) == ({"isAuthorized": False}, ["GetItem"])


def test_a_missing_header_is_refused(cloud):
    assert handler({"headers": {}}, context()) == {"isAuthorized": False}


def test_a_key_is_not_logged(cloud, written):
    _, text = create_key("laptop", frozenset({"read"}))

    handler({"headers": {"authorization": f"Bearer {text}"}}, context())
    handler({"headers": {"authorization": f"Bearer {text}x"}}, context())

    assert text not in written()
