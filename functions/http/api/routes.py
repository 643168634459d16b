"""The modules of the routes below /v1. A process imports a module when a request needs it: all of them take longer than
everything else that the function imports."""

from functools import cache
from importlib import import_module

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

# How the paths of each module begin.
MODULES = {
    "accounts": "/v1/accounts",
    "budgets": "/v1/accounts/",
    "business_connections": "/v1/business-connections",
    "comments": "/v1/accounts/",
    "connections": "/v1/connections",
    "console_links": "/v1/console-links",
    "creator_info_and_videos": "/v1/accounts/",
    "dry_runs": "/v1/preflight",
    "embeds": "/v1/embeds",
    "health": "/v1/health",
    "keys": "/v1/keys",
    "publish_actions": "/v1/publishes/",
    "publishes": "/v1/publishes",
    "site_verification": "/v1/site-verification",
    "trends": "/v1/trends/",
    "uploads": "/v1/uploads",
    "webhook_endpoints": "/v1/webhook-endpoints",
}


def include_routes(app: APIGatewayHttpResolver, path: str) -> None:
    """Add every route that `path` can match to `app`, which keeps it for later requests."""
    for module, beginning in MODULES.items():
        if path.startswith(beginning):
            _include(app, module)


def include_every_route(app: APIGatewayHttpResolver) -> None:
    """Add every route below /v1 to `app`."""
    for module in MODULES:
        _include(app, module)


@cache
def every_route() -> APIGatewayHttpResolver:
    """A resolver with every route below /v1, always in the same order, for the document."""
    app = APIGatewayHttpResolver()
    include_every_route(app)
    return app


@cache
def _include(app: APIGatewayHttpResolver, module: str) -> None:
    app.include_router(import_module(f".{module}", __package__).router)
