"""/console/trends/use: opens an account's posting page with the hashtag of a trend. It posts nothing."""

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_list_store import get_accounts_by_user
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.hashtags import is_hashtag

from .account_views import shown_account
from .answers import page, redirect
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_ACCOUNTS_A_PAGE = 50


@router.get("/console/trends/use", middlewares=signed_in("publish", "draft"))
def use_hashtag() -> Response[str]:
    """The posting page of the only account that can post, or the choice between several accounts."""
    asked = BaseRouter.current_event.query_string_parameters
    hashtag, after = asked.get("hashtag", ""), asked.get("next")
    if not is_hashtag(hashtag):
        return refused(problem("not_found", what="hashtag"))
    found = get_accounts_by_user(caller(), after, _ACCOUNTS_A_PAGE)
    if isinstance(found, Problem):
        return refused(found)
    able = [one for one in map(shown_account, found.accounts) if one.can_post]
    query = urlencode({"hashtag": hashtag})
    if len(able) == 1 and after is None and found.next is None:
        return redirect(f"/console/accounts/{able[0].account.account_id}/post?{query}")
    return page("use_hashtag.html", hashtag=hashtag, query=query, shown=able, after=after, next_accounts=found.next)
