"""The modules of the routes below /v1, and a pattern for the paths of each module."""

from dropcast.routes_on_demand import RoutesOnDemand

ROUTES = RoutesOnDemand(
    __name__.rpartition(".")[0],
    {
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
        "plans": "/v1/plans",
        "publish_actions": "/v1/publishes/",
        "publishes": "/v1/publishes",
        "site_verification": "/v1/site-verification",
        "trends": "/v1/trends/",
        "uploads": "/v1/uploads",
        "webhook_endpoints": "/v1/webhook-endpoints",
    },
)
