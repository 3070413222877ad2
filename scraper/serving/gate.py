"""Who is let in: a browser on this computer that knows the secret in the address.

Any page that is open in the same browser may send requests here, and any name may be made to mean
this computer (DNS rebinding). So a request needs the secret in its path and this very host in its
``Host``, and must not come from a page of another origin. Answers have a strict policy.
"""

from __future__ import annotations

import secrets
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Gate"]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # With "no-referrer" a browser would call the origin of its own forms null.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
_SITES = frozenset({"same-origin", "none"})


class Gate:
    """Passes on to *app* what may come in, and locks up what goes out."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)

        async def locked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        await (refusal or self._app)(scope, receive, locked)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse("not a host of this server\n", status_code=421)
        if not self._knows_secret(scope):
            return PlainTextResponse("not found\n", status_code=404)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if scope["method"] not in ("GET", "HEAD") and not (
            (origin is None or origin in {f"http://{one}" for one in self._hosts})
            and (site is None or site in _SITES)
        ):
            return PlainTextResponse("sent by a page of another origin\n", status_code=403)
        return None

    def _knows_secret(self, scope: Any) -> bool:
        word = scope["path"].lstrip("/").partition("/")[0]
        return secrets.compare_digest(word.encode(), self._token.encode())
