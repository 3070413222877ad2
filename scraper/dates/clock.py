"""Times of day, next to a date or alone."""

from __future__ import annotations

import re
from functools import cache

from scraper.dates.reading import Clock, Reading
from scraper.dates.vocabulary import find_word

__all__ = ["clock_after", "clock_alone", "clock_before"]

#: Minutes ahead of UTC of names that mean one zone only (``IST``, ``CST`` and ``BST`` mean three).
ZONES: dict[str, int] = {
    "z": 0, "gmt": 0, "utc": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "est": -300, "edt": -240,
    "cdt": -300, "mdt": -360, "pst": -480, "pdt": -420, "wib": 420, "wita": 480, "wit": 540,
    "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "pkt": 300, "npt": 345, "aest": 600,
    "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip

_BEGIN = (
    r"\.?[\s,;|•·/()\[\]–—-]{0,9}+"
    r"(?:(?:at|@|t|um|à|às|as|alle|alle ore|ore|kl\.?|klo|a las|las|om|o|ob|v|u|la|ora|de|الساعة|"
    r"godz\.?|в|о|у|kell|saat|στις|lúc|pukul|jam|kl|og|г\.|г|года|г\. в|р\.|р\. о)\s?)?"
    r"[\s,|–-]{0,9}+"
)
_TIME = (
    r"(?P<pre>[^\W\d_]{2,4}[·.]?\s?)?(?P<hour>\d{1,2})"
    r"(?:(?:[:.：]|\s?h)\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?![.:/-]?\d)"
    r"|\s?[時时點点시](?![間间])\s?(?:(?P<minute2>\d{1,2})\s?[分분])?"
    r"|(?P<bare>h(?![a-z])|(?=\s?[ap]\.?\s?m\b)))"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"(?:\s?(?:uhr|h|hrs|год\.?|val\.?)(?![^\W\d_]))?"
    r"(?:\s?\(?(?P<zone>(?:gmt|utc)?\s?[+−-]\d{1,2}:?(?:\d{2})?(?!\d)|[^\W\d_]{3,4}(?![^\W\d_])"
    r"|z(?![^\W\d_]))\)?)?"
)
_BEFORE = (
    r"(?<![\d:.])(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?([ap])\.?m\.?)?"
    r"[\s,;|•·)–—-]*(?:uhr\s?)?[\s,;|•·)–—-]*$"
)
_AFTER = _BEGIN + _TIME
_ALONE = r"\s*+" + _TIME + r"\s*$"
# ``10:30:00 pm (GMT+02:00)``
_LONGEST_ALONE = 24
_SAYS_TIME = re.compile(r"uhr|kl|[ap]\.?m", re.IGNORECASE)
_OFFSET = re.compile(r"(?:gmt|utc)?\s?([+−-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern, compiled when first needed."""
    return re.compile(pattern, re.IGNORECASE)


def clock_after(text: str, at: int) -> tuple[Clock, int] | None:
    """Return the time of day that follows *at* in *text*, and where it ends."""
    match = _compiled(_AFTER).match(text, at)
    return _read_match(match) if match else None


def clock_alone(text: str) -> Reading | None:
    """Return the time of day that is all of *text*.

    >>> clock_alone("10:30 pm").clock
    Clock(hour=22, minute=30, second=0, offset_min=None)
    """
    match = _compiled(_ALONE).match(text) if len(text) <= _LONGEST_ALONE else None
    if match is None or match["bare"] == "h":
        return None
    if text[match.end("hour")] == "." and not _SAYS_TIME.search(text):
        # A price or a version is written like that too.
        return None
    found = _read_match(match)
    start = len(text) - len(text.lstrip())
    return Reading("time", start, found[1], clock=found[0]) if found is not None else None


def clock_before(text: str, at: int) -> tuple[Clock, int] | None:
    """Return the time of day right before *at* in *text*, and where it begins."""
    match = _compiled(_BEFORE).search(text, max(0, at - 24), at)
    if match is None:
        return None
    hour, minute, second = (int(g) if g else 0 for g in match.group(1, 2, 3))
    clock = _checked(hour, minute, second, match[4], None)
    return (clock, match.start()) if clock else None


def _read_match(match: re.Match[str]) -> tuple[Clock, int] | None:
    end = match.end()
    half = match["half"]
    prefix = (match["pre"] or "").strip(" .·").lower()
    if prefix:
        word = find_word(prefix)
        if word is None or word.letter not in "aA":
            return None
        if word.letter == "a":
            half = "ap"[word.value or 0]
    offset = None
    if match["zone"]:
        offset = _read_zone(match["zone"])
        if offset is None:
            end = match.start("zone")
            end = len(match.string[:end].rstrip(" ("))
    minute = match["minute"] or match["minute2"] or 0
    clock = _checked(int(match["hour"]), int(minute), int(match["second"] or 0), half, offset)
    return (clock, end) if clock else None


def _checked(
    hour: int, minute: int, second: int, half: str | None, offset: int | None
) -> Clock | None:
    if half:
        if not 0 <= hour <= 12:
            return Clock(hour, minute, second, offset) if hour < 24 and minute < 60 else None
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return Clock(hour, minute, min(second, 59), offset)


def _read_zone(name: str) -> int | None:
    match = _OFFSET.match(name)
    if match is None:
        return ZONES.get(name.lower())
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 14 * 60:
        return None
    return minutes if match[1] == "+" else -minutes
