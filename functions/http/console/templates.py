"""Renders the templates. Every value is escaped. A missing value is an error."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dropcast import clock
from dropcast.accounts.connect.begin_consent import app_name

from . import navigation, request_session
from .static_files import address_of

_STEP = 1000


def render(template: str, nonce: str, values: Mapping[str, Any]) -> str:
    """The page of this template."""
    return environment.get_template(template).render(values, nonce=nonce)


def render_block(template: str, block: str, nonce: str, values: Mapping[str, Any]) -> str:
    """One block of a template. The block cannot use what the template imports outside the block."""
    found = environment.get_template(template)
    return "".join(found.blocks[block](found.new_context({**values, "nonce": nonce})))


def shown_time(at: int | str) -> Markup:
    """A time in UTC. `at`: seconds since the epoch, or a text as clock.iso writes it.

    The page's script shows the time in the person's own time zone.
    """
    moment = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else datetime.fromisoformat(at)
    words = moment.strftime("%-d %B %Y, %H:%M UTC")
    return Markup('<time datetime="{}">{}</time>').format(clock.iso(int(moment.timestamp())), words)


def shown_bytes(size: int) -> str:
    """A number of bytes in the largest suitable unit: 70.0 MB."""
    amount, units = float(size), ["bytes", "KB", "MB", "GB"]
    while amount >= _STEP and len(units) > 1:
        amount, units = amount / _STEP, units[1:]
    return f"{size} bytes" if units[0] == "bytes" else f"{amount:.1f} {units[0]}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"time": shown_time, "bytes": shown_bytes}
    made.globals |= {
        "static": address_of,
        "app_name": app_name,
        "session": request_session.current.get,
        "home": request_session.home,
        "menu": navigation.menu,
    }
    return made


environment = _environment()
