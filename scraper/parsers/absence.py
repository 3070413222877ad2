"""Why a page lists nothing: what it is instead, and what to do about it.

Asked only when no entries were found, so it may take a millisecond. What a page calls itself, in
its title and first headings, weighs most; how much it says otherwise tells a wall from a page that
merely has a banner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from scraper.errors import NoItems
from scraper.parsers import absence_words as words
from scraper.parsers.document import Document
from scraper.parsers.tree import HIDDEN, NAV, read_attributes

__all__ = ["explain_absence", "looks_like_one_article"]

# Characters of running text beside menus and links, up to which a page is a wall or a shell.
_WALL = 2_500
_SHELL = 250
# Characters beside menus, those of links counted, up to which a page is a shell.
_SHOWN = 500
# Characters of any text, below which there is no page.
_EMPTY = 20
# An article: paragraphs of so many characters, so many of them in one block, so much together.
_PARAGRAPH = 80
_PARAGRAPHS = 3
_PROSE = 600
# What speaks for an article where nothing else was found, and where entries were.
_LIKELY, _SURE = 3, 4
# Links of a wall: to its policies, its partners and the languages it speaks.
_WALL_LINKS = 25

_PASSWORD = re.compile(r"""<input\b[^<>]*\btype\s*=\s*["']?password\b""", re.IGNORECASE)
_CAPTCHA = re.compile(r"g-recaptcha|h-captcha|cf-turnstile|cf-challenge|challenge-platform|captcha")
_CONSENT_TOOL = re.compile(
    r"__tcfapi|consentmanager|onetrust|didomi|usercentrics|cookiebot|sourcepoint|sp_message|quantcast|"
    r"trustarc|truste|cmp[-_.]|consent[-_.]",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"""<(?:div|main|section)\b[^<>]*\bid\s*=\s*["']?(?:root|app|__next|__nuxt|___gatsby|svelte|"""
    r"""app-root|main-app|react-\w+|vue-\w+|ember-\w+|q-app|wrapper-app)\b|<(?:app-root|my-app)\b""",
    re.IGNORECASE,
)
_ARTICLE_TYPE = re.compile(
    r"""["']@type["']\s*:\s*\[?\s*["'](?:News|Blog|Report|Scholarly|Tech|Opinion|Analysis)?"""
    r"""(?:Article|Posting|NewsArticle)["']"""
)
_ARTICLE_ITEM = re.compile(
    r"""itemtype\s*=\s*["']?https?://schema\.org/\w*(?:Article|BlogPosting)\b"""
)
_LIST_TYPE = re.compile(r"""["']@type["']\s*:\s*["'](?:ItemList|CollectionPage|Blog)["']""")
# A status that begins a title or follows a word for an error: there are buses of that number, too.
_ERROR_CODE = re.compile(
    r"(?:^|\b(?:error|erreur|erro|errore|fehler|http|status|code|błąd|chyba|hiba|fel|hata|ошибка|"
    r"помилка|grešk[ae]|eroare)\W{1,3}|错误|錯誤|エラー|오류)(?:40[0134]|410|429|50[0234])(?!\w)",
    re.MULTILINE,
)
_ERROR_CLASS = re.compile(
    r"""<body\b[^<>]*\b(?:error-?404|page-?404|error-?page|not-?found)\b""", re.IGNORECASE
)


def explain_absence(document: Document) -> NoItems:
    """Return what the page is instead of a listing, with what can be done now.

    It is an answer, not a failure: it is returned, not raised.

    >>> from scraper.models import Page
    >>> page = Page(url="https://city.example/nws", body=b"<title>Page not found</title>")
    >>> str(explain_absence(Document(page)))
    'https://city.example/nws: an error page ("Page not found"); check the address in a browser'
    """
    look = _Look(document)
    category = next((kind for kind, applies in _KINDS if applies(look)), "unrecognised")
    message, advice = _MESSAGES[category]
    if category == "error-page" and look.called:
        message = f'{message} ("{look.called}")'
    subject = document.page.url or "the page"
    return NoItems(subject, message, category=category, advice=advice)


def looks_like_one_article(document: Document) -> bool:
    """Tell whether the page tells one story rather than lists several.

    The ground is a block of paragraphs that stand together, as no entry of a list has them; the
    page must declare itself an article, too, because news are written in paragraphs as well.
    """
    return _Look(document).article_signs >= _SURE


