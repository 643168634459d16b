"""The pages of the road to TikTok API for Business, and where it ends if not at the caller's."""

from html import escape

from dropcast.accounts.business.connect_business import BusinessStartPage
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.outcome_page import render_connected_page, render_problem_page
from dropcast.accounts.connect.pages import button, shown_user, whole_page
from dropcast.errors.problem import Problem

_WISHES = {
    "advertiser": ("to read TikTok's trends as one of your advertiser accounts", "It places and changes no ads."),
    "account": (
        "to read the comments below the videos of a TikTok account of yours, and to answer, hide, like, pin and delete "
        "them",
        "Nothing is written there that no person has approved of.",
    ),
}


def render_business_start_page(greeting: BusinessStartPage) -> str:
    """Who asks for what, and the button that leads to TikTok, in HTML."""
    asker = f"<b>{escape(greeting.asker)}</b>"
    wish, promise = _WISHES[greeting.kind]
    body = [
        f"<p>{asker} asks{shown_user(greeting.user_id)} {escape(wish)}. TikTok will ask whether you let it.</p>",
        f"<p>{escape(promise)}</p>",
        button("/oauth/business/start", greeting.link_id, greeting.key),
        f'<p class="soft">Go on only if you came here from {asker} yourself. If somebody else sent you this link, '
        "close this page.</p>",
    ]
    return whole_page("Connect TikTok API for Business", body)


def render_business_outcome_page(outcome: BusinessConnection | Problem) -> str:
    """How connecting ended, in HTML."""
    match outcome:
        case BusinessConnection():
            return render_connected_page("TikTok API for Business is connected", outcome.connection_id)
        case Problem():
            return render_problem_page(outcome)
