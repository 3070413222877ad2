"""The types that flow from left to right: Source, Page, Item, Listing, Result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from scraper.errors import NoItems, ScrapeError

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = [
    "Article", "DateOrder", "DateSource", "Hints", "Item", "Known", "Listing", "Page", "Result",
    "Selectors", "Source",
]  # fmt: skip

DateSource = Literal["text", "attribute", "heading", "page", "structured", "url", "article"]
#: The order in which day, month and year are written in figures.
DateOrder = Literal["dmy", "mdy", "ymd"]

_Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Address = Annotated[str, msgspec.Meta(pattern=r"^https?://", extra_json_schema={"format": "uri"})]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a listing. Unknown is None, never ``""`` and never a guess.

    >>> item = Item(title="Bridge reopens", url="https://example.org/7", position=1, id="a1")
    >>> item.date is None
    True
    """

    #: The headline as a reader sees it; never a link label such as "Read more".
    title: str
    #: Absolute http(s) target of the headline or of its "Read more".
    url: _Address | None = None
    #: The entry's day, ISO 8601, as precise as the page: ``2023-10-27``, ``2023-10``, ``2023``.
    date: _Day | None = None
    #: The teaser.
    summary: str | None = None
    #: Full timestamp with offset, only where the page gives both.
    published_at: _Instant | None = None
    #: The date as printed.
    date_text: str | None = None
    #: Where the date was found.
    date_source: DateSource | None = None
    #: The label of the target: "Read more", "Watch Video".
    link_text: str | None = None
    #: Absolute http(s) address of the entry's picture.
    image: _Address | None = None
    #: Who wrote it, as the page says.
    author: str | None = None
    #: The kind of entry, as the page says: "Press release".
    category: str | None = None
    #: The heading of the entry's list.
    section: str | None = None
    #: 1-based place in the listing.
    position: int
    #: Stable key: of the canonical url, else of the normalised title and the date.
    id: str
    #: Name of the source, as the user knows it.
    source: str | None = None
    #: Address of the page after redirects.
    page_url: str | None = None
    #: When the page was fetched, UTC.
    fetched_at: _Instant | None = None


