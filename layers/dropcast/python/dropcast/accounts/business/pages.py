"""The HTML pages of connecting TikTok API for Business: the start page and the outcome page."""

from html import escape

from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.begin_consent import StartPage
from dropcast.accounts.connect.outcome_page import render_connected_page, render_problem_page
from dropcast.accounts.connect.pages import button, shown_user, whole_page
from dropcast.errors.problem import Problem

_PURPOSES = {
    "advertiser": ("to read TikTok's trends as one of your advertiser accounts", "It places and changes no ads."),
    "account": (
        "to read the comments below the videos of a TikTok account of yours, and to answer, hide, like, pin and delete "
        "them",
        "It writes a comment only after a person has approved it.",
    ),
}


def render_business_start_page(page: StartPage) -> str:
    """The start page in HTML: the app, the requested permissions, and the button that leads to TikTok."""
    app = f"<b>{escape(page.app_name)}</b>"
    purpose, promise = _PURPOSES[page.consent]
    body = [
        f"<p>{app} asks{shown_user(page.user_id)} {escape(purpose)}. TikTok will ask whether you agree.</p>",
        f"<p>{escape(promise)}</p>",
        button("/oauth/business/start", page.link_id, page.key),
        f'<p class="soft">Go on only if you came here from {app} yourself. If another person sent you this link, '
        "close this page.</p>",
    ]
    return whole_page("Connect TikTok API for Business", body)


def render_business_outcome_page(outcome: BusinessConnection | Problem) -> str:
    """The page in HTML that says how connecting ended."""
    match outcome:
        case BusinessConnection():
            return render_connected_page("TikTok API for Business is connected", outcome.connection_id)
        case Problem():
            return render_problem_page(outcome)
