"""Shares the parts that are equal for all clients of a service. botocore would build them again for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import botocore.session
import botocore.useragent
import pytest
from botocore import httpsession, regions
from botocore.client import ClientCreator
from botocore.hooks import EventAliaser
from botocore.session import Session
from botocore.signers import RequestSigner

from tests.unit.support.shared_clients import shared_client

_create_class = ClientCreator._create_client_class
_load_model = ClientCreator._load_service_model
_sign = RequestSigner.handler
_UNSIGNED = {"DynamoDB", "KMS", "Secrets Manager"}

_alias = EventAliaser._alias_event_name


@contextmanager
def quick_botocore() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "create_client", shared_client)
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.session.create_loader))
        patch.setattr(ClientCreator, "_create_client_class", _client_class)
        patch.setattr(ClientCreator, "_load_service_model", _service_model)
        patch.setattr(regions, "EndpointProvider", _endpoint_provider())
        patch.setattr(httpsession, "create_urllib3_context", lru_cache(httpsession.create_urllib3_context))
        patch.setattr(RequestSigner, "handler", _signed)
        patch.setattr(EventAliaser, "_alias_event_name", _aliased)
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda _: "botocore")  # moto does not read it
        yield


def _signed(signer: RequestSigner, operation_name: str | None = None, request: Any = None, **more: Any) -> Any:
    """Skip the signature, because moto does not check it."""
    return None if signer._service_id in _UNSIGNED else _sign(signer, operation_name, request, **more)


_models: dict[tuple[str, str | None], Any] = {}


def _service_model(creator: ClientCreator, service_name: str, api_version: str | None = None) -> Any:
    """Share the model, so that it resolves each shape once and not once per client."""
    if (service_name, api_version) not in _models:
        _models[service_name, api_version] = _load_model(creator, service_name, api_version)
    return _models[service_name, api_version]


_classes: dict[str, type] = {}


def _client_class(creator: ClientCreator, service_name: str, service_model: Any) -> type:
    if service_name not in _classes:
        _classes[service_name] = _create_class(creator, service_name, service_model)
    return _classes[service_name]


def _endpoint_provider() -> Any:
    """Share a service's rules and the partitions, which all come from the same loader."""
    providers: dict[int, Any] = {}
    make = regions.EndpointProvider

    def provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
        if id(ruleset_data) not in providers:
            providers[id(ruleset_data)] = ruleset_data, make(ruleset_data, partition_data, excluded_params)
        return providers[id(ruleset_data)][1]

    return provider


_aliases: dict[str, str] = {}


def _aliased(aliaser: EventAliaser, event_name: str) -> str:
    """Share the aliases, because each client has its own aliaser with the same aliases."""
    if event_name not in _aliases:
        _aliases[event_name] = _alias(aliaser, event_name)
    return _aliases[event_name]
