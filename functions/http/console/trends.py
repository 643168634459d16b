"""/console/trends: the trend lists of the last collection, the ranks in earlier versions of a list, and the health of
the sources.

A request for a page makes four AWS calls and calls no source.
"""

import re
from typing import Any, cast

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.trends import collection_plan
from dropcast.trends.health_store import healths
from dropcast.trends.models import ALL, TrendKind, TrendQuery
from dropcast.trends.rank_changes import rank_history
from dropcast.trends.read_lists import ListWithRanks, list_with_ranks, matching_videos

from .answers import page
from .request_session import caller
from .signed_in import refused, signed_in
from .trend_views import query_values, shown_sources, shown_state, shown_trend
from .trend_words import KINDS, category_words, list_words

router = APIGatewayHttpRouter()

_SHOWN = 50
# The number of collections in a week and in a month.
_LISTS_OF_LINE = 28
_LISTS_OF_ITEM = 120
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CATEGORY = re.compile(r"[A-Z_]{1,64}", re.ASCII)
_PERIODS = ("1", "7", "30", "90", "120")
_KEYWORD_MAX = 100


@router.get("/console/trends", middlewares=signed_in("read"))
def show_trends() -> Response[str]:
    """One list, which the address selects. Missing and invalid values have defaults."""
    query = _asked_list()
    found = list_with_ranks(query, _LISTS_OF_LINE)
    values = {
        "query": query,
        "list_name": list_words(query),
        "filters": _filters(query),
        "is_planned": bool(collection_plan.planned_queries()),
        "may_collect": caller().may("admin"),
        "queued": BaseRouter.current_event.query_string_parameters.get("queued", ""),
        "sources": shown_sources(healths()),
    }
    if isinstance(found, Problem):
        return page("trends.html", http_status(found.code), **values, **_no_list(found))
    return page("trends.html", **values, **_list_values(found))


@router.get("/console/trends/item", middlewares=signed_in("read"))
def show_item() -> Response[str]:
    """One item of a list, with its ranks in the versions of the last 30 days."""
    query = _asked_list()
    found = list_with_ranks(query, _LISTS_OF_ITEM)
    if isinstance(found, Problem):
        return refused(found)
    item_id = BaseRouter.current_event.query_string_parameters.get("id", "")
    item = next((one for one in found.snapshot.items if one.item_id == item_id), None)
    if item is None:
        return refused(problem("not_found", what="trend in this list"))
    return page(
        "trend_item.html",
        query=query,
        list_name=list_words(query),
        back=query_values(query),
        one=shown_trend(item, query, found.ranks),
        history=rank_history(item_id, found.ranks),
        state=shown_state(found.snapshot, clock.now()),
    )


def _list_values(found: ListWithRanks) -> dict[str, Any]:
    asked = BaseRouter.current_event.query_string_parameters
    snapshot, keyword = found.snapshot, asked.get("keyword", "")[:_KEYWORD_MAX].strip()
    is_filtered = bool(keyword) and snapshot.query.kind == "videos"
    items = matching_videos(snapshot.items, keyword) if is_filtered else snapshot.items
    shown = items if "all" in asked else items[:_SHOWN]
    return {
        "trends": [shown_trend(one, snapshot.query, found.ranks) for one in shown],
        "found": len(items),
        "keyword": keyword,
        "state": shown_state(snapshot, clock.now()),
        "problem": None,
    }


def _no_list(why: Problem) -> dict[str, Any]:
    return {"trends": [], "found": 0, "keyword": "", "state": None, "problem": why}


def _asked_list() -> TrendQuery:
    asked = BaseRouter.current_event.query_string_parameters
    named = asked.get("kind")
    kind = cast(TrendKind, named) if named in KINDS else "hashtags"
    country, period, category = asked.get("country", ""), asked.get("period"), asked.get("category", "")
    return collection_plan.chosen_query(
        kind,
        country if _COUNTRY.fullmatch(country) else None,
        int(period) if period in _PERIODS else None,
        category if _CATEGORY.fullmatch(category) else ALL,
    )


def _filters(query: TrendQuery) -> dict[str, Any]:
    """What a person can choose on the page: the planned lists and the shown list."""
    chosen = query_values(query)
    # Music has 90 days where other kinds have 120.
    kept = {name: chosen[name] for name in ("country", "period") if name in chosen and chosen[name] != "90"}
    periods = [90 if days == 120 and query.kind == "music" else days for days in collection_plan.periods()]
    return {
        "kinds": [(kind, words, kept | {"kind": kind}) for kind, words in KINDS.items()],
        "countries": _with(collection_plan.countries(), query.country),
        "periods": _with(periods, query.period_days),
        "categories": [(one, category_words(one)) for one in _with(collection_plan.categories(), query.category)],
        "has_category": query.kind in ("hashtags", "videos"),
        "chosen": chosen,
    }


def _with(offered: list[Any], chosen: Any) -> list[Any]:
    return list(dict.fromkeys([*offered, *([chosen] if chosen else [])]))
