"""Targets: what a user may name on the command line, as sources."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from scraper.errors import UsageError
from scraper.fetchers.archive import find_pages, is_archive
from scraper.fetchers.mail import is_mail
from scraper.fixtures import ARTICLE, LISTING
from scraper.models import Source
from scraper.seeds import load_seeds
from scraper.urls import is_address, without_secrets

__all__ = ["resolve_targets"]

_SUFFIXES = (".html", ".htm")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?].*)?", re.IGNORECASE)


def resolve_targets(
    targets: Sequence[str], *, seeds_folder: Path, url: str | None = None
) -> list[Source]:
    """Return the sources that *targets* name, in their order, each once; for none, all seeds.

    A target is, tried in this order: ``-`` (standard input), an address, a saved page, an archive
    or a folder of them, the name of a seed. The pages of an archive are a source each. *url* is the
    address of a saved page that does not say it, and so belongs to one page. Raises UsageError, in
    one line, for whatever is none of these.
    """
    sources = list(dict.fromkeys(_each_source(targets, seeds_folder)))
    if url is None:
        return sources
    if not is_address(url):
        raise UsageError(
            "--url",
            f'not an address: "{without_secrets(url)}"',
            advice="addresses begin with https:// or http://",
        )
    if len(sources) != 1:
        raise UsageError(
            "--url", f"names the address of one page, not of {len(sources)}", advice="name one page"
        )
    if sources[0].path is None or sources[0].place is not None:
        raise UsageError(
            "--url",
            f'belongs to a saved page, which "{sources[0].name}" is not',
            advice="leave it out",
        )
    return [msgspec.structs.replace(sources[0], url=url)]


def _each_source(targets: Sequence[str], seeds_folder: Path) -> Iterator[Source]:
    if not targets:
        yield from _all_seeds(seeds_folder)
    for target in targets:
        yield from _resolve(target, seeds_folder)


def _all_seeds(folder: Path) -> list[Source]:
    seeds = load_seeds(folder)
    if not seeds:
        raise UsageError(str(folder), "no seeds there", advice="name an address or a saved page")
    return seeds


def _resolve(target: str, seeds_folder: Path) -> list[Source]:
    if target == "-":
        return [Source(name="-", path="-")]
    if "://" in target:
        return [_address(target)]
    try:
        path = Path(target)
        if target and path.is_dir():
            return _saved_pages(path)
        # A pipe is no regular file, and can be read like one.
        if target and path.exists():
            return _file(path, target) or _refuse_empty(target)
    except (OSError, ValueError) as error:  # longer than a name may be; a NUL
        raise UsageError(target[:80], "cannot be read") from error
    return [_named_seed(target, seeds_folder)]


def _address(target: str) -> Source:
    shown = without_secrets(target)
    if not is_address(target):
        raise UsageError(shown, "not an address", advice="addresses begin with https:// or http://")
    return Source(name=shown, url=target)


def _saved_pages(folder: Path) -> list[Source]:
    sources = [source for path in _find_pages(folder) for source in _file(path, str(path))]
    if not sources:
        raise UsageError(str(folder), "no saved pages in it", advice="name a folder of .html files")
    return sources


def _file(path: Path, name: str) -> list[Source]:
    """Return the pages in the file at *path*: one, or those of an archive. Raises OSError."""
    if not (is_archive(name) and path.is_file()):
        return [Source(name=name, path=name)]
    return find_pages(path)


def _refuse_empty(name: str) -> list[Source]:
    raise UsageError(name, "no pages in it", advice="name an archive that holds some")


def _find_pages(folder: Path) -> Iterator[Path]:
    """Yield the saved pages in *folder* and below it, in the order of their names."""
    entries = sorted(folder.iterdir())
    if folder / LISTING in entries and folder / "meta.toml" in entries:
        yield folder / "page.html"
    elif not (folder / ARTICLE in entries and folder / "meta.toml" in entries):
        # The page of an entry was kept to be followed to.
        yield from (path for path in entries if _is_page(path) and path.is_file())
    for path in entries:
        if path.is_dir() and not path.is_symlink() and not _is_attachment(path):
            yield from _find_pages(path)


def _is_page(path: Path) -> bool:
    name = path.name
    return path.suffix.lower() in _SUFFIXES or is_archive(name) or is_mail(name)


def _is_attachment(folder: Path) -> bool:
    """Tell whether *folder* is hidden, or what a browser saved along with a page, frames too."""
    page = folder.name.removesuffix("_files")
    saved_along = page != folder.name and any(
        folder.with_name(page + suffix).exists() for suffix in _SUFFIXES
    )
    return folder.name.startswith(".") or saved_along


def _named_seed(target: str, seeds_folder: Path) -> Source:
    seeds = {source.name: source for source in load_seeds(seeds_folder)}
    if target in seeds:
        return seeds[target]
    # Nothing to be found at a path is another mistake than a mistyped name.
    if _BARE_HOST.fullmatch(target) and not target.lower().endswith(_SUFFIXES):
        raise UsageError(target, "no such seed or file", advice=f'write "https://{target}"')
    if "/" in target or target.lower().endswith(_SUFFIXES):
        raise UsageError(target, "no such file or folder", advice=_near_files(target))
    raise UsageError(target or '""', "no such seed or file", advice=_near_seeds(target, seeds))


def _near_seeds(target: str, seeds: dict[str, Source]) -> str:
    folded = {name.casefold(): name for name in seeds}
    near = [folded[name] for name in difflib.get_close_matches(target.casefold(), folded)]
    near += [name for name in seeds if target and target in name and name not in near]
    if near:
        return f"did you mean {_either(near[:3])}?"
    if not seeds:
        return "name an address or a saved page"
    more = f" and {len(seeds) - 8} more" if len(seeds) > 8 else ""
    return f"the seeds are {', '.join(list(seeds)[:8])}{more}"


def _near_files(target: str) -> str | None:
    folder = Path(target).parent
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    near = difflib.get_close_matches(Path(target).name, names)
    return f"did you mean {_either([str(folder / name) for name in near])}?" if near else None


def _either(names: list[str]) -> str:
    *first, last = (f'"{name}"' for name in names)
    return f"{', '.join(first)} or {last}" if first else last
