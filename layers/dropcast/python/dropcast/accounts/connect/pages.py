"""The layout and the headers of all HTML pages for connecting, and the start page, which leads to TikTok."""

import re
from html import escape
from typing import Literal

from dropcast.accounts.connect.begin_consent import StartPage

# A page loads nothing, no site may frame it, and browsers do not pass on its address, which holds a secret. The policy
# has no form-action: browsers apply it to every redirect after our button, and TikTok decides where its page leads.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

# The caller chose this id. So it is shown only if it cannot be read as a sentence, an address or a link.
_HARMLESS_ID = re.compile(r"[A-Za-z0-9-]{1,36}")

Ending = Literal["done", "failed", "waits"]
_SIGNS: dict[Ending, str] = {"done": "\u2713", "failed": "\u2715", "waits": "\u2026"}

SCOPE_WORDS = {
    "user.info.basic": "see your name and picture",
    "user.info.profile": "see your @username and profile",
    "user.info.stats": "see your numbers of followers, likes and videos",
    "video.list": "see your public videos and their figures",
    "video.upload": "send drafts to your TikTok inbox",
    "video.publish": "post to your account",
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; --text: #1b1b1f; --soft: #5c5c66; --page: #f4f4f6; --card: #fff; --line: #e2e2e8;
    --button: #1b1b1f; --on-button: #fff; --done: #17692f; --failed: #b3261e; --waits: #7a5200 }}
  @media (prefers-color-scheme: dark) {{ :root {{ --text: #ececf1; --soft: #a2a2ad; --page: #111114; --card: #1c1c21;
    --line: #33333b; --button: #ececf1; --on-button: #111114; --done: #5fd38a; --failed: #ff8a80;
    --waits: #e8b84a }} }}
  * {{ box-sizing: border-box }}
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page);
    color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif }}
  main {{ width: 100%; max-width: 30rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
    border-radius: 1rem; overflow-wrap: anywhere }}
  h1 {{ margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance }}
  p, ul {{ margin: 0 0 1rem }}
  ul {{ padding-left: 1.25rem }}
  button {{ width: 100%; padding: .8rem 1rem; border: 0; border-radius: .6rem; background: var(--button);
    color: var(--on-button); font: inherit; font-weight: 600; cursor: pointer }}
  button:focus-visible {{ outline: 3px solid #4d7cfe; outline-offset: 2px }}
  .who {{ display: flex; align-items: center; gap: 1rem }}
  .who img {{ width: 4rem; height: 4rem; border-radius: 50% }}
  .done, .failed, .waits {{ border-top: .35rem solid var(--sign) }}
  .done {{ --sign: var(--done) }}
  .failed {{ --sign: var(--failed) }}
  .waits {{ --sign: var(--waits) }}
  .sign {{ width: 3rem; height: 3rem; margin: 0 0 1rem; border: .2rem solid; border-radius: 50%; color: var(--sign);
    display: grid; place-items: center; font-size: 1.5rem; font-weight: 700; line-height: 1 }}
  .soft {{ margin: 1rem 0 0; color: var(--soft); font-size: .9375rem }}
</style>
{main}
<h1>{title}</h1>
{body}
</main>
</html>
"""


def render_start_page(page: StartPage) -> str:
    """The page in HTML with the app, the requested scopes, and the button that leads to TikTok."""
    app = f"<b>{escape(page.app_name)}</b>"
    scopes = "".join(f"<li>{escape(SCOPE_WORDS.get(scope, scope))}</li>" for scope in page.scopes)
    body = [
        f"<p>{app} asks to connect a TikTok account of yours{shown_user(page.user_id)}. TikTok will ask whether you "
        "let it:</p>",
        f"<ul>{scopes}</ul>",
        button("/oauth/tiktok/start", page.link_id, page.key),
        f'<p class="soft">Continue only if you came here from {app} yourself. If another person sent you this link, '
        "close this page: they could use your account as far as you allow it.</p>",
    ]
    return whole_page("Connect your TikTok account", body)


def button(action: str, link_id: str, key: str) -> str:
    """The button that leads to TikTok, in HTML."""
    return form(action, "Continue to TikTok", {"c": link_id, "key": key})


def form(action: str | None, label: str, fields: dict[str, str]) -> str:
    """A button that posts `fields` to `action`, or to the page's own address, in HTML."""
    hidden = [f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()]
    to = f' action="{escape(action)}"' if action else ""
    lines = [f'<form method="post"{to}>', *hidden, f"<button>{escape(label)}</button>", "</form>"]
    return "\n".join(lines)


def shown_user(user_id: str) -> str:
    """The caller's user in HTML. "" if the id has characters that could make it look like other text."""
    return f" for its user <b>{user_id}</b>" if _HARMLESS_ID.fullmatch(user_id) else ""


def whole_page(title: str, body: list[str], ending: Ending | None = None) -> str:
    """A whole page with `body` in HTML.

    `ending`: how connecting ended. The last page shows a symbol for it; other pages have no `ending`.
    """
    main = f'<main class="{ending}">\n<p class="sign" aria-hidden="true">{_SIGNS[ending]}</p>' if ending else "<main>"
    return _PAGE.format(title=escape(title), main=main, body="\n".join(body))
