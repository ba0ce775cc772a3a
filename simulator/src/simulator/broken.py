"""Answers that go wrong on the way: cut off, too slow, or never sent. And the connection that allows it."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import Transport
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

SLOW_PIECES = 20


class Connection(H11Protocol):
    """Uvicorn's connection; its transport stands in `scope["state"]`, where `ResetConnection` finds it."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        # asyncio leaves this off for sockets that were made before; each answer would then wait 40 ms for an ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


class TruncatedResponse(Response):
    """Promises its whole body and sends half of it; the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})


class SlowResponse(Response):
    """Sends another answer whole, but in pieces spread over `seconds`."""

    def __init__(self, answer: Response, seconds: float) -> None:
        super().__init__(bytes(answer.body), answer.status_code, dict(answer.headers))
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body = bytes(self.body)
        size = max(1, -(-len(body) // SLOW_PIECES))
        for begin in range(0, len(body), size):
            await asyncio.sleep(self.seconds / SLOW_PIECES)
            await send({"type": "http.response.body", "body": body[begin : begin + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class ResetConnection(Response):
    """No answer at all: the connection is reset. Its status 0 stands in the list of calls only."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: Transport = scope["state"]["transport"]
        _reset_on_close(transport.get_extra_info("socket"))
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _reset_on_close(connected: Any) -> None:
    """Make the kernel send a reset instead of an orderly end."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
