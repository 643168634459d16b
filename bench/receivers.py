"""Runs webhook receivers as a separate process: `python -m bench.receivers` prints three ports and serves.

The first receiver answers at once, the second reads requests and never answers, and the third is closed.
"""

import asyncio
import socket

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    writer.write(_ANSWER)
    await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _serve() -> None:
    live = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1000)
    hangs = await asyncio.start_server(_hang, "127.0.0.1", 0, backlog=1000)
    with (
        socket.socket() as closed
    ):  # bound but not listening, so that it refuses connections and no other process gets the port
        closed.bind(("127.0.0.1", 0))
        ports = [server.sockets[0].getsockname()[1] for server in (live, hangs)] + [closed.getsockname()[1]]
        print(*ports, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
