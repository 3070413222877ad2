"""What every test relies on: no test reaches further than this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from postgres import find_server, run_server

from scraper.cli import main

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test that needs the network would pass on one desk and fail on the next.
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            pytest.fail(f"a test tried to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_nearby)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the address of a server that lives as long as the tests."""
    programs = find_server()
    if programs is None:
        pytest.skip("there is no PostgreSQL server here")
    with run_server(programs) as url:
        yield url


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """Give the address of a database without a state."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS scrape_state CASCADE")
    return postgres_server


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str, str]]:
    """Give what runs the command: its exit code, standard output and what it said."""

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run
