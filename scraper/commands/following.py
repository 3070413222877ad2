"""The options of ``scrape`` that lead to the entries' own pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from scraper.errors import UsageError
from scraper.exporters import Output
from scraper.exporters.texts_file import TextsFile
from scraper.following import check_follow
from scraper.models import Item, Source
from scraper.state import open_store
from scraper.state.keys import source_key

__all__ = ["follow_sources", "make_texts", "read_known"]


def follow_sources(
    sources: Sequence[Source], *, follow: bool, articles: int | None, full_text: Path | None
) -> list[Source]:
    """Return *sources*, with *follow* all to be followed.

    Raises UsageError where what reads articles is missing, or an option speaks of some and nothing
    is followed.
    """
    if follow:
        sources = [msgspec.structs.replace(one, follow=True) for one in sources]
    if any(one.follow for one in sources):
        check_follow("--follow")
        # Loaded before the processes that read pages are made of this one.
        import scraper.articles  # noqa: F401
    else:
        for option, value in (("--articles", articles), ("--full-text", full_text)):
            if value is not None:
                raise UsageError(option, "no entry is followed", advice="add --follow")
    return list(sources)


def make_texts(
    path: Path | None, *, outputs: Sequence[Output], others: Iterable[Path | None]
) -> TextsFile | None:
    """Return where full texts go; UsageError or ExportError where they cannot.

    No other file of the run may be at the same place.
    """
    if path is None:
        return None
    texts = TextsFile(path)
    taken = {os.path.realpath(one.path): one.name for one in outputs if one.path is not None}
    taken |= {os.path.realpath(other): str(other) for other in others if other is not None}
    if (place := os.path.realpath(path)) in taken:
        raise UsageError("--full-text", f'"{taken[place]}" and "{path}" are the same place')
    texts.check()
    return texts


def read_known(state: str | None, sources: Sequence[Source]) -> Callable[[Source], Sequence[Item]]:
    """Return what tells which entries of a source its last listing had, by the *state*.

    Raises StateError. Without a *state*, or where nothing is followed, none are known.
    """
    followed = {source_key(source) for source in sources if source.follow}
    known: dict[str, list[Item]] = {}
    if state is not None and followed:
        store = open_store(state)
        store.read()
        try:
            known = {key: [entry.item for entry in store.listed(key)] for key in followed}
        finally:
            store.close()
    return lambda source: known.get(source_key(source), ())
