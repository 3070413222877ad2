"""A lock between processes that ends with the one that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["hold_lock"]

_PAUSE_S = 0.02


@contextlib.contextmanager
def hold_lock(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock that is the file at *path*, made where there is none.

    The system gives it back however the process ends. Raises TimeoutError where another process
    keeps it for *wait_s* more.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(descriptor, time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError from None
            time.sleep(_PAUSE_S)
        else:
            return
