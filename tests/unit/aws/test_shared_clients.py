"""Tests share a client only while it is like a new one."""

from botocore.config import Config
from botocore.session import Session

from dropcast.aws import clients
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import forget
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.shared_clients import _quotas


def client_of_the_next_test(service: str = "dynamodb"):
    forget()
    return clients.client(service)


def test_the_next_test_has_the_same_client(cloud):
    clients.client("dynamodb")  # botocore completes the settings of the first client
    first = client_of_the_next_test()
    first.list_tables()

    assert client_of_the_next_test() is first
    assert client_of_the_next_test("kms") is not first


def test_a_handler_of_one_test_hears_no_call_of_the_next(cloud):
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    client_of_the_next_test().list_tables()

    assert calls == []


def test_a_removed_handler_is_back_in_the_next_test(cloud):
    first = clients.client("dynamodb")
    [handler, *_] = first.meta.events._emitter._handlers.prefix_search("before-send")
    first.meta.events.unregister("before-send", handler)

    assert client_of_the_next_test() is not first


def test_a_replaced_method_is_not_the_next_tests(cloud):
    clients.client("dynamodb").list_tables = lambda: "of one test"

    assert client_of_the_next_test().list_tables() != "of one test"


def test_the_next_test_has_all_its_retries(cloud):
    first = clients.client("dynamodb")
    [quota] = _quotas(first)
    quota.acquire(5)

    assert client_of_the_next_test() is not first


def test_another_region_and_other_settings_have_a_client_of_their_own(cloud):
    session = Session()
    first = session.create_client("sqs")
    cloud.setenv("AWS_DEFAULT_REGION", "us-east-1")

    assert session.create_client("sqs").meta.region_name == "us-east-1"
    assert session.create_client("sqs", config=Config(read_timeout=1)).meta.config.read_timeout == 1
    assert session.create_client("sqs", region_name="eu-west-3").meta.region_name == "eu-west-3"
    assert first.meta.region_name == "eu-west-1"
