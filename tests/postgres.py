"""A PostgreSQL server for the tests: a new one each time, on this machine, gone in the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

__all__ = ["PASSWORD", "find_server", "run_server"]

#: What is asked for over TCP, and not over the socket of the system.
PASSWORD = "s3cret-of-ann"  # noqa: S105 - of a server that lives as long as the tests
_START_S = 30.0


def find_server() -> Path | None:
    """Return the folder of the server's programs; None where there is none."""
    folders = [Path(one).parent for name in ("postgres",) if (one := shutil.which(name))]
    # Debian keeps them out of the way, a folder a version.
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in folders if {"postgres", "initdb"} <= _names(one)), None)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextlib.contextmanager
def run_server(programs: Path) -> Iterator[str]:
    """Run a server and yield its address: without a password, as nobody else may use its socket."""
    place = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        user = _give_away(place)
        (place / "password").write_text(PASSWORD)
        _make(programs, place, user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        words = [programs / "postgres", "-D", place / "data", "-k", place, "-p", str(port)]
        words += [word for one in _SETTINGS for word in ("-c", one)]
        with (place / "log").open("wb") as log:
            server = subprocess.Popen(words, cwd=place, stdout=log, stderr=log, **user)
        try:
            url = f"postgresql://ann@/postgres?host={place}&port={port}"
            _wait_for(url, server, place / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
    finally:
        shutil.rmtree(place, ignore_errors=True)


_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=30",
)


def _give_away(place: Path) -> dict[str, object]:
    """Return whom to run the server as: it refuses to be root's."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name: one for one in pwd.getpwall()}
    owner = names.get("postgres") or names["nobody"]
    os.chown(place, owner.pw_uid, owner.pw_gid)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _make(programs: Path, place: Path, user: dict[str, object]) -> None:
    (place / "password").chmod(0o644)
    words = [programs / "initdb", "-D", place / "data", "-U", "ann", "--no-sync", "-E", "UTF8"]
    words += ["--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256"]
    words += [f"--pwfile={place / 'password'}"]
    done = subprocess.run(words, cwd=place, capture_output=True, check=False, **user)
    assert done.returncode == 0, done.stderr.decode()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        else:
            return
