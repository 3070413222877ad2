"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from scraper.errors import ExportError

__all__ = ["resolve_target", "silence_stdout", "sync_folder", "write_stdout", "write_whole"]


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write *pieces* to the file at *path*, or raise ExportError and leave what was there.

    They go to a temporary file in the same folder, which takes the place of the old one when all of
    them are on the disk. A symbolic link is followed; an existing file keeps its mode and owner.
    """
    target = resolve_target(path)
    with _named_faults(path), _temporary_beside(target) as temporary:
        with _open_alike(temporary, target) as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    sync_folder(target.parent)


def resolve_target(path: Path) -> Path:
    """Return the file that *path* leads to, or raise ExportError where none can be written."""
    subject = str(path)
    target = Path(os.path.realpath(path))
    with _named_faults(path):
        folder = target.parent
        if not folder.is_dir():
            raise ExportError(subject, f"there is no folder {folder}", advice="make it first")
        old = _stat(target)
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise ExportError(subject, "it is a folder", advice="name a file in it")
        if old is not None and not stat.S_ISREG(old.st_mode):
            raise ExportError(subject, "not a regular file", advice="write - for standard output")
        if old is not None and not os.access(target, os.W_OK):
            raise ExportError(subject, "it is read-only", advice="make it writable: chmod u+w")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ExportError(subject, f"the folder {folder} is read-only")
    return target


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _named_faults(path: Path) -> Iterator[None]:
    """Turn what the system says into an ExportError: here and nowhere else."""
    try:
        yield
    except OSError as error:
        raise ExportError(str(path), "cannot be written") from error


@contextlib.contextmanager
def _temporary_beside(target: Path) -> Iterator[Path]:
    """Yield a name in the folder of *target*; what has that name at the end goes."""
    # Not made of the target's name, which may be as long as a name can be.
    temporary = target.with_name(f".scrape-{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
    except BaseException:  # an interrupt leaves no more behind than a full disk
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _open_alike(temporary: Path, target: Path) -> BinaryIO:
    """Open the new file *temporary* for the same people as *target*, or as the umask says."""
    old = _stat(target)
    # Nobody else's until it is like the old one.
    mode = 0o666 if old is None else 0o600
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    if old is not None:
        # Only root gives files away, and some file systems know no modes.
        with contextlib.suppress(OSError):
            os.chown(temporary, old.st_uid, old.st_gid)
        with contextlib.suppress(OSError):
            temporary.chmod(stat.S_IMODE(old.st_mode))
    return os.fdopen(descriptor, "wb")


def sync_folder(folder: Path) -> None:
    """See to it that what was just put into *folder* outlives a loss of power.

    The file is in place; a file system that cannot sync folders makes no failure of that.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_stdout(pieces: Iterable[bytes]) -> None:
    """Write *pieces* to standard output, or raise ExportError.

    A reader that has seen enough and leaves (``| head``) is no error, and is not mentioned.
    """
    whole = b"".join(pieces)
    if sys.stdout is None:
        raise ExportError("standard output", "it is closed")
    try:
        sys.stdout.buffer.write(whole)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise ExportError("standard output", "cannot be written") from error
    except BaseException:  # an interrupt, while nobody reads
        silence_stdout()
        raise


def silence_stdout() -> None:
    """Have what is still in buffers go nowhere, so that the interpreter's last flush works."""
    with contextlib.suppress(OSError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
