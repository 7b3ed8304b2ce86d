"""Moments as people read them: in the time zone of the schedule, with its name. What machines read is in UTC."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from sftrm_quality.words import language_spoken, say

DEFAULT_TIME_ZONE = "Asia/Seoul"
_WEEKDAYS = "월화수목금토일"


@cache
def _known() -> frozenset[str]:
    # A link to the zone of the machine, whatever that is.
    return frozenset(available_timezones()) - {"localtime"}


def known_time_zone(name: str) -> str:
    """Refuses what is no time zone: of settings and of reports.

    Args:
        name: What was given.

    Returns:
        The same.

    Raises:
        ValueError: There is no such zone in IANA's list, as this machine or the package tzdata has it.
    """
    if name not in _known():
        raise ValueError(say("no such time zone, expected a name like Asia/Seoul or UTC"))
    return name


def moment(when: datetime | str, timezone: str, to: Literal["minutes", "seconds"] = "seconds") -> str:
    """A moment as ``2026-11-22 08:04:05 KST``.

    Args:
        when: A time, or one in ISO 8601; UTC where it names no zone.
        timezone: The IANA name of the zone to show it in.
        to: The smallest unit that is shown.

    Returns:
        Date, time and zone; in Korean with the day of the week. A zone without letters of its own is shown as
        ``UTC-03:00``.
    """
    local = _local(when, timezone)
    letters = local.strftime("%Z")
    zone = letters if letters.isalpha() else f"UTC{local.isoformat()[-6:]}"
    weekday = f"({_WEEKDAYS[local.weekday()]})" if language_spoken() == "ko" else ""
    return f"{local:%Y-%m-%d}{weekday} {local.time().isoformat(to)} {zone}"


def day_of(when: datetime | str, timezone: str) -> date:
    """The day of a moment in a time zone.

    Args:
        when: A time, or one in ISO 8601; UTC where it names no zone.
        timezone: The IANA name of the zone.

    Returns:
        The day.
    """
    return _local(when, timezone).date()


def _local(when: datetime | str, timezone: str) -> datetime:
    parsed = datetime.fromisoformat(when) if isinstance(when, str) else when
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(ZoneInfo(timezone))
