"""In front of Prefect's server: who may ask it anything at all, before Prefect looks at a request.

Any page in the user's browser can send requests to loopback, and Prefect's API runs code for whoever may use it.
Prefect asks for the password; this keeps out what a browser sends for a page of somebody else, whatever comes with it.
What a browser says about where a request comes from (``Origin``, ``Sec-Fetch-Site``) no page can change:
https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any

from sftrm_quality.words import say

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# A page of another origin can send neither without a preflight, which is refused. Authorization is not among them: a
# browser adds a password that it knows by itself.
_HEADERS_OF_CLIENTS = (b"x-prefect-api-version", b"x-prefect-ui")
_POLICY = "; ".join(
    (
        "default-src 'self'",
        # The graph of a run is drawn by a library (pixi.js) that makes its shaders with it.
        "script-src 'self' 'unsafe-eval'",
        # The newer of Prefect's two UIs fetches a configuration from an analytics company with every page.
        "connect-src 'self'",
        # An address in a text must not be fetched because somebody looks at that text.
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ADDED = (
    # A page that brings its own keeps that one.
    (b"content-security-policy", _POLICY.encode()),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
_REPLACED = {name for name, _ in _ADDED[1:]}
_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Guard:
    """An ASGI application that lets through to another one what comes from its own pages and from no page at all.

    Args:
        app: Prefect's.
        origins: How a request may call the server in its Host header, and the origin of the pages called so.
    """

    def __init__(self, app: App, origins: Mapping[str, str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal:
                await receive()
                # Before it is accepted: the browser sees a 403 and no connection.
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            else:
                await self._app(self._as_asked(scope), receive, send)
        elif refusal:
            await _refuse(send, *refusal)
        else:
            await self._app(self._as_asked(scope), receive, _adding_headers(send))

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        ours = self._origin(scope)
        if ours is None:
            # Without those that are declared: whoever asks under a wrong name need not know them.
            return (
                HTTPStatus.MISDIRECTED_REQUEST,
                say("This server has no such name; sftrm serve --allowed-host declares one."),
            )
        if any(origin.lower() != ours for origin in _values(scope, b"origin")):
            return HTTPStatus.FORBIDDEN, say("A page of another origin than {ours} may ask nothing here.", ours=ours)
        sites = _values(scope, b"sec-fetch-site")
        if any(site not in ("same-origin", "none") for site in sites) and not _is_link_to_a_page(scope):
            return HTTPStatus.FORBIDDEN, say("A page of another site may ask nothing here.")
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not _is_of_a_client(scope):
            return (
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                say("Send Content-Type: application/json, which no page of another origin can without asking."),
            )
        return None

    def _origin(self, scope: Scope) -> str | None:
        hosts = _values(scope, b"host")
        return self._origins.get(hosts[0].lower()) if len(hosts) == 1 else None

    def _as_asked(self, scope: Scope) -> Scope:
        """Redirects lead to where the page is, also behind a proxy that speaks HTTPS for us."""
        if (self._origin(scope) or "").startswith("https://"):
            return {**scope, "scheme": "https" if scope["type"] == "http" else "wss"}
        return scope


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for header, value in scope["headers"] if header == name]


def _is_link_to_a_page(scope: Scope) -> bool:
    """Somebody follows a link from elsewhere, a message for instance, to a page: it opens in a window of its own."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and not scope["path"].startswith("/api")
        and _values(scope, b"sec-fetch-mode") == ["navigate"]
        and _values(scope, b"sec-fetch-dest") == ["document"]
    )


def _is_of_a_client(scope: Scope) -> bool:
    types = [value.partition(";")[0].strip().lower() for value in _values(scope, b"content-type")]
    return types == ["application/json"] or any(_values(scope, name) for name in _HEADERS_OF_CLIENTS)


async def _refuse(send: Send, status: HTTPStatus, why: str) -> None:
    body = f"{status} {status.phrase}\n{why}\n".encode()
    about = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    # The body of the request is not read: what follows on this connection must not be taken for the next one.
    headers = [*about, *_ADDED, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _adding_headers(send: Send) -> Send:
    """Our headers instead of the same of Prefect's, and none that lets a page of another origin read an answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message.get("headers", [])
                if name.lower() not in _REPLACED and not name.lower().startswith(b"access-control-")
            ]
            own_policy = any(name.lower() == _ADDED[0][0] for name, _ in kept)
            message = {**message, "headers": [*kept, *_ADDED[own_policy:]]}
        await send(message)

    return send_with_headers
