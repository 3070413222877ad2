"""One page in one browser: started for it, kept in bounds, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import msgspec

from scraper.errors import FetchError, PolicyError, TooSlowError
from scraper.fetchers.browser import RenderingRules
from scraper.fetchers.browser_proxy import JudgingProxy
from scraper.fetchers.errands import Errands
from scraper.fetchers.limits import MOST_BYTES, too_large
from scraper.fetchers.web_address import read_address
from scraper.models import Page, Source
from scraper.urls import is_address, without_secrets

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Request
    from playwright.async_api import Page as View
    from playwright.async_api import Route as Admission

__all__ = ["render"]

_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but the proxy is ever dialled, not even this machine, and no name is looked up.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--js-flags=--max-old-space-size=512",
)
_UNWANTED = frozenset({"image", "media", "font", "texttrack", "manifest", "ping"})
# What may go on for ever, and brings no list.
_ENDLESS = _UNWANTED | {"websocket", "eventsource"}
#: Headers of the answer that do not hold for what is made of it.
_STALE = frozenset(
    {"connection", "content-disposition", "content-encoding", "content-length"}
    | {"transfer-encoding", "refresh"}
)
# For all that a page loads: a page of 4 MiB of script is large.
_MOST_LOADED = 64 * 1024 * 1024
# A page is finished when nothing was loading and no element came or went for so long.
_QUIET_S = 1.0
_LOOK_S = 0.1
_STATE = "[location.href, document.readyState, document.getElementsByTagName('*').length]"
# What is kept of the deadline for reading the page.
_READ_S = 1.0
_CLOSE_S = 3.0
# High, so that what is loaded when it comes into view is.
_VIEWPORT_WIDTH, _VIEWPORT_HEIGHT = 1_280, 4_000


def render(page: Page, source: Source, *, executable: str, rules: RenderingRules) -> Page:
    """Return *page* as its scripts make it in the browser at *executable*; raise FetchError."""
    return _run(_render(page, source, executable, rules))


def _run(rendering: Coroutine[None, None, Page]) -> Page:
    """Return what *rendering* does, in this thread unless an event loop runs in it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(rendering)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, rendering).result()


async def _render(page: Page, source: Source, executable: str, rules: RenderingRules) -> Page:
    from playwright.async_api import Error

    end = time.monotonic() + rules.whole_s
    try:
        async with AsyncExitStack() as stack, asyncio.timeout(rules.whole_s):
            proxy = await stack.enter_async_context(_make_proxy(source, rules))
            browser = await _start(stack, executable, proxy.url)
            context = await _make_context(browser, source.language, rules)
            return await _Rendering(page, source.name, proxy).make(context, end)
    except TimeoutError:
        message = f"its scripts did not come to an end within {rules.whole_s:g} s"
        raise TooSlowError(source.name, message, advice="raise --timeout") from None
    except Error as error:
        # Its message goes on for lines, and may hold addresses.
        cause = without_secrets(str(error).partition("\n")[0])[:200]
        message = f"the browser gave up: {cause}"
        raise FetchError(source.name, message, advice="try again without --render") from None


def _make_proxy(source: Source, rules: RenderingRules) -> JudgingProxy:
    errand = Errands().begin(source, read_address(source.url or "", subject=source.name))
    return JudgingProxy(
        lambda address: rules.router.route(errand, address, timeout_s=rules.connect_s),
        connect_s=rules.connect_s,
        idle_s=rules.idle_s,
        most_bytes=_MOST_LOADED,
    )


async def _start(stack: AsyncExitStack, executable: str, proxy: str) -> Browser:
    from playwright.async_api import async_playwright

    playwright = await stack.enter_async_context(async_playwright())
    browser = await playwright.chromium.launch(
        executable_path=executable,
        # Chromium refuses to be root inside its own sandbox.
        chromium_sandbox=os.geteuid() != 0,
        args=[*_FLAGS, f"--proxy-server={proxy}"],
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )
    stack.push_async_callback(_close, browser)
    return browser


