"""Values of elements: their text as a reader sees it, their date, their picture."""

from __future__ import annotations

from typing import Any

from lxml import etree

from scraper.dates import find_date, read_attribute
from scraper.parsers.declared.records import Declared, clean_text

__all__ = ["date_of", "image_of", "read_date_text", "text_of"]

_INLINE = (
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
)  # fmt: skip
_INLINE_TAGS = frozenset(_INLINE)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})
_IMAGE_NAMES = ("data-src", "data-lazy-src", "data-original", "src")


def text_of(node: Any) -> str | None:
    """Return the text of an element with white space collapsed, or None where it has none.

    Blocks and line breaks leave a gap, inline elements do not.

    >>> text_of(etree.HTML("<p>A<b>B</b><br>C</p><script>no</script><p>D")) == "AB C D"
    True
    """
    pieces: list[str] = []
    walk = etree.iterwalk(node, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        gap = "" if element.tag in _INLINE_TAGS else " "
        if event == "start":
            if element.tag in _UNSEEN:
                walk.skip_subtree()
            else:
                pieces += (gap, element.text or "")
        else:
            pieces += (gap, (element.tail or "") if element is not node else "")
    return " ".join("".join(pieces).split()) or None


def date_of(node: Any) -> Declared:
    """Return the date of an element, as an entry of which nothing else is known.

    What a machine wrote into ``datetime`` or ``content``, of the element or of a ``time`` in it,
    goes before its text.
    """
    printed = text_of(node)
    for element in (node, *node.iter("time")):
        for name in ("datetime", "content"):
            value = element.get(name)
            reading = read_attribute(value) if value else None
            if reading is not None:
                text = printed or clean_text(value)
                return Declared(date=reading, date_text=text, date_source="attribute")
    return read_date_text(printed)


def read_date_text(text: str | None) -> Declared:
    """Return the date that a printed *text* names, in the same form."""
    reading = find_date(text) if text else None
    if text is None or reading is None:
        return Declared()
    printed = text[reading.start : reading.end]
    return Declared(date=reading, date_text=printed, date_source="text")


def image_of(node: Any) -> str | None:
    """Return the target of the first picture in an element, as written."""
    for image in node.iter("img"):
        for name in _IMAGE_NAMES:
            value = image.get(name)
            if value and not value.strip().startswith("data:"):
                return str(value)
    return None
