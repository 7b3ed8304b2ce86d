"""Signing in without typing: a link that `sftrm serve` prints, which works once, gives a browser the password.

The code of the link is behind its ``#``, which browsers send nowhere; a script of the page hands it over. The browser
keeps the password where Prefect's own pages look for it, and only a script sends it: a cookie would go to every port
of this machine, whoever listens there.
"""

import base64
import hashlib
import hmac
import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from flows.server.guard import Receive, Scope, Send
from sftrm_quality.words import say

_LONGEST = 1000
_SCRIPT = """
const code = location.hash.slice(1), said = document.querySelector("p");
history.replaceState(null, "", location.pathname);
fetch(location.pathname, {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({code}),
}).then(async answer => {
  if (!answer.ok) throw new Error();
  localStorage.setItem("prefect-password", (await answer.json()).password);
  location.replace("/v2/deployments");
}).catch(() => { said.hidden = false; });
"""
_STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; padding: 0 1rem;
color-scheme: light dark }"""
_POLICY = (
    f"default-src 'none'; script-src 'sha256-{base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()}'; "
    "style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _page() -> str:
    title, no_script = say("Sign in"), say("Prefect’s pages need JavaScript.")
    used = say(
        "This link has been used, or the service was started again since. Use the link that <code>sftrm serve</code> "
        'printed last, or go to <a href="/v2/deployments">the login page</a> and enter the password: it is in the file '
        "that the service names when it starts."
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>{_STYLE}</style>
<h1>{title}</h1>
<noscript>{no_script}</noscript>
<p hidden>{used}</p>
<script>{_SCRIPT}</script>
</html>
"""


class SignIn:
    """The page, and the exchange of its code for the password. An ASGI application for ``/sign-in``.

    Args:
        code: What the link has; it works once.
        password: Prefect's auth string.
    """

    def __init__(self, code: str, password: str) -> None:
        self._code: str | None = code
        self._password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer: Response
        if request.method in ("GET", "HEAD"):
            answer = HTMLResponse(_page(), headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})
        elif request.method == "POST":
            answer = await self._exchange(request)
        else:
            answer = Response(status_code=405, headers={"Allow": "GET, HEAD, POST"})
        await answer(scope, receive, send)

    async def _exchange(self, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST:
                return Response(status_code=413)
        try:
            given = json.loads(body)["code"]
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        if self._code is None or not hmac.compare_digest(str(given).encode(), self._code.encode()):
            return Response(status_code=403)
        self._code = None
        # As Prefect's pages keep it.
        kept = base64.b64encode(self._password.encode()).decode()
        return JSONResponse({"password": kept}, headers={"Cache-Control": "no-store"})
