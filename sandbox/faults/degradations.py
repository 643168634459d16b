"""The ways to degrade a source of trends (protocol section 13), and the routes that support them."""

from typing import Literal

from sandbox.faults.route_names import ROUTE_NAMES, dialect_of

Degradation = Literal["deprecated", "empty", "renamed", "moved", "login", "login_page", "region", "captcha", "odd"]


def can_degrade(route: str, way: Degradation) -> bool:
    """Whether the route supports the degradation `way`."""
    of_trends = route == "oembed" or route.startswith(("discovery_", "creative_", "ensemble_"))
    if route not in ROUTE_NAMES or not of_trends:
        return False
    if way == "login":
        return dialect_of(route) == "creative"
    return way not in ("empty", "moved") or route != "oembed"
