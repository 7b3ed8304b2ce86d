"""Times that people read: in one zone, that of the settings, with its name, whatever machine makes the page."""

import os
import time
from datetime import UTC, datetime

import pytest

from sftrm_quality.config import RunConfig
from sftrm_quality.config_loading import load_config
from sftrm_quality.errors import ConfigError
from sftrm_quality.releases import effective_settings
from sftrm_quality.time_zones import moment
from tests.report_example import index_page, nights, published, read, run_page


@pytest.mark.parametrize(
    ("when", "timezone", "shown"),
    [
        ("2026-11-21T23:04:05Z", "UTC", "2026-11-21 23:04:05 UTC"),
        ("2026-11-22T08:04:05.9+09:00", "UTC", "2026-11-21 23:04:05 UTC"),
        ("2026-11-21T23:04:05", "Asia/Seoul", "2026-11-22 08:04:05 KST"),
        (datetime(2026, 11, 21, 17, 0, 59, tzinfo=UTC), "Asia/Seoul", "2026-11-22 02:00:59 KST"),
        ("2026-07-01T12:00:00Z", "Europe/Berlin", "2026-07-01 14:00:00 CEST"),
        ("2026-11-21T02:00:00Z", "America/Sao_Paulo", "2026-11-20 23:00:00 UTC-03:00"),
        ("2026-11-21T02:00:00Z", "Asia/Kathmandu", "2026-11-21 07:45:00 UTC+05:45"),
    ],
)
def test_a_moment_is_shown_in_a_zone_with_its_name(when, timezone, shown):
    assert moment(when, timezone) == shown


def test_minutes_are_enough_for_a_name():
    assert moment("2026-11-21T17:00:59Z", "Asia/Seoul", "minutes") == "2026-11-22 02:00 KST"


@pytest.mark.parametrize("wrong", ["Asia/Seul", "asia/seoul", "Asia", "", "../etc/passwd", "localtime", "KST9", 9])
def test_a_zone_that_is_none_is_one_line(wrong):
    with pytest.raises(ConfigError, match=r"^timezone: (no such time zone, expected|Input should be)"):
        load_config(None, [], {"timezone": wrong})
    with pytest.raises(ValueError, match=r"^timezone: "):
        read(published() | {"timezone": wrong})


def test_no_release_follows_from_where_it_is_read():
    here, there = (effective_settings(RunConfig(timezone=zone)) for zone in ("Asia/Seoul", "UTC"))
    assert here == there and "timezone" not in here


def test_a_report_of_before_there_was_a_zone_is_in_utc():
    report = published()
    del report["timezone"]
    assert read(report).timezone == "UTC"


@pytest.mark.parametrize("machine", ["UTC", "America/New_York"])
def test_pages_show_the_zone_of_the_settings_and_not_of_the_machine(monkeypatch, machine):
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        report = published() | {"timezone": "Asia/Seoul", "started": "2026-11-21T17:00:00+00:00"}
        shown = run_page(report)
        assert '<time datetime="2026-11-21T17:00:00+00:00">2026-11-22 02:00:00 KST</time>' in shown
        # At the axis of the charts, too: a run at two in the morning in Seoul is no run of the day before.
        assert "2026-11-18 08:04:12 KST" in shown and ">11-18<" in shown and ">11-17<" not in shown
        index = index_page([report, *nights()], timezone="Asia/Seoul")
        assert "2026-11-22 02:00:00 KST" in index and " UTC<" not in index and ">11-22<" in index
    finally:
        del os.environ["TZ"]
        time.tzset()
