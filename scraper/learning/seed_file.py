"""A seed as a file: with what was learnt, and what a reader needs to edit it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scraper.learning.lesson import Lesson
from scraper.models import Source

__all__ = ["seed_name", "write_seed"]

_FIELDS = ("title", "url", "date", "summary")
_LONGEST_EXAMPLE = 60
_ABOUT = """\
# Learnt from the page at this address: {agreement}.
# Edit what follows as you like. The selectors are CSS, or XPath where they begin with "./"; all but
# "entry" are looked up inside an entry. With "hint = true", a page that they no longer fit is read
# without them, and a warning says so; without it, that is an error.
"""


def write_seed(source: Source, lesson: Lesson | None) -> str:
    """Return the text of a seed of *source* with the selectors of *lesson*, if there are any.

    >>> from scraper.learning.agreement import compare
    >>> from scraper.models import Item, Selectors
    >>> item = Item(title="Bridge reopens", position=1, id="a")
    >>> lesson = Lesson(
    ...     fields=Selectors(entry="li"), given=(item,), agreement=compare([item], [item])
    ... )
    >>> print(write_seed(Source(name="a", url="https://a.example/"), lesson))  # doctest: +ELLIPSIS
    # Learnt from the page at this address: 1 of 1 entries.
    ...
    name = "a"
    url = "https://a.example/"
    <BLANKLINE>
    [fields]
    hint = true
    entry = "li"                # 1 on the page
    <BLANKLINE>
    """
    lines = [_setting("name", source.name), _setting("url", source.url or ""), *_known(source)]
    about = ""
    if lesson is not None:
        about = _ABOUT.format(agreement=lesson.agreement)
        lines += ["", "[fields]", "hint = true", *_selectors(lesson)]
    return about + "\n".join(lines) + "\n"


def seed_name(text: str) -> str:
    """Return a name for a seed, made of the words of *text*.

    >>> seed_name("https://www.city.example/news/?page=1")
    'www.city.example-news-page-1'
    """
    words = re.findall(r"[\w.]+", re.sub(r"^\w+://", "", text))
    return "-".join(word.strip("._") for word in words if word.strip("._"))[:80] or "page"


def _known(source: Source) -> Iterator[str]:
    if source.language is not None:
        yield _setting("language", source.language)
    if source.render:
        yield "render = true"
    hints = source.hints
    for key in ("within", "url_pattern", "date_order"):
        if (value := getattr(hints, key)) is not None:
            yield _setting(key, value)
    if hints.exclude:
        yield f"exclude = [{', '.join(map(_quoted, hints.exclude))}]"


def _selectors(lesson: Lesson) -> Iterator[str]:
    fields = lesson.fields
    count = len(lesson.given)
    yield _with_note(_setting("entry", fields.entry), f"{count} on the page")
    if fields.run:
        yield _with_note("run = true", "an entry runs on from what is selected to the next one")
    for name in _FIELDS:
        selector = getattr(fields, name)
        if selector is not None:
            yield _with_note(_setting(name, selector), _example(lesson, name))
        elif name == "url" and any(item.url for item in lesson.given):
            yield _with_note('# url = "…"', "left out, it is where the headline leads")


def _example(lesson: Lesson, name: str) -> str:
    item = next((one for one in lesson.given if getattr(one, name) is not None), None)
    if item is None:
        return ""
    value = item.date_text if name == "date" and item.date_text else getattr(item, name)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…"


def _with_note(line: str, note: str) -> str:
    # A comment ends at the line, and TOML has no other control characters in it but the tab.
    note = "".join(one if one.isprintable() else " " for one in note)
    return f"{line:<26}  # {note}" if note else line


def _setting(key: str, value: str) -> str:
    return f"{key} = {_quoted(value)}"


def _quoted(text: str) -> str:
    """Return *text* as a string of TOML; one in single quotes keeps its backslashes."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
