import pytest

from dropcast.access.keys import create_key
from functions.http.authorizer.handler import handler
from tests.unit.support.functions import context


def test_a_key_is_let_in_with_its_scopes(cloud):
    key, text = create_key("laptop", frozenset({"read", "publish"}))

    answer = handler({"headers": {"authorization": f"Bearer {text}"}}, context())

    assert answer == {"isAuthorized": True, "context": {"key_id": key.key_id, "scopes": "publish,read"}}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer dk_wrong", "Basic {text}", "{text}", "Bearer {text}x"])
def test_anything_else_is_refused_alike(cloud, header):
    _, text = create_key("laptop", frozenset({"read"}))

    answer = handler({"headers": {"authorization": header.format(text=text)}}, context())

    assert answer == {"isAuthorized": False}


def test_no_header_is_refused(cloud):
    assert handler({"headers": {}}, context()) == {"isAuthorized": False}


def test_a_key_is_not_logged(cloud, written):
    _, text = create_key("laptop", frozenset({"read"}))

    handler({"headers": {"authorization": f"Bearer {text}"}}, context())
    handler({"headers": {"authorization": f"Bearer {text}x"}}, context())

    assert text not in written()
