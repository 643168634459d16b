"""The clients. Methods of `Dropcast` block; methods of `AsyncDropcast` are awaited. Both have the same methods."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

from dropcast_client.operations import Operations
from dropcast_client.planning import Planning
from dropcast_client.publishing import Publishing
from dropcast_client.runners import AsyncRunner, SyncRunner
from dropcast_client.uploading import Uploading

P = ParamSpec("P")
Item_co = TypeVar("Item_co", covariant=True)


class Page(Protocol[Item_co]):
    """A page of a list."""

    @property
    def items(self) -> Sequence[Item_co]:
        """The items of this page."""
        ...

    @property
    def next(self) -> str | None:
        """The cursor that requests the next page. None on the last page."""
        ...


class Dropcast(SyncRunner, Operations, Planning, Publishing, Uploading):
    """The API at `base_url`, used with one API key. Close the client, or use it in a with statement.

    Raises ValueError if the address or the key is not valid. Methods raise DropcastError.
    """

    def each(self, list_page: Callable[P, Page[Item_co]], *args: P.args, **kwargs: P.kwargs) -> Iterator[Item_co]:
        """The items of all pages of a list: `each(client.list_publishes, state=["failed"])`."""
        page = list_page(*args, **kwargs)
        yield from page.items
        while page.next is not None:
            page = list_page(*args, **(kwargs | {"next": page.next}))  # pyright: ignore[reportCallIssue]
            yield from page.items


class AsyncDropcast(AsyncRunner, Operations, Planning, Publishing, Uploading):
    """The API at `base_url`, used with one API key. Close the client, or use it in an async with statement.

    Raises ValueError if the address or the key is not valid. Methods raise DropcastError.
    """

    async def each(
        self, list_page: Callable[P, Coroutine[Any, Any, Page[Item_co]]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Item_co]:
        """The items of all pages of a list: `each(client.list_publishes, state=["failed"])`."""
        page = await list_page(*args, **kwargs)
        for item in page.items:
            yield item
        while page.next is not None:
            page = await list_page(*args, **(kwargs | {"next": page.next}))  # pyright: ignore[reportCallIssue]
            for item in page.items:
                yield item
