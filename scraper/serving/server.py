"""The server: on loopback alone, at a port and under a secret of its own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from scraper.errors import UsageError
from scraper.serving.app import make_app
from scraper.serving.desk import Desk

__all__ = ["serve"]

_LOOPBACK = "127.0.0.1"
# Bits that nobody guesses.
_SECRET_BYTES = 24


def serve(desk: Desk, *, port: int = 0, ready: Callable[[str], None]) -> None:
    """Serve *desk* until it is interrupted; *ready* is told the address.

    Port 0 is any that is free. Raises UsageError where the port is taken.
    """
    with _listen(port) as listener:
        port = listener.getsockname()[1]
        token = secrets.token_urlsafe(_SECRET_BYTES)
        config = uvicorn.Config(
            make_app(desk, token=token, port=port),
            log_level="critical",
            access_log=False,
            lifespan="off",
            http="h11",
            ws="none",
            limit_concurrency=32,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        ready(f"http://{_LOOPBACK}:{port}/{token}/")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(
            "--port", f"{port} cannot be had", advice="name another, or none"
        ) from error
    return listener
