"""Files that appear when the state has their run as delivered: never before, never twice.

A file of a fixed name is replaced by the next run, so that a run that was killed between writing it
and saying so may write its entries again. Files that stay, one a run, would then have them twice.
So these are written under a hidden name, and named when the state has spoken:

1. hidden files are written, each whole and on the disk;
2. a list of them with the number of the run is put beside the state, just before
3. the state marks the run as delivered;
4. the files take their names, and the list goes.

A run that finds the list of one that was killed asks the state: where that was delivered, its files
take their names, and else they go, and their entries come with the files of this run.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from scraper.errors import ExportError
from scraper.exporters.atomic import sync_folder, write_whole
from scraper.state import ChangesFile, Store

__all__ = ["TIME", "HeldFile", "Outbox", "OutboxChanges", "is_timed", "with_outbox"]

# Somebody else may lock a folder, for whatever reason and however long.
_LOCK_S = 1.0
# So long a run that is to end waits for another one to deliver what it has.
_HURRIED_S = 0.5

#: Stands in the name of a file for the moment at which it is written.
TIME = "{time}"


def is_timed(path: Path | None) -> bool:
    """Tell whether each run writes a file of its own there.

    >>> [is_timed(Path(name)) for name in ("new-{time}.json", "new.json")]
    [True, False]
    """
    return path is not None and TIME in path.name


class HeldFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is written and has not its name yet."""

    #: Whole paths; *pattern* has the placeholder in its last part.
    hidden: str
    pattern: str
    #: What takes the place of the placeholder.
    moment: str

    @property
    def name(self) -> Path:
        """The name it takes: the first that is nobody's, as several may be written in a second."""
        return next(path for path in self._names() if not os.path.lexists(path))

    def _names(self) -> Iterator[Path]:
        folder, _, name = self.pattern.rpartition(os.sep)
        for number in itertools.count(1):
            moment = self.moment if number == 1 else f"{self.moment}-{number}"
            yield Path(folder or os.sep, name.replace(TIME, moment))

    def publish(self) -> None:
        """Give the file its name, unless it has it already; raise ExportError where it cannot."""
        hidden = Path(self.hidden)
        try:
            # The folder is locked because another state's run may be after the same name.
            with _locked(hidden.parent):
                if hidden.exists():
                    hidden.rename(self.name)
        except FileNotFoundError:
            return  # somebody removed the folder, with all that was in it
        except OSError as error:
            raise ExportError(self.pattern, f"cannot be written, but as {hidden.name}") from error
        sync_folder(hidden.parent)

    def discard(self) -> None:
        """Remove the file; its entries come again."""
        with contextlib.suppress(OSError):
            Path(self.hidden).unlink(missing_ok=True)


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The list beside the state: files of a run that may be delivered or not."""

    run: int
    files: tuple[HeldFile, ...]


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock *folder*, unless that takes long or its file system locks no folders."""
    descriptor = os.open(folder, os.O_RDONLY)
    deadline = time.monotonic() + _LOCK_S
    try:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
            else:
                break
        yield
    finally:
        os.close(descriptor)


class Outbox:
    """The files that a run has written and not named yet."""

    def __init__(self) -> None:
        self.files: list[HeldFile] = []
        #: Set where somebody wants the run to end.
        self.hurried = False

    def hold(self, pattern: Path) -> HeldFile:
        """Return the hidden file that is to become *pattern*, for the caller to write."""
        whole = Path(os.path.realpath(pattern.parent)) / pattern.name
        # With the suffix, by which formats are told apart.
        suffixes = pattern.name.rpartition(TIME)[2]
        hidden = whole.with_name(f".scrape-{secrets.token_hex(8)}{suffixes}")
        moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        self.files.append(HeldFile(hidden=str(hidden), pattern=str(whole), moment=moment))
        return self.files[-1]

    def publish(self) -> None:
        """Give all files their names."""
        while self.files:
            self.files[0].publish()
            del self.files[0]

    def discard(self) -> None:
        """Remove all files."""
        while self.files:
            self.files.pop().discard()


class OutboxChanges(ChangesFile):
    """Changes in a file of each run, where there are any."""

    def __init__(self, path: Path, *, outbox: Outbox, raw: bool = False) -> None:
        super().__init__(path, raw=raw)
        self._outbox = outbox
        self._raw = raw

    def write(self, rows: Iterable[bytes]) -> None:
        """Write *rows*, each a Change as JSON, all or nothing, or raise ExportError."""
        told = list(rows)
        if told:
            hidden = Path(self._outbox.hold(self.path).hidden)
            ChangesFile(hidden, raw=self._raw).write(told)


def with_outbox(store: Store, outbox: Outbox, *, listed_in: Path) -> Store:
    """Return *store* as one that names the files in *outbox* when it has their run as delivered.

    Meanwhile they are in a list at *listed_in*, on the machine that they are on.
    """
    return cast("Store", _OutboxStore(store, outbox, listed_in))


class _OutboxStore:
    """A store, but for what is done here before and after."""

    def __init__(self, store: Store, outbox: Outbox, listed_in: Path) -> None:
        self._store = store
        self._outbox = outbox
        self._list = listed_in
        self._number = 0
        self._sealed = False
        self._delivered: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep others out until the files have their names; first finish what others left."""
        if self._outbox.hurried:
            self._store.wait_at_most(_HURRIED_S)
        with self._store.exclusive():
            self._settle()
            try:
                yield
            finally:
                if self._sealed:
                    self._settle()
                self._outbox.discard()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all that is written inside kept together, on the disk, or not at all."""
        with self._store.transaction():
            yield
        if self._sealed:
            self._delivered = self._number

    def begin_run(self) -> int:
        """Add a run to the history, to which all belongs that is kept; return its number."""
        self._sealed = False
        self._number = self._store.begin_run()
        return self._number

    def end_run(self) -> None:
        """Mark the run as delivered."""
        if self._outbox.files:
            waiting = _Waiting(run=self._number, files=tuple(self._outbox.files))
            write_whole(self._list, [msgspec.json.encode(waiting)])
            self._sealed = True
            # From here on they are the list's.
            self._outbox.files.clear()
        self._store.end_run()

    def _settle(self) -> None:
        """Name the files of the list, or remove them, as the state has it."""
        try:
            waiting = msgspec.json.decode(self._list.read_bytes(), type=_Waiting)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError) as error:
            raise ExportError(str(self._list), "cannot be read", advice="move it away") from error
        is_delivered = self._is_delivered(waiting.run)
        for file in waiting.files:
            if is_delivered:
                file.publish()
            else:
                file.discard()
        self._list.unlink(missing_ok=True)

    def _is_delivered(self, run: int) -> bool:
        # All of the history is read only after a kill.
        return run == self._delivered or any(
            memo.delivered for memo in self._store.history() if memo.run == run
        )
