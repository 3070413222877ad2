"""Formats of the output, and which one a name asks for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scraper.errors import ExportError, UsageError
from scraper.exporters.atom_file import AtomExporter
from scraper.exporters.atomic import resolve_target, write_stdout
from scraper.exporters.base import Exporter
from scraper.exporters.csv_file import CsvExporter
from scraper.exporters.json_feed_file import JsonFeedExporter
from scraper.exporters.json_file import JsonExporter
from scraper.exporters.jsonl_file import JsonlExporter
from scraper.exporters.parquet_file import ParquetExporter
from scraper.exporters.rss_file import RssExporter
from scraper.exporters.sqlite_file import SqliteExporter
from scraper.models import Item

__all__ = [
    "EXPORTERS",
    "RAW_EXPORTERS",
    "AtomExporter",
    "CsvExporter",
    "Exporter",
    "JsonExporter",
    "JsonFeedExporter",
    "JsonlExporter",
    "Output",
    "ParquetExporter",
    "RssExporter",
    "SqliteExporter",
    "choose_outputs",
]

#: In the order in which they are named to users; the first is that of standard output.
EXPORTERS: tuple[Exporter, ...] = (
    JsonExporter(),
    JsonlExporter(),
    CsvExporter(),
    ParquetExporter(),
    SqliteExporter(),
    RssExporter(),
    AtomExporter(),
    JsonFeedExporter(),
)
#: The same with CSV that is read by programs alone.
RAW_EXPORTERS: tuple[Exporter, ...] = tuple(
    CsvExporter(raw=True) if isinstance(one, CsvExporter) else one for one in EXPORTERS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where records go, and in which format."""

    #: As the user wrote it.
    name: str
    exporter: Exporter
    #: None for standard output.
    path: Path | None

    def check(self) -> None:
        """Raise ExportError where it is plain that nothing can be written, before any work."""
        self.exporter.check(self.name)
        if self.path is not None:
            resolve_target(self.path)
        elif self.exporter.binary and sys.stdout is not None and sys.stdout.isatty():
            raise ExportError(
                self.name, "is no text, and this is a terminal", advice="name a file, or pipe it"
            )

    def write(self, items: Sequence[Item]) -> None:
        """Write *items*, all or nothing, or raise ExportError."""
        if self.path is None:
            write_stdout(self.exporter.encode(items))
        else:
            self.exporter.write(items, self.path)


def choose_outputs(names: Sequence[str], exporters: Sequence[Exporter] = EXPORTERS) -> list[Output]:
    """Return where *names* lead, or raise UsageError.

    The suffix is the format, the longest where several fit. ``-`` is standard output, as JSON, and
    ``-.csv`` is standard output as CSV; a file of that name is ``./-.csv``.

    >>> [type(output.exporter).__name__ for output in choose_outputs(["a.jsonl", "-.csv"])]
    ['JsonlExporter', 'CsvExporter']
    """
    outputs: list[Output] = []
    taken: dict[str, str] = {}
    for name in names:
        output = _choose_output(name, exporters)
        place = "-" if output.path is None else os.path.realpath(output.path)
        if place in taken:
            raise UsageError("--out", f'"{taken[place]}" and "{name}" are the same place')
        taken[place] = name
        outputs.append(output)
    return outputs


def _choose_output(name: str, exporters: Sequence[Exporter]) -> Output:
    if name == "-":
        return Output(name=name, exporter=exporters[0], path=None)
    lowered = name.lower()
    fitting = {
        suffix: exporter
        for exporter in exporters
        for suffix in exporter.suffixes
        if lowered.endswith(suffix)
    }
    if fitting:
        suffix = max(fitting, key=len)
        path = None if lowered == f"-{suffix}" else Path(name)
        return Output(name=name, exporter=fitting[suffix], path=path)
    known = [suffix for exporter in exporters for suffix in exporter.suffixes]
    raise UsageError(
        name or '""',
        "no such format",
        advice=f"end its name in {', '.join(known[:-1])} or {known[-1]}, or write - for "
        "standard output",
    )
