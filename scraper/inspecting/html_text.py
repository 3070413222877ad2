"""HTML that is put together without any way to forget an escape."""

from __future__ import annotations

import html
import re

from scraper.exporters.base import without_controls

__all__ = ["NOTHING", "Markup", "element", "join", "safe_address", "shown"]

_VOID = frozenset({"meta", "link", "br", "input"})
# They turn the text around them about, which is a way to make it say what it does not.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_LONGEST = 2000


class Markup(str):
    """Text that is HTML already: only this module makes it of text from elsewhere."""

    __slots__ = ()


NOTHING = Markup()


def shown(text: str) -> str:
    """Return *text* without what a person cannot see and without what is beyond all measure.

    >>> shown("a" + chr(0) + chr(0x202E) + "b")
    'a\ufffdb'
    """
    if not text.isprintable():
        text = without_controls(_TURNING.sub("", text))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def element(name: str, /, *children: str, **attributes: str | int | bool | None) -> Markup:
    """Return an element; text among *children* is escaped, and so are the values.

    A trailing underscore of a name goes, other underscores are hyphens. An attribute that is None
    or False is left out, one that is True stands alone.

    >>> element("p", "5 < 7", element("br"), class_="a", hidden=False)
    '<p class="a">5 &lt; 7<br></p>'
    """
    head = [name]
    for key, value in attributes.items():
        label = key.removesuffix("_").replace("_", "-")
        if value is True:
            head.append(label)
        elif value is not None and value is not False:
            head.append(f'{label}="{html.escape(shown(str(value)))}"')
    start = f"<{' '.join(head)}>"
    return Markup(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def join(*children: str) -> Markup:
    """Return *children* one after the other, those escaped that are no markup.

    >>> join("<", Markup("<br>"))
    '&lt;<br>'
    """
    return Markup(
        "".join(
            child if isinstance(child, Markup) else html.escape(shown(child), quote=False)
            for child in children
        )
    )


def safe_address(url: str | None) -> str | None:
    """Return *url* if it may be put behind a link.

    >>> safe_address("javascript:alert(1)") is None
    True
    """
    return url if url is not None and url.startswith(("https://", "http://")) else None
