"""The modules of the console's routes, and the paths of each.

A resolver tries routes in this order. The last module comes last because its address `/<file>` matches any name.
"""

from dropcast.routes_on_demand import RoutesOnDemand

_ACCOUNT, _PUBLISH, _WEBHOOK = "/console/accounts/[^/]+", "/console/publishes/[^/]+", "/console/webhooks/[^/]+"
_EMBED = "/embed/[^/]+"
# Pages that are both in the console and in an embed.
_BOTH = f"(/console|{_EMBED})"

ROUTES = RoutesOnDemand(
    __name__.rpartition(".")[0],
    {
        "static_files": "/static/",
        "sign_in": "/console/(enter|sign-in|sign-out)",
        "overview": "/console(/attention)?$",
        "accounts": "/console/accounts(/list)?$",
        "account_page": f"{_ACCOUNT}(/business|/check|/drop-defaults)?$",
        "connect_accounts": f"/console/connect|/console/business-connections$|{_ACCOUNT}/(business|reconnect)$",
        "disconnect_accounts": "/console/(accounts|business-connections)/[^/]+/disconnect$",
        "post_page": f"{_BOTH}/accounts/[^/]+/post(/check|/choices)?$",
        "plans": "/console/plans/[^/]+$",
        "media": f"{_BOTH}/media$|{_ACCOUNT}/post/bucket$",
        "uploads": f"{_BOTH}/uploads",
        "publish_list": "/console/publishes(/rows)?$",
        "publishes": f"{_PUBLISH}(/progress)?$",
        "comments": f"{_ACCOUNT}/comments$",
        "comment_actions": f"{_ACCOUNT}/comments",
        "calendar_page": "/console/calendar",
        "trends": "/console/trends(/item)?$",
        "use_hashtag": "/console/trends/use$",
        "collect_trends": "/console/trends/collect$",
        "keys": "/console/keys",
        "webhook_endpoints": f"/console/webhooks$|{_WEBHOOK}/(edit|status|rotate-secret|delete)$",
        "webhook_page": f"{_WEBHOOK}(/deliveries.*|/test)?$",
        "health": "/console/health",
        "change_publishes": f"{_PUBLISH}/(cancel|restart|retry)$",
        "edit_publishes": f"{_PUBLISH}/edit$",
        "resolve_publishes": f"{_PUBLISH}/resolve$",
        "embeds": f"{_EMBED}(/session|/page)?$",
        "embed_accounts": f"{_EMBED}/(accounts|connections|connection|connected)$",
        "embed_publish": f"{_EMBED}/publishes/",
        "error_pages": "/errors/",
        "public_pages": "/(?!console$)[^/]*$",
    },
)
