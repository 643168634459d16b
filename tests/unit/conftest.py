"""Unit tests open no socket (only a unix one, which event loops need), and read the AWS models from disk once."""

from functools import lru_cache

import botocore.loaders
import botocore.session
import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def no_network():
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True, scope="session")
def _models_read_once():
    """Every new session would parse megabytes of JSON: half of the time that these tests took."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.loaders.create_loader))
        yield
