"""Shows the steps of a publish: on a terminal a bar for each step, in a pipe a line for each tenth of a step."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from cli.output import console, print_note, visible

_MEGABYTE = 1_000_000


class Steps:
    """The steps of one publish. Callers may call `show` at each change."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._lines: set[str] = set()

    def show(self, step: str, words: str, done: int = 0, total: int | None = None) -> None:
        """Show that `done` of `total` bytes of a step are done. Without a total, show that the step is running."""
        if self._bars.disable:
            self._print_once(f"{words}: {done * 10 // total * 10} %" if total else words)
            return
        sizes = f"{done / _MEGABYTE:.1f} of {total / _MEGABYTE:.1f} MB" if total else ""
        self._draw(step, words, done, total, sizes)

    def finish(self, step: str, words: str) -> None:
        """Show that a step is done."""
        if not self._bars.disable:
            self._draw(step, words, 1, 1, "")
            self._bars.refresh()

    def _draw(self, step: str, words: str, done: int, total: int | None, sizes: str) -> None:
        drawn = {"description": escape(visible(words)), "completed": done, "total": total, "sizes": sizes}
        if step in self._tasks:
            self._bars.update(self._tasks[step], **drawn)
        else:
            self._tasks[step] = self._bars.add_task(**drawn)

    def _print_once(self, line: str) -> None:
        if line not in self._lines:
            self._lines.add(line)
            print_note(line)


@contextmanager
def shown_steps() -> Iterator[Steps]:
    """Steps that are shown until the end of the with statement."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[sizes]}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_interactive) as bars:
        yield Steps(bars)
