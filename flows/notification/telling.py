"""Telling people that a run was held, failed, has new findings or is well again, over the channels of apprise.

An address of apprise holds secrets anywhere in it: in a Slack address the host is one, in a webhook's the path. So we
show only the service's name, and apprise's own log, which shows more, is not let through.
"""

import logging
import re
import threading
import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError
from sftrm_quality.words import phrase, say

if TYPE_CHECKING:
    import apprise

_log = logging.getLogger("sftrm_quality.telling")
# For all channels together, which are told at the same time. Apprise itself waits 4 s for a connection and 4 s for
# each byte of an answer, which can be for ever.
_SECONDS = 15.0
# Some services refuse texts of more than 2,000 characters.
_FACTS, _FACT_CHARACTERS, _TITLE_CHARACTERS = 6, 250, 120
_THREAD = "telling"
_TITLES = {
    "held": phrase("Held: {run}"),
    "failed": phrase("Failed: {run}"),
    "recovered": phrase("Recovered: {run}"),
    "findings": phrase("New findings: {run}"),
}

Event = Literal["held", "failed", "recovered", "findings"]
_TYPES = {"held": "warning", "failed": "failure", "recovered": "success", "findings": "warning"}


def check_urls(urls: Iterable[str]) -> None:
    """Raise ConfigError for the first address that apprise does not understand. Nothing is sent."""
    for number, url in enumerate(urls, 1):
        if _channel(url) is None:
            raise ConfigError(
                say(
                    "notify: {channel} is not an address that apprise understands: there is no such "
                    "service, or a part of the address is missing; expected something like "
                    "mailto://user:password@host or slack://token_a/token_b/token_c, see "
                    "https://github.com/caronc/apprise/wiki",
                    channel=_channel_name(number, url),
                )
            )


def tell(urls: Iterable[str], event: Event, run_name: str, facts: Sequence[str], report_url: str | None) -> None:
    """Send title and body, plain text, over every channel. Returns after 15 seconds at the latest.

    What goes wrong is logged as a warning for each channel and never raised: no run fails because a chat is down.

    facts: what happened, a line each: verdict, names of reasons, counts. Never texts of records: channels are read by
    people who may not see the data.
    """
    title = _line(say(_TITLES[event], run=run_name), _TITLE_CHARACTERS)
    lines = [_line(fact, _FACT_CHARACTERS) for fact in facts[:_FACTS]]
    if len(facts) > _FACTS:
        lines.append(say("and {count} more", count=len(facts) - _FACTS))
    if report_url:
        lines.append(say("Report: {report_url}", report_url=report_url))
    letters = [_Letter(url, _TYPES[event], title, "\n".join(lines)) for url in urls]
    for letter in letters:
        letter.start()
    end = time.monotonic() + _SECONDS
    for number, letter in enumerate(letters, 1):
        letter.join(max(0.0, end - time.monotonic()))
        if letter.trouble:
            _log.warning("notify: %s was not told: %s", _channel_name(number, letter.url), letter.trouble)


class _Letter(threading.Thread):
    """One message over one channel. A daemon, since apprise's own threads would hold the end of the process."""

    def __init__(self, url: str, kind: str, title: str, body: str) -> None:
        super().__init__(daemon=True, name=_THREAD)
        self.url = url
        self._kind, self._title, self._body = kind, title, body
        self.trouble: str | None = say("no answer within {seconds:g} seconds", seconds=_SECONDS)

    def run(self) -> None:
        try:
            self.trouble = self._send()
        except Exception as error:
            # Its text can hold the address.
            self.trouble = type(error).__name__

    def _send(self) -> str | None:
        channel = _channel(self.url)
        if channel is None:
            return say("not an address that apprise understands")
        import apprise

        messenger = apprise.Apprise(asset=channel.asset)
        messenger.add(channel)
        if messenger.notify(self._body, self._title, self._kind, body_format="text"):
            return None
        status = _overheard.status
        return (
            say("the service answered HTTP status {status}", status=status)
            if status
            else say("the service was not reached, or refused")
        )


class _Overhearing(threading.local, logging.Filter):
    """Keeps back what apprise and its HTTP client log of an address, and knows for each thread what is no secret."""

    status: str | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        if found := re.search(r"\berror=(\d{3})\b", record.getMessage()):
            self.status = found[1]
        return record.name != "apprise" and record.threadName != _THREAD


_overheard = _Overhearing()


@cache
def _asset() -> "apprise.AppriseAsset":
    import apprise

    for name in ("apprise", "urllib3.connectionpool"):
        logging.getLogger(name).addFilter(_overheard)
    return apprise.AppriseAsset(
        app_id="sftrm-quality",
        app_desc=say("Quality gate of label files"),
        # Services would fetch pictures from the network.
        image_url_mask="",
        image_url_logo="",
        # A redirected POST becomes a GET that some page answers with 200: the message would be lost in silence.
        http_redirects=False,
    )


def _channel(url: str) -> "apprise.NotifyBase | None":
    import apprise

    asset = _asset()
    try:
        return apprise.Apprise.instantiate(url, asset=asset)
    except Exception:
        # Its parsers trip over bytes that are not UTF-8, for instance, and say so with the address.
        return None


def _channel_name(number: int, url: str) -> str:
    service = re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,19}://", url)
    return say("channel {number} ({service}****)", number=number, service=service[0].lower() if service else "")


def _line(text: str, most: int) -> str:
    line = safe(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"
