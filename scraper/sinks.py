"""Where the records of a run go: files, a webhook, standard output, or the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from scraper.errors import ExportError
from scraper.exporters import Output
from scraper.exporters.texts_file import TextsFile
from scraper.models import Article, Item
from scraper.outbox import Outbox, is_timed
from scraper.reporting import show_table
from scraper.webhook import Webhook

__all__ = ["Sinks"]


class Sinks:
    """Writes the records of a run to *outputs* and *webhook*; without any, to the screen.

    Files that each run has of its own go through *outbox*; with *deferred* it is the state that
    names them. With *only_new* there is none where nothing is new. The full texts of articles go to
    *texts*.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        *,
        outbox: Outbox,
        texts: TextsFile | None = None,
        webhook: Webhook | None = None,
        deferred: bool = False,
        only_new: bool = False,
    ) -> None:
        self._outputs = outputs
        self._outbox = outbox
        self._texts = texts
        self._webhook = webhook
        #: The entries' own pages, with their texts.
        self.articles: Sequence[Article] = ()
        self._deferred = deferred
        self._only_new = only_new
        #: Files that the state is still to name.
        self._unnamed: set[str] = set()

    def hurry(self) -> None:
        """Have nothing take long any more: somebody wants the run to end."""
        self._outbox.hurried = True
        if self._webhook is not None:
            self._webhook.hurry()

    def write(self, items: Sequence[Item] | None) -> tuple[list[ExportError], list[str] | None]:
        """Write *items*, None where no source worked; return what failed and what was written."""
        if items is None:
            return [], []
        if self._texts is not None:
            try:
                self._texts.write(items, self.articles)
            except ExportError as error:
                return [error], []
        if not self._outputs and self._webhook is None:
            if items or not self._only_new:
                show_table(items)
            return [], None
        faults: list[ExportError] = []
        places: list[str] = [] if self._texts is None else [str(self._texts.path)]
        for step in self._steps(faults):
            try:
                place = step(items)
            except ExportError as error:
                faults.append(error)
            else:
                places += [place] if place is not None else []
        if faults:
            places = [place for place in places if place not in self._unnamed]
        return faults, places

    def _steps(self, faults: list[ExportError]) -> list[Callable[[Sequence[Item]], str | None]]:
        """Return what is to be done, what cannot be taken back last: it may have to be repeated."""
        files = [partial(self._write_file, one) for one in self._outputs if one.path is not None]
        streams = [partial(self._write_stream, one) for one in self._outputs if one.path is None]
        return [*files, partial(self._post, faults), *streams]

    def _write_file(self, output: Output, items: Sequence[Item]) -> str | None:
        if output.path is None or not is_timed(output.path):
            output.write(items)
            return output.name
        if self._only_new and not items:
            return None
        file = self._outbox.hold(output.path)
        try:
            output.exporter.write(items, Path(file.hidden))
        except ExportError as error:
            error.subject = output.name
            raise
        except BaseException:  # an interrupt
            self._outbox.discard()
            raise
        name = str(output.path.with_name(file.name.name))
        if self._deferred:
            self._unnamed.add(name)
        else:
            self._outbox.publish()
        return name

    def _write_stream(self, output: Output, items: Sequence[Item]) -> str:
        output.write(items)
        return "standard output"

    def _post(self, faults: list[ExportError], items: Sequence[Item]) -> str | None:
        # Where a file could not be written, all of it comes again.
        if self._webhook is None or not items or faults:
            return None
        self._webhook.send(items)
        return self._webhook.name
