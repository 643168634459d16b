"""The plain page that a person sees when connecting ends here instead of at the caller's site."""

from html import escape

from dropcast.accounts.models import Account
from dropcast.errors import Problem

# Nothing is loaded and nothing may frame it; the address of this page (it holds a code) is told to nobody.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  body {{ font: 1.05rem/1.55 system-ui, sans-serif; max-width: 34rem; margin: 14vh auto 0; padding: 0 1.5rem;
    color: #1b1b1f; background: #fff }}
  h1 {{ font-size: 1.5rem; line-height: 1.25 }}
  .code {{ color: #63636b; font-size: .875rem }}
  @media (prefers-color-scheme: dark) {{ body {{ color: #ececf1; background: #17171a }} .code {{ color: #a2a2ad }} }}
</style>
<main>
<h1>{title}</h1>
{paragraphs}
</main>
</html>
"""


def outcome_page(outcome: Account | Problem) -> str:
    """How connecting ended, in HTML."""
    match outcome:
        case Account(account_id=account_id):
            return _page("Your TikTok account is connected", ["You can close this page."], account_id)
        case Problem(message=message, fix=fix, code=code, log_id=log_id):
            mark = f"{code} · TikTok log_id {log_id}" if log_id else code
            return _page("Your TikTok account was not connected", [message, fix], mark)


def _page(title: str, words: list[str], mark: str) -> str:
    paragraphs = [f"<p>{escape(word)}</p>" for word in words] + [f'<p class="code">{escape(mark)}</p>']
    return _PAGE.format(title=escape(title), paragraphs="\n".join(paragraphs))