class _Look:
    """What can be seen of a page without knowing what it is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.page = document.outline

    @cached_property
    def called(self) -> str:
        """The title, else the first heading."""
        text = self.page.title or next(iter(self.headings), "")
        return text if len(text) <= 80 else text[:79].rstrip() + "…"

    @cached_property
    def headings(self) -> list[str]:
        """The first headings of the first two levels, as far as they are shown."""
        page = self.page
        levels = {path for path, tag in enumerate(page.paths.tag) if tag in ("h1", "h2")}
        nodes = (node for node, path in enumerate(page.path) if path in levels)
        texts = (page.text(page.first[node], page.last[node]) for node in nodes)
        return [text for text, _ in zip(filter(None, texts), range(3), strict=False)]

    @cached_property
    def names(self) -> str:
        """What the page calls itself, casefolded."""
        said = [self.page.title, *self.headings]
        said += (
            read_attributes(head).get("content", "")
            for head in self.page.declared
            if "og:title" in head
        )
        return "\n".join(said).casefold()[:600]

    @cached_property
    def own_text(self) -> str:
        """The text that is neither in a link nor in the furniture of the page."""
        page = self.page
        mark, link, path = page.paths.mark, page.paths.link, page.path
        return " ".join(
            text
            for text, owner in zip(page.texts, page.owner, strict=True)
            if owner < 0 or (link[path[owner]] < 0 and not mark[path[owner]] & (NAV | HIDDEN))
        )

    @cached_property
    def shown(self) -> int:
        """How many characters stand outside the furniture of the page, those of links counted."""
        page = self.page
        mark, path = page.paths.mark, page.path
        return sum(
            len(text)
            for text, owner in zip(page.texts, page.owner, strict=True)
            if owner < 0 or not mark[path[owner]] & (NAV | HIDDEN)
        )

    @cached_property
    def wall_text(self) -> str:
        """All text of a page that says little, casefolded; of others nothing."""
        if len(self.own_text) > _WALL:
            return ""
        return " ".join(self.page.texts).casefold()[: 2 * _WALL]

    @cached_property
    def source(self) -> str:
        return self.document.text

    @property
    def is_challenge(self) -> bool:
        """Whether a machine asks for proof that a person reads, or takes the reader for none."""
        if _has(self.names, words.CHALLENGE):
            return len(self.own_text) <= _WALL
        return len(self.own_text) <= _SHELL and _CAPTCHA.search(self.source) is not None

    @property
    def is_error(self) -> bool:
        if self.document.page.status >= 400:
            return True
        if len(self.own_text) > _WALL:
            return False
        if _has(self.names, words.NOT_FOUND) or _ERROR_CLASS.search(self.source):
            return True
        if _ERROR_CODE.search(self.names):
            return True
        return len(self.own_text) <= _SHELL and _has(self.own_text.casefold(), words.NOT_FOUND)

    @property
    def is_login(self) -> bool:
        asks = _PASSWORD.search(self.source) is not None
        named = _has(self.names, words.LOGIN)
        if named and (asks or "<form" in self.source.lower()):
            return len(self.own_text) <= _WALL
        return asks and len(self.own_text) <= _WALL // 2

    @property
    def is_consent(self) -> bool:
        if not self.wall_text or len(self.page.links) > _WALL_LINKS:
            return False
        named = _has(self.names, words.CONSENT) or "cookie" in self.names
        answers = _has(self.wall_text, words.CONSENT_ANSWERS)
        about = _has(self.wall_text, words.CONSENT) or "cookie" in self.wall_text
        tool = _CONSENT_TOOL.search(self.source) is not None
        return 2 * named + answers + about + tool >= 3 and (named or (about and answers))

    @property
    def is_shell(self) -> bool:
        if len(self.own_text) > _SHELL or self.shown > _SHOWN:
            return False
        if "<script" not in self.source.lower():
            return False
        return _ROOT.search(self.source) is not None or _has(
            " ".join(_between(self.source.casefold(), "<noscript", "</noscript")), words.SCRIPT
        )

    @property
    def is_empty(self) -> bool:
        return sum(map(len, self.page.texts)) < _EMPTY

    @property
    def is_article(self) -> bool:
        return self.article_signs >= _LIKELY

    @cached_property
    def article_signs(self) -> int:
        """How much says that the page tells one story; nothing does without a block of prose."""
        if not self.has_prose or _LIST_TYPE.search(self.source):
            return 0
        declared = any(
            "og:type" in head and read_attributes(head).get("content", "").lower() == "article"
            for head in self.page.declared
        )
        typed = len(_ARTICLE_TYPE.findall(self.source)) == 1 or (
            len(_ARTICLE_ITEM.findall(self.source)) == 1
        )
        return 2 + declared + typed + (len(self.titles) == 1)

    @cached_property
    def titles(self) -> list[int]:
        """The headings of the first level."""
        page = self.page
        levels = {path for path, tag in enumerate(page.paths.tag) if tag == "h1"}
        return [node for node, path in enumerate(page.path) if path in levels]

    @cached_property
    def has_prose(self) -> bool:
        """Whether one block holds paragraphs of running text, and no other does: a story.

        Linked headings between the paragraphs are those of entries that stand in a row.
        """
        page = self.page
        tag, link, heading = page.paths.tag, page.paths.link, page.paths.heading
        blocks: dict[int, list[int]] = {}
        size: dict[int, int] = {}
        entries: list[int] = []
        for node, path in enumerate(page.path):
            if tag[path] == "p":
                shown = sum(map(len, page.texts[page.first[node] : page.last[node]]))
                if shown >= _PARAGRAPH and link[path] < 0:
                    block = page.parent[node]
                    blocks.setdefault(block, []).append(node)
                    size[block] = size.get(block, 0) + shown
            elif (link[path] == 0 and heading[path] > 0) or (heading[path] == 0 and link[path] > 0):
                entries.append(node)
        stories = [
            nodes
            for block, nodes in blocks.items()
            if len(nodes) >= _PARAGRAPHS and size[block] >= _PROSE
        ]
        if len(stories) != 1:
            return False
        first, last = stories[0][0], stories[0][-1]
        return sum(first < node < last for node in entries) < 2


class _Answer(NamedTuple):
    message: str
    advice: str


_SAVE = "save the page from it and name the file"
_MESSAGES = {
    "challenge": _Answer(
        "a page that asks for proof that a person is reading", f"open it in a browser, {_SAVE}"
    ),
    "error-page": _Answer("an error page", "check the address in a browser"),
    "login": _Answer("a page that asks for a password", f"sign in with a browser, {_SAVE}"),
    "consent": _Answer("a page that asks for consent first", f"consent in a browser, {_SAVE}"),
    "app-shell": _Answer(
        "a page without entries, which a script would load",
        f"run that with --render, or open it in a browser, {_SAVE}",
    ),
    "empty": _Answer("a page without text", "check the address in a browser"),
    "article": _Answer("one article, not a listing", "name the page that lists it"),
    "unrecognised": _Answer("no entries recognised", f"if a browser shows a list there, {_SAVE}"),
}

#: What a page may be instead, in the order asked: the surest signs first.
_KINDS: tuple[tuple[str, Callable[[_Look], bool]], ...] = (
    ("challenge", lambda look: look.is_challenge),
    ("error-page", lambda look: look.is_error),
    ("login", lambda look: look.is_login),
    ("consent", lambda look: look.is_consent),
    ("app-shell", lambda look: look.is_shell),
    ("empty", lambda look: look.is_empty),
    ("article", lambda look: look.is_article),
)


def _has(text: str, listed: Iterable[str]) -> bool:
    """Tell whether *text* has one of the words, in scripts with spaces whole."""
    for word in listed:
        start = text.find(word)
        while start >= 0:
            before, after = text[start - 1 : start], text[start + len(word) :][:1]
            if not _joins(before, word[0]) and not _joins(word[-1], after):
                return True
            start = text.find(word, start + 1)
    return False


def _joins(one: str, other: str) -> bool:
    """Tell whether two characters stand in one word; scripts without spaces have no words here."""
    return one.isalpha() and other.isalpha() and one < "\u0e00" and other < "\u0e00"


def _between(text: str, opening: str, closing: str) -> Iterable[str]:
    start = text.find(opening)
    while start >= 0:
        stop = text.find(closing, start)
        if stop < 0:
            return
        yield text[start:stop]
        start = text.find(opening, stop)
