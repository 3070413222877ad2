"""Seeds: the sources that a user keeps in ``seeds/*.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from scraper.errors import SeedError, SelectorError
from scraper.models import DateOrder, Hints, Selectors, Source
from scraper.tables import TableError, convert_table, find_key, parse_toml
from scraper.urls import is_address, without_secrets

__all__ = ["is_language", "is_seed_name", "load_seeds", "parse_seed"]

_HEADER = re.compile(r"\s*\[\[\s*[\"']?source[\"']?\s*\]\]")
# Letters of every script; what looks like an address, a path or an option is no name.
_NAME = re.compile(r"\w[\w.+-]*")
# BCP 47, as far as anybody uses it: "de", "pt-BR", "zh-Hant-TW".
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class _Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    url: str
    language: str | None = None
    fields: Selectors | None = None
    render: bool = False
    follow: bool = False
    within: str | None = None
    exclude: str | tuple[str, ...] = ()
    url_pattern: str | None = None
    date_order: DateOrder | None = None

    def hints(self) -> Hints:
        return Hints(
            within=self.within,
            exclude=(self.exclude,) if isinstance(self.exclude, str) else self.exclude,
            url_pattern=self.url_pattern,
            date_order=self.date_order,
        )


class _Stretch(NamedTuple):
    """The lines of a file that hold one seed."""

    table: dict[str, Any]
    lines: list[str]
    #: Number of the first line.
    first: int


def load_seeds(folder: Path) -> list[Source]:
    """Return the sources of all seed files in *folder*, in the order of file names.

    A file holds one source, or several as ``[[source]]`` tables. Raises SeedError with file and
    line for whatever is wrong in one: a seed that is skipped in silence is missed by nobody.
    A folder without seeds, or none, has no sources.
    """
    sources: list[Source] = []
    places: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for source, line in _load_file(path):
            place = f"{path}:{line}"
            if source.name in places:
                raise SeedError(
                    place,
                    f'the name "{source.name}" is taken',
                    advice=f"the other one is {places[source.name]}",
                )
            places[source.name] = place
            sources.append(source)
    return sources


def parse_seed(text: str, *, place: str) -> Source:
    r"""Return the one source that the seed *text* has; *place* is what faults are told of.

    Raises SeedError, with the line.

    >>> parse_seed('name = "a"\nurl = "https://a.example/"', place="seed").name
    'a'
    """
    try:
        sources = [_make_source(stretch) for stretch in _split_seeds(text)]
    except TableError as fault:
        raise SeedError(f"{place}:{fault.line}", fault.message, advice=fault.advice) from fault
    if len(sources) != 1:
        raise SeedError(place, f"has {len(sources)} sources", advice="leave one of them")
    return sources[0]


def is_seed_name(text: str) -> bool:
    """Tell whether a seed may be called *text*.

    >>> is_seed_name("nato-newsroom"), is_seed_name("https://a.example/")
    (True, False)
    """
    return _NAME.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """Tell whether *text* is a language tag.

    >>> is_language("pt-BR"), is_language("Portuguese (Brazil)")
    (True, False)
    """
    return _LANGUAGE.fullmatch(text) is not None


def _load_file(path: Path) -> Iterator[tuple[Source, int]]:
    """Yield each source with the line of its name."""
    text = _read_text(path)
    try:
        for stretch in _split_seeds(text):
            yield _make_source(stretch), _line_of(stretch, "name")
    except TableError as fault:
        raise SeedError(f"{path}:{fault.line}", fault.message, advice=fault.advice) from fault


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SeedError(f"{path}:{line}", "not UTF-8", advice="save it as UTF-8") from error
    except OSError as error:
        raise SeedError(str(path), "cannot be read") from error


def _split_seeds(text: str) -> Iterator[_Stretch]:
    """Yield the seeds of a file, each with its lines."""
    document = parse_toml(text)
    lines = text.splitlines() or [""]
    if "source" not in document:
        if not document:
            raise TableError(1, "no source in it", advice='write name = "…" and url = "…"')
        yield _Stretch(document, lines, 1)
        return
    tables = document.pop("source")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise TableError(find_key(lines, "source") + 1, '"source" must be [[source]] tables')
    if document:
        key = next(iter(document))
        raise TableError(find_key(lines, key) + 1, f'"{key}" stands outside of [[source]]')
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != len(tables):  # an inline array, or a header inside a long string
        starts = [0] * len(tables)
    for table, start, stop in zip(tables, starts, [*starts[1:], None], strict=True):
        yield _Stretch(table, lines[start : stop or len(lines)], start + 1)


def _make_source(stretch: _Stretch) -> Source:
    seed = convert_table(stretch.table, _Seed, lines=stretch.lines, first=stretch.first)
    if not is_seed_name(seed.name):
        raise TableError(
            _line_of(stretch, "name"),
            f'not a name: "{seed.name}"',
            advice="use letters, digits, dots and hyphens",
        )
    if not is_address(seed.url):
        raise TableError(
            _line_of(stretch, "url"),
            f'not an address: "{without_secrets(seed.url)}"',
            advice="addresses begin with https:// or http://",
        )
    if seed.language is not None and not is_language(seed.language):
        raise TableError(
            _line_of(stretch, "language"),
            f'not a language: "{seed.language}"',
            advice='write a tag such as "de" or "pt-BR"',
        )
    if seed.fields is not None:
        _check_selectors(seed.fields, stretch)
    hints = seed.hints()
    if hints != Hints():
        _check_hints(hints, stretch)
    return Source(
        name=seed.name,
        url=seed.url,
        language=seed.language,
        fields=seed.fields,
        hints=hints,
        render=seed.render,
        follow=seed.follow,
    )


def _check_selectors(fields: Selectors, stretch: _Stretch) -> None:
    # The parsers are loaded for seeds that have selectors, and for no others.
    from scraper.parsers.selectors import check_selectors

    try:
        check_selectors(fields)
    except SelectorError as error:
        line = _line_of(stretch, _key_of(fields, error.subject), within="fields")
        cause = f": {error.__cause__}" if error.__cause__ else ""
        message = f'not a selector: "{error.subject}": {error.message}{cause}'
        raise TableError(line, message, advice=error.advice) from error


def _check_hints(hints: Hints, stretch: _Stretch) -> None:
    from scraper.parsers.overruling import check_hints

    try:
        check_hints(hints)
    except SelectorError as error:
        line = _line_of(stretch, error.subject)
        raise TableError(line, error.message, advice=error.advice) from None


def _key_of(fields: Selectors, subject: str) -> str:
    """Return the key whose selector *subject* is, or names."""
    for key, selector in msgspec.structs.asdict(fields).items():
        if selector is not None and subject in (selector, key, f"fields.{key}"):
            return key
    return "fields"


def _line_of(stretch: _Stretch, key: str, *, within: str | None = None) -> int:
    return stretch.first + find_key(stretch.lines, key, within=within)
