"""What stands in tests for parts that need processes of their own."""

from __future__ import annotations

from collections.abc import Callable

from scraper.models import Listing


class ParserHere:
    """Stands for the pool of processes: parses in this one, with *parse*."""

    def __init__(self, parse: Callable[..., Listing]) -> None:
        self.parse = parse

    def __enter__(self) -> ParserHere:
        return self

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None: ...

    def close(self) -> None: ...
