"""A file is whole or absent, whatever happens while it is written."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from scraper.errors import ExportError
from scraper.exporters import atomic
from scraper.exporters.atomic import write_whole
from scraper.exporters.json_file import JsonExporter
from scraper.models import Item

OLD = b"the old file\n"


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "items.json"
    path.write_bytes(OLD)
    return path


def write(path: Path, *pieces: bytes) -> None:
    write_whole(path, pieces or [b"new\n"])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(error: BaseException):
    yield b"half a "
    raise error


def test_the_new_file_takes_the_place_of_the_old_one(target):
    write(target)
    assert target.read_bytes() == b"new\n"
    assert names(target.parent) == ["items.json"]


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), ExportError),
        (ValueError("a bug"), ValueError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_what_fails_midway_leaves_the_old_file_and_nothing_else(target, raised, seen):
    with pytest.raises(seen):
        write_whole(target, failing(raised))
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["items.json"]


def test_a_record_that_cannot_be_encoded_leaves_the_old_file(target):
    with pytest.raises(TypeError):
        JsonExporter().write([Item(title=object(), position=1, id="a")], target)
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["items.json"]


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_fault_of_the_system_is_said_in_its_own_words(target, monkeypatch, call):
    def refuse(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic.os, call, refuse)
    with pytest.raises(ExportError) as caught:
        write(target)
    assert str(caught.value) == f"{target}: cannot be written: Input/output error"
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["items.json"]


def test_a_full_disk_is_one_line_and_the_old_file_stays(target):
    # A limit on the size of files stands in for the disk: both refuse to write more.
    script = f"""
        import resource
        from pathlib import Path
        from scraper.errors import ExportError
        from scraper.exporters.atomic import write_whole
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_whole(Path({str(target)!r}), [b"x" * 9000])
        except ExportError as error:
            print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == f"{target}: cannot be written: File too large\n"
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["items.json"]


def test_a_symbolic_link_is_followed_and_stays(tmp_path, target):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "latest.json"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new\n"
    assert names(link.parent) == ["latest.json"]


def test_a_symbolic_link_to_nothing_yet_makes_its_target(tmp_path):
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "items.json")
    write(link)
    assert link.is_symlink()
    assert (tmp_path / "items.json").read_bytes() == b"new\n"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_mode(target, mode):
    target.chmod(mode)
    write(target)
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_is_what_the_umask_makes_of_it(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write(tmp_path / "new.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == mode


def test_a_name_as_long_as_a_name_can_be_is_written(tmp_path):
    path = tmp_path / f"{'x' * 250}.json"
    write(path)
    assert path.read_bytes() == b"new\n"


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "it is a folder; name a file in it"),
        (make_fifo, "not a regular file; write - for standard output"),
        (make_loop, "cannot be written: Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_is_refused_and_stays(tmp_path, make, said):
    path = tmp_path / "items.json"
    make(path)
    before = path.lstat()
    with pytest.raises(ExportError) as caught:
        write(path)
    assert str(caught.value) == f"{path}: {said}"
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert names(tmp_path) == ["items.json"]


@pytest.mark.parametrize("folder", ["none", "file.txt"])
def test_without_a_folder_nothing_is_made(tmp_path, folder):
    (tmp_path / "file.txt").write_text("")
    path = tmp_path / folder / "items.json"
    with pytest.raises(ExportError) as caught:
        write(path)
    assert str(caught.value) == f"{path}: there is no folder {path.parent}; make it first"
    assert names(tmp_path) == ["file.txt"]


def deny(monkeypatch, denied: Path) -> None:
    # Tests may run as root, to whom the system denies nothing.
    monkeypatch.setattr(atomic.os, "access", lambda path, _: Path(path) != denied)


def test_a_read_only_file_stays(target, monkeypatch):
    deny(monkeypatch, target)
    with pytest.raises(ExportError, match=r"it is read-only; make it writable: chmod u\+w$"):
        write(target)
    assert target.read_bytes() == OLD


def test_a_read_only_folder_is_named(target, monkeypatch):
    deny(monkeypatch, target.parent)
    with pytest.raises(ExportError, match=f"the folder {target.parent} is read-only$"):
        write(target)
    assert names(target.parent) == ["items.json"]