async def _make_context(
    browser: Browser, language: str | None, rules: RenderingRules
) -> BrowserContext:
    major = browser.version.partition(".")[0]
    return await browser.new_context(
        accept_downloads=False,
        ignore_https_errors=rules.insecure,
        locale=language or "en",
        service_workers="block",
        # As the robots of search engines put it that run scripts, too.
        user_agent="Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
        f"{rules.agent}) Chrome/{major}.0.0.0 Safari/537.36",
        viewport={"width": _VIEWPORT_WIDTH, "height": _VIEWPORT_HEIGHT},
    )


class _Rendering:
    """One page in one browser."""

    def __init__(self, page: Page, subject: str, proxy: JudgingProxy) -> None:
        self._page = page
        self._subject = subject
        self._proxy = proxy
        self._asked = False
        self._loading: set[Request] = set()

    async def make(self, context: BrowserContext, end: float) -> Page:
        """Return the page as its scripts have made it when it rests, or at *end*."""
        context.on("request", self._begin)
        context.on("requestfinished", self._end)
        context.on("requestfailed", self._end)
        await context.route("**/*", self._admit)
        view = await context.new_page()
        context.on("page", _close_window)
        url = self._page.url or ""
        await view.goto(url, wait_until="commit", timeout=0)
        rested = await self._rest(view, end - _READ_S)
        size = await view.evaluate("document.documentElement.outerHTML.length")
        if not isinstance(size, int | float) or size > MOST_BYTES:
            raise too_large(self._subject)
        body = (await view.content()).encode("utf-8", "replace")
        if len(body) > MOST_BYTES:
            raise too_large(self._subject)
        return msgspec.structs.replace(
            self._page,
            url=without_secrets(view.url) if is_address(view.url) else url,
            body=body,
            encoding="utf-8",
            headers=self._headers() | {"content-type": "text/html; charset=utf-8"},
            complete=self._page.complete and rested and not self._proxy.spent,
        )

    async def _rest(self, view: View, end: float) -> bool:
        """Wait until the page is at rest; tell whether it is by *end*."""
        from playwright.async_api import Error

        before: object = None
        since = time.monotonic()
        while (now := time.monotonic()) < end:
            try:
                state = await view.evaluate(_STATE)
            except Error:  # It went on to another page meanwhile, or the browser has gone.
                if view.is_closed():
                    raise
                state = None
            if state is None or state != before or self._loading:
                before, since = state, now
            elif now - since >= _QUIET_S:
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    def _begin(self, request: Request) -> None:
        if request.resource_type not in _ENDLESS:
            self._loading.add(request)

    def _end(self, request: Request) -> None:
        self._loading.discard(request)

    async def _admit(self, admission: Admission) -> None:
        """Let a request of the page through, or not."""
        from playwright.async_api import Error

        request = admission.request
        with contextlib.suppress(Error):  # The page may have lost its interest.
            if not self._asked and request.is_navigation_request():
                self._asked = True
                body, headers = self._page.body, self._headers()
                await admission.fulfill(status=200, headers=headers, body=body)
            elif request.resource_type in _UNWANTED or not await self._may(request.url):
                await admission.abort("blockedbyclient")
            else:
                await admission.continue_()

    async def _may(self, url: str) -> bool:
        try:
            await self._proxy.route(read_address(url, subject=self._subject))
        except (PolicyError, OSError):
            return False
        return True

    def _headers(self) -> dict[str, str]:
        kept = {name: value for name, value in self._page.headers.items() if name not in _STALE}
        kind = f"text/html; charset={self._page.encoding}" if self._page.encoding else "text/html"
        return {"content-type": kind} | kept


def _close_window(view: View) -> None:
    closing = asyncio.ensure_future(view.close())
    # Kept until it has ended, whatever comes of it.
    closing.add_done_callback(lambda task: task.cancelled() or task.exception())


async def _close(browser: Browser) -> None:
    """Close a browser that may hang: who started it ends it otherwise, a moment later."""
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        await asyncio.wait_for(browser.close(), _CLOSE_S)
