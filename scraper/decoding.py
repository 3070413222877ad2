"""Bytes in, text out: which characters a page means."""

from __future__ import annotations

import re
from typing import NamedTuple

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

__all__ = ["Decoded", "decode"]

# The encodings of the WHATWG standard under Python's names. A label that leads elsewhere names a
# codec which no browser has (``zlib``, ``unicode_escape``, ``punycode``) and is not believed.
_LATIN = (
    *("cp1252", "cp1254", "cp1250", "cp1257", "iso8859-2", "iso8859-15"),
    *("iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-16"),
)
_OTHER = (
    *("utf-8", "cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic"),
    *("cp932", "euc_jp", "iso2022_jp", "gb18030", "big5hkscs", "cp949"),
    *("cp1253", "iso8859-7", "cp1255", "iso8859-8", "cp1256", "iso8859-6", "cp874", "cp1258"),
    *("mac-roman", "utf-16", "utf-16-le", "utf-16-be"),
)
_KNOWN = frozenset(_LATIN + _OTHER)

# Latin encodings differ in a few letters, by which no statistics of short texts can tell them
# apart. Each is taken where nearly all of its letters are those of languages written in it:
# western, Turkish, central European (two encodings), Baltic.
_MARKS_OF_PROSE = "\xa0§°·«»„“”‚‘’–—…•€©®™×¡¿ªº"
_ALPHABETS = {
    "cp1252": "àâäãåáæçèéêëìíîïñòóôöõøœùúûüßÿ",
    "cp1254": "âçğıîöşûüi̇",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžäôľĺŕöőüűăâîşţđ",
    "iso8859-2": "ąćęłńóśźżáčďéěíňřšťúůýžäôľĺŕöőüűăâîşţđ",
    "cp1257": "āčēģīķļņšūžąęėįųõäöü",
}
_NEARLY_ALL = 0.97
# The locale defaults of the WHATWG standard (HTML, "encoding sniffing algorithm", step 9).
_BY_LANGUAGE = {
    **dict.fromkeys(("tr", "az"), "cp1254"),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl"), "cp1250"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
}
_LANGUAGE = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.IGNORECASE)

# What detection may answer: everything but the encodings that strict decoding or a mark settles.
_GUESSES = [*_ALPHABETS, *(n for n in _OTHER if not n.startswith(("utf", "iso2022", "mac")))]

# So many continuation bytes, all in their right places, do not happen by chance: a common GBK
# character is valid UTF-8 in one of five cases (lead byte C2-D7, trail byte A1-BF), so eight of
# them are in one of 400 000.
_SURELY_UTF_8 = 8

# More of the non-ASCII bytes than this refused: the encoding is wrong, not a byte damaged.
_BADLY = 0.1

_FIRST_OF_MARKS = (b"\xef", b"\xfe", b"\xff", b"\0")

# Detection takes 10 to 100 ms on so many bytes; more of them seldom change its mind.
_SAMPLE = 8_192
_RUN_OF_TEXT = re.compile(rb"[^<>\x80-\xff]{0,80}[\x80-\xff][^<>]{0,400}")


class Decoded(NamedTuple):
    """The text of a page, and how it was had."""

    text: str
    #: Python's name of the encoding.
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(body: bytes, *, encoding: str | None = None) -> Decoded:
    r"""Return the text that *body* means; any bytes have one.

    The order is that of the WHATWG standard: byte order mark, *encoding* (what the server's header
    said), ``<meta charset>`` in the first 4 KiB, detection; labels mean what they mean to browsers
    (``latin-1`` is windows-1252). One thing goes before: a page that is UTF-8 throughout is UTF-8,
    whatever it says. NULs are dropped. A warning tells of every U+FFFD.

    >>> decode(b"<meta charset=latin-1>caf\xe9").text
    '<meta charset=latin-1>café'
    >>> decode("<meta charset=latin-1>Überprüfung".encode()).encoding
    'utf-8'
    """
    if body[:1] in _FIRST_OF_MARKS:
        name, mark = read_bom(body)
        if name is not None and mark is not None:
            return _replace(body[len(mark) :], name)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _decode_other(body, encoding)
    # A character of n bytes leaves n - 1 behind.
    extra = len(body) - len(text)
    if (extra or b"\x1b" in body or b"\0" in body[:2]) and extra < _SURELY_UTF_8:
        return _decode_doubtful(body, text, encoding)
    return _clean(text, "utf-8")


