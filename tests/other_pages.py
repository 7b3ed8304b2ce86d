"""Pages of somebody else, in a real browser, that try to use a server of ours: every way to ask without being asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What a page can do, by name: each gives what it could read, or a word for being refused. Those that send make a flow
# of their own name, so that somebody can look afterwards what came through.
ATTACKS = """
async (base) => {
  const found = {}, refused = "refused", body = name => JSON.stringify({name: `evil-${name}`});
  const attempt = async (name, action) => { try { found[name] = await action(); } catch { found[name] = refused; } };
  const seen = async answer => answer.type === "opaque" ? "opaque" : answer.ok ? await answer.text() : refused;
  const reads = ["/api/health", "/api/admin/version", "/ui-settings", "/", "/sign-in", "/api/csrf-token?client=x"];
  for (const path of reads)
    for (const mode of ["cors", "no-cors"])
      await attempt(`read ${path} ${mode}`, async () => seen(await fetch(base + path, {mode})));
  for (const [tag, path] of [["img", "/ico/favicon-32x32.png"], ["script", "/ui-settings"], ["link", "/api/health"]])
    await attempt(`element ${tag}`, () => new Promise((loaded, failed) => {
      const element = document.createElement(tag);
      if (tag === "link") { element.rel = "stylesheet"; element.href = base + path; } else element.src = base + path;
      element.onload = () => loaded("loaded"); element.onerror = failed;
      document.body.append(element);
    }));
  const form = name => { const data = new URLSearchParams(); data.set(body(name), ""); return data; };
  const parts = name => { const data = new FormData(); data.set("name", `evil-${name}`); return data; };
  const bodies = {
    text: body,
    blob: name => new Blob([body(name)]),
    "json blob": name => new Blob([body(name)], {type: "application/json"}),
    buffer: name => new TextEncoder().encode(body(name)).buffer,
    urlencoded: form,
    multipart: parts,
  };
  for (const [kind, made] of Object.entries(bodies)) {
    for (const mode of ["cors", "no-cors"])
      await attempt(`send ${kind} ${mode}`, async () =>
        seen(await fetch(`${base}/api/flows/`, {method: "POST", mode, body: made(`${kind}-${mode}`)})));
    await attempt(`beacon ${kind}`, async () =>
      navigator.sendBeacon(`${base}/api/flows/`, made(`beacon-${kind}`)) && "sent");
  }
  for (const [name, init] of Object.entries({
    json: {method: "POST", headers: {"Content-Type": "application/json"}, body: body("json")},
    header: {method: "POST", headers: {"X-Prefect-Api-Version": "0.8.4"}, body: body("header")},
    put: {method: "PUT", body: body("put")},
    delete: {method: "DELETE"},
  }))
    await attempt(`preflighted ${name}`, async () => seen(await fetch(`${base}/api/flows/`, init)));
  for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    await attempt(`form ${enctype}`, () => new Promise(sent => {
      const frame = document.createElement("iframe"), sender = document.createElement("form");
      frame.name = `target ${enctype}`;
      Object.assign(sender, {method: "POST", action: `${base}/api/flows/`, target: frame.name, enctype});
      const field = document.createElement("input");
      field.name = `{"name": "evil-form-${enctype}", "x": "`; field.value = '"}';
      sender.append(field); document.body.append(frame, sender);
      sender.submit(); setTimeout(() => sent("sent"), 300);
    }));
  const socket = base.replace("http", "ws");
  for (const path of ["/api/events/out", "/api/events/in", "/api/logs/out", "/api/task_runs/subscriptions/scheduled"])
    for (const protocol of [[], ["prefect"]])
      await attempt(`socket ${path} ${protocol}`, () => new Promise((opened, failed) => {
        const made = new WebSocket(socket + path, protocol);
        made.onopen = () => opened("opened"); made.onerror = failed;
      }));
  return found;
}
"""
# Of what these could read nobody learns anything: an answer that no script may look into, a message that is on its way.
NOTHING_LEARNT = {"refused", "opaque", "sent"}


class _Handler(BaseHTTPRequestHandler):
    page: str

    def do_GET(self) -> None:
        content = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def page_on_another_port(page: str) -> Iterator[int]:
    """Serve one page on loopback while the context lasts; its port."""
    handler = type("Handler", (_Handler,), {"page": page})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def in_a_sandbox(base: str) -> str:
    """A page whose sandboxed frame makes all the attempts and hands what it found to its parent."""
    script = f"({ATTACKS})({json.dumps(base)}).then(found => parent.postMessage(found, '*'))"
    frame = f"<body><script>{script}</script>".replace("&", "&amp;").replace('"', "&quot;")
    return f"""<!doctype html><meta charset="utf-8"><body>
<script>window.found = new Promise(done => onmessage = event => done(event.data));</script>
<iframe sandbox="allow-scripts allow-forms" srcdoc="{frame}"></iframe>"""
