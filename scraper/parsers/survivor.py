"""The slow parser, for pages that the fast one gives up on: it keeps every entry of any page."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from lxml import etree

__all__ = ["survive"]

# Deeper nesting than this is a fault of the page or an attack; what is below is hung onto the last
# level, so that no text is lost.
_DEEPEST = 200


def survive(text: str) -> Any:
    """Return the tree of *text*, which no nesting is too deep for."""
    soup = BeautifulSoup(text, "html.parser")
    root = etree.Element("html")
    # (source node, its copy), from the root to the place being filled.
    trail: list[tuple[Any, Any]] = [(soup, root)]
    for node in soup.descendants:
        parent = node.parent
        while trail and trail[-1][0] is not parent:
            trail.pop()
        if not trail:
            break
        above = trail[-1][1]
        if isinstance(node, Tag):
            copy = _copy_tag(node, above)
            # Too deep: what follows is hung on the last level that is allowed.
            trail.append((node, copy if len(trail) < _DEEPEST else above))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _append_text(above, str(node))
    return root


def _copy_tag(node: Tag, above: Any) -> Any:
    try:
        copy = etree.SubElement(above, node.name.lower())
    except ValueError:  # a name that XML does not allow
        copy = etree.SubElement(above, "span")
    for name, value in node.attrs.items():
        text = " ".join(value) if isinstance(value, list) else str(value or "")
        try:
            copy.set(name, text)
        except ValueError:
            continue  # an attribute that XML does not allow carries nothing that is read here
    return copy


def _append_text(above: Any, text: str) -> None:
    text = "".join(c if c >= " " or c in "\t\n" else " " for c in text)
    text = text.encode("utf-8", "replace").decode("utf-8").replace("￾", " ").replace("￿", " ")
    if len(above):
        above[-1].tail = (above[-1].tail or "") + text
    else:
        above.text = (above.text or "") + text
