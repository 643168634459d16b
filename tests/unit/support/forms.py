"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: its target (the action, or else hx-post), and the values of its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


def forms_of(page: str) -> list[Form]:
    """The forms of a page, in their order."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._form = Form(given.get("action") or given.get("hx-post", ""))
            self.found.append(self._form)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._hold(self._select, value)
        elif tag == "textarea":
            self._textarea = name
            self._hold(name, "")
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._hold(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form:
            self._hold(self._textarea, self._form.fields[self._textarea] + data)

    def _hold(self, name: str, value: str) -> None:
        if self._form and name:
            self._form.fields[name] = value