_INSTANTS = ("published_at", "fetched_at")


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What one page lists."""

    #: In document order.
    items: tuple[Item, ...]
    #: Absolute address of the following page of the same listing.
    next_url: str | None = None
    #: What a careful reader should know: ambiguous dates, replaced characters.
    warnings: tuple[str, ...] = ()
    #: False where anything was cut off: by size, depth or a parser's limit.
    complete: bool = True
    #: Why there are no items; None where there are.
    no_items: NoItems | None = None

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the records as plain dictionaries, every field present.

        >>> Listing(items=()).to_dicts()
        []
        """
        return [msgspec.structs.asdict(item) for item in self.items]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the records as a pandas data frame (extra ``scraper[pandas]``).

        Columns have the same types for every listing: ``string``, ``int64`` for *position*, and
        instants in UTC for *published_at* and *fetched_at*.
        """
        import pandas

        frame = pandas.DataFrame(self.to_dicts(), columns=list(Item.__struct_fields__))
        instants = {
            name: pandas.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
            for name in _INSTANTS
        }
        types = {name: "string" for name in frame.columns if name not in _INSTANTS}
        return frame.astype(types | {"position": "int64"}).assign(**instants)

    def to_polars(self) -> polars.DataFrame:
        """Return the records as a polars data frame (extra ``scraper[polars]``).

        Columns have the same types as those of :meth:`to_pandas`.
        """
        import polars

        instant = polars.Datetime("us", time_zone="UTC")
        special = dict.fromkeys(_INSTANTS, instant) | {"position": polars.Int64()}
        # Said in full, because polars guesses from the first rows and they may all be null.
        schema = {name: special.get(name, polars.String()) for name in Item.__struct_fields__}
        return polars.DataFrame(self.to_dicts(), schema=schema)

    def _repr_html_(self) -> str:
        """Return the listing as notebooks show it."""
        from scraper.notebook import show_listing

        return show_listing(self)


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """The page of an entry that was followed: what it says, whatever the listing said."""

    #: Key of the entry, as in its record.
    id: str
    #: The target of the entry.
    url: str
    #: Address of the page after redirects.
    page_url: str | None = None
    #: The headline of the entry.
    title: str
    #: The day of publication, ISO 8601.
    date: str | None = None
    #: Who wrote it.
    author: str | None = None
    #: What the page says that it is about.
    summary: str | None = None
    #: The full text, a paragraph a line.
    text: str | None = None
    #: Name of the source, as the user knows it.
    source: str | None = None
    #: When the page was fetched, UTC.
    fetched_at: _Instant | None = None


class Selectors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Selectors that overrule the engine.

    They are CSS, or XPath where one begins with ``/``, ``./`` or ``(``. All but *entry* are looked
    up inside an entry. A selector may end in ``::attr(name)``.
    """

    entry: str
    title: str | None = None
    url: str | None = None
    date: str | None = None
    summary: str | None = None
    #: True where *entry* selects but the first element of each: an entry then runs on over the
    #: elements beside it, up to the next one.
    run: bool = False
    #: True where they were learnt: where they stop matching, the page is read without them.
    hint: bool = False


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody knows who has seen the page; it goes before what is found out.

    *within* and *exclude* are CSS or XPath, as :class:`Selectors` are.
    """

    #: Only what this selects is read.
    within: str | None = None
    #: What these select is left out.
    exclude: tuple[str, ...] = ()
    #: A regular expression of Python's: only entries are kept whose address it is found in.
    url_pattern: str | None = None
    #: The order of the figures of all dates.
    date_order: DateOrder | None = None


class ArchivePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where in an archive a record begins."""

    #: Number of the record, from 1.
    number: int
    #: Byte of the file where it, or the compressed member that it is in, begins.
    byte: int
    #: Bytes of that member, decompressed, before the record.
    skip: int = 0
    #: Where the page itself is, if this record only tells that it was the same once more.
    repeats: ArchivePlace | None = None

    def __str__(self) -> str:
        """Return what a message calls it."""
        behind = f" and {self.skip} decompressed" if self.skip else ""
        return f"record {self.number} at byte {self.byte}{behind}"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a page listed last, and what its server knows that copy by."""

    #: Address that it came from; a server is asked whether it has changed at no other.
    url: str
    #: Its ETag and Last-Modified headers; at least one of them.
    etag: str | None = None
    modified: str | None = None
    listing: Listing


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What to fetch, and how to read it: an address, a saved page, or standard input."""

    #: As the user knows it: a seed's name, an address, a file name.
    name: str
    #: Address of the page; of a saved page where it is known.
    url: str | None = None
    #: A saved page; ``-`` is standard input.
    path: str | None = None
    #: BCP 47 tag of the page, whatever it declares; sent as Accept-Language.
    language: str | None = None
    fields: Selectors | None = None
    hints: Hints = Hints()
    #: True where the page builds its list by script, and a browser must run that.
    render: bool = False
    #: True where the entries' own pages are read, too, and fill what is null.
    follow: bool = False
    #: True for the page of an entry, which lists nothing itself.
    article: bool = False
    #: Where the page is in the archive at *path*.
    place: ArchivePlace | None = None
    #: ``host:port`` of the address that the user named, where *url* is another, found on a page:
    #: that may be public, or at this host and port. None where *url* is the user's own word.
    origin: str | None = None
    #: A former copy of its page, which the server need not send again if that has not changed.
    known: Known | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a page and what is known of them. Nothing here has read the HTML."""

    #: Address after redirects; None for a saved page that does not say: its relative links lead
    #: nowhere then, because a wrong address is worse than none.
    url: str | None
    #: As it came, decompressed.
    body: bytes
    #: When it was fetched, UTC; None for a saved page that does not say.
    fetched_at: datetime | None = None
    #: The charset that the server's header named.
    encoding: str | None = None
    #: What the server answered with: 304, with an empty body, where the source has a known copy and
    #: the page is still the same.
    status: int = 200
    #: Without those that let somebody in.
    headers: Mapping[str, str] = {}
    #: False where the body is known to be cut off.
    complete: bool = True
    #: How many requests it took, those that were tried again counted; redirects are not.
    tries: int = 1


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How one source ended: with a listing, or with an error as a value."""

    source: Source
    #: What it lists; None where nothing could be read.
    listing: Listing | None = None
    #: What went wrong; None where nothing did.
    error: ScrapeError | None = None
    #: The page, where one came; the first of several.
    page: Page | None = None
    #: The pages of entries that were followed, in the order of these.
    articles: tuple[Article, ...] = ()
    #: How many pages of the listing came; the bytes of these and of articles, and the requests that
    #: were made for them.
    pages: int = 0
    bytes: int = 0
    tries: int = 0
    #: How long the source took, waiting included.
    took_s: float = 0.0
    #: True where the server said that the page is as it was, and *listing* is what is known of it.
    not_modified: bool = False
