"""The HTTP of it: requests in, pages out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scraper import inspecting
from scraper.errors import ScrapeError
from scraper.fetchers.limits import MOST_BYTES
from scraper.serving.desk import Case, Desk
from scraper.serving.gate import Gate
from scraper.serving.views import show_case, show_start

__all__ = ["make_app"]

# A form holds an address, a headline or a seed.
_MOST_FORM = 256 * 1024
_STYLES = {
    "report.css": Path(inspecting.__file__).with_name("report.css"),
    "serve.css": Path(__file__).with_name("serve.css"),
    "serve.js": Path(__file__).with_name("serve.js"),
}
_KINDS = {".css": "text/css", ".js": "text/javascript"}


class _TooLargeError(Exception):
    """The body of a request is longer than it may be."""


def make_app(desk: Desk, *, token: str, port: int) -> ASGIApp:
    """Return the application, which answers on loopback *port* to who knows *token*."""
    pages = _Pages(desk, f"/{token}")
    routes = [
        Route("/{token}/", pages.start),
        Route("/{token}/open", pages.open_address, methods=["POST"]),
        Route("/{token}/file", pages.open_file, methods=["POST"]),
        Route("/{token}/case/{number:int}/", pages.case),
        Route("/{token}/case/{number:int}/learn", pages.learn, methods=["POST"]),
        Route("/{token}/case/{number:int}/try", pages.try_seed, methods=["POST"]),
        Route("/{token}/case/{number:int}/save", pages.save, methods=["POST"]),
        Route("/{token}/{name}", pages.asset),
    ]
    too_large = Response("too large\n", status_code=413, media_type="text/plain")
    handlers = {_TooLargeError: lambda *_: too_large}
    return Gate(Starlette(routes=routes, exception_handlers=handlers), token=token, port=port)


class _Pages:
    """Answers; *base* is the path with the secret that all addresses begin with."""

    def __init__(self, desk: Desk, base: str) -> None:
        self._desk = desk
        self._base = base

    async def start(self, _: Request) -> Response:
        return HTMLResponse(show_start(self._base))

    async def asset(self, request: Request) -> Response:
        path = _STYLES.get(request.path_params["name"])
        if path is None:
            return Response("not found\n", status_code=404, media_type="text/plain")
        return Response(path.read_bytes(), media_type=_KINDS[path.suffix])

    async def open_address(self, request: Request) -> Response:
        url = (await _read_form(request)).get("url", "")
        try:
            case = await run_in_threadpool(self._desk.open_address, url)
        except ScrapeError as error:
            return HTMLResponse(show_start(self._base, error=error, url=url), status_code=422)
        return self._show(case)

    async def open_file(self, request: Request) -> Response:
        body = await _read_body(request, MOST_BYTES)
        known = request.query_params
        try:
            case = await run_in_threadpool(
                self._desk.open_body, body, name=known.get("name", "page"), url=known.get("url")
            )
        except ScrapeError as error:
            return JSONResponse({"fault": str(error)}, status_code=422)
        return JSONResponse({"place": self._place(case)})

    async def case(self, request: Request) -> Response:
        case = self._desk.find(request.path_params["number"])
        if case is None:
            return RedirectResponse(f"{self._base}/", status_code=303)
        return HTMLResponse(show_case(self._base, case))

    async def learn(self, request: Request) -> Response:
        form = await _read_form(request)
        return await self._change(
            request, lambda case: self._desk.learn(case, form.get("title", ""))
        )

    async def try_seed(self, request: Request) -> Response:
        text = await _read_seed(request)
        return await self._change(request, lambda case: self._desk.try_seed(case, text))

    async def save(self, request: Request) -> Response:
        form = await _read_form(request)
        text, overwrite = _lines(form.get("seed", "")), "overwrite" in form
        return await self._change(
            request, lambda case: self._desk.save(case, text, overwrite=overwrite)
        )

    async def _change(self, request: Request, change: Callable[[Case], Case]) -> Response:
        case = self._desk.find(request.path_params["number"])
        if case is None:
            return RedirectResponse(f"{self._base}/", status_code=303)
        return self._show(await run_in_threadpool(change, case))

    def _show(self, case: Case) -> Response:
        return RedirectResponse(self._place(case), status_code=303)

    def _place(self, case: Case) -> str:
        return f"{self._base}/case/{case.number}/"


async def _read_seed(request: Request) -> str:
    return _lines((await _read_form(request)).get("seed", ""))


def _lines(text: str) -> str:
    """Return the *text* of a form, which has the line ends of another system."""
    return text.replace("\r\n", "\n")


async def _read_form(request: Request) -> dict[str, str]:
    body = await _read_body(request, _MOST_FORM)
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[-1] for name, values in fields.items()}


async def _read_body(request: Request, most: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise _TooLargeError
        pieces.append(piece)
    return b"".join(pieces)