def _decode_doubtful(body: bytes, text: str, encoding: str | None) -> Decoded:
    """Decode what is valid UTF-8 and may be something else all the same."""
    name = _utf_16(body) or _from_header(encoding) or _from_page(body)
    # Two letters in a row such as "Ã©" are no word in any Latin encoding.
    if name is None or name == "utf-8" or name in _LATIN:
        return _clean(text, "utf-8")
    try:
        return _clean(body.decode(name), name)
    except UnicodeDecodeError:
        return _clean(text, "utf-8")


def _decode_other(body: bytes, encoding: str | None) -> Decoded:
    """Decode what is not UTF-8 throughout: as declared, else with damage, else as detected."""
    tried = []
    for name in (_utf_16(body), _from_header(encoding), _from_page(body), "utf-8"):
        if name is not None:
            decoded = _replace(body, name)
            if not _fails_badly(decoded, body):
                return decoded
            tried.append(decoded)
    tried.append(_replace(body, _detect(body)))
    return min(tried, key=lambda one: one.text.count("\ufffd"))


def _from_header(encoding: str | None) -> str | None:
    name = _resolve(encoding) if encoding else None
    return "utf-16-le" if name == "utf-16" else name


def _from_page(body: bytes) -> str | None:
    """Return what ``<meta charset>`` or an XML declaration says."""
    name = html_body_declared_encoding(body[:4096])
    if name is None or name not in _KNOWN:
        return None
    # It was read as ASCII, so it cannot be UTF-16 (WHATWG, prescan, step "if charset is UTF-16").
    return "utf-8" if name.startswith("utf-16") else name


def _resolve(label: str) -> str | None:
    label = label.strip(" \t\r\n\f\"'").lower()
    name = resolve_encoding(label)
    if name is None and label.startswith("x-"):
        name = resolve_encoding(label[2:])
    return name if name in _KNOWN else None


def _utf_16(body: bytes) -> str | None:
    """Return the kind of UTF-16 that a page without a mark is in: every second byte is NUL."""
    head = body[:64]
    if len(head) < 4 or head.count(0) * 3 < len(head):
        return None
    if not any(head[::2]):
        return "utf-16-be"
    return None if any(head[1::2]) else "utf-16-le"


def _detect(body: bytes) -> str:
    """Return the likeliest encoding, judged by a bounded sample of the text that is not ASCII."""
    runs, size = [], 0
    for match in _RUN_OF_TEXT.finditer(body):
        runs.append(match[0])
        size += len(match[0])
        if size >= _SAMPLE:
            break
    sample = b"\n".join(runs)
    best = from_bytes(sample, cp_isolation=_GUESSES, preemptive_behaviour=False).best()
    name = _resolve(best.encoding) if best is not None else None
    return _detect_latin(sample, body[:4096]) if name is None or name in _LATIN else name


def _detect_latin(sample: bytes, head: bytes) -> str:
    """Return which of the Latin encodings it is, windows-1252 where nothing tells."""
    order = list(_ALPHABETS)
    if match := _LANGUAGE.search(head):
        order.insert(0, _BY_LANGUAGE.get(match[1].decode().lower(), "cp1252"))
    for name in order:
        marks = [c for c in to_unicode(sample, name).lower() if c > "\x7f"]
        fitting = sum(c in _ALPHABETS[name] or c in _MARKS_OF_PROSE for c in marks)
        if fitting >= _NEARLY_ALL * len(marks):
            return name
    return "cp1252"


def _replace(body: bytes, name: str) -> Decoded:
    """Decode with U+FFFD for what does not fit."""
    return _clean(to_unicode(body, name), name, "could not be read as " + name)


def _fails_badly(decoded: Decoded, body: bytes) -> bool:
    damaged = decoded.text.count("\ufffd")
    if not damaged:
        return False
    high = len(body) - len(body.decode("ascii", "ignore"))
    return damaged > _BADLY * high


def _clean(text: str, name: str, fault: str = "had been lost before the page was made") -> Decoded:
    if "\0" in text:
        text = text.replace("\0", "")
    count = text.count("\ufffd")
    if not count:
        return Decoded(text, name)
    characters = "1 character" if count == 1 else f"{count} characters"
    return Decoded(text, name, (f"{characters} {fault}: shown as \ufffd",))
