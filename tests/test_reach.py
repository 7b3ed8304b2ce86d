"""Where `sftrm serve` listens and what it is called: off loopback only when somebody says who keeps out whom."""

import pytest

from flows.server.names import address_of, own_origins
from flows.service.reach import Reach, declared_reach
from sftrm_quality.errors import ConfigError

SITE = "https://tools.example.com/sftrm/"


def test_by_itself_it_is_on_loopback_under_its_own_names():
    assert declared_reach() == Reach("127.0.0.1", None, ())


@pytest.mark.parametrize(
    ("given", "reach"),
    [
        ({"site_url": SITE}, Reach("127.0.0.1", "https://tools.example.com/sftrm", ("https://tools.example.com",))),
        (
            {"site_url": "HTTPS://Tools.Example.com:443", "allowed_hosts": ["prefect.example.com", "b:8443"]},
            Reach(
                "127.0.0.1",
                "https://tools.example.com",
                ("https://tools.example.com", "https://prefect.example.com", "https://b:8443"),
            ),
        ),
        (
            {"host": "0.0.0.0", "site_url": SITE, "behind_login_proxy": True, "allowed_hosts": ["http://p"]},
            Reach("0.0.0.0", "https://tools.example.com/sftrm", ("https://tools.example.com", "http://p")),
        ),
        ({"host": "192.0.2.7", "reports_without_password": True}, Reach("192.0.2.7", None, ())),
        (
            {"host": "::", "site_url": "http://labels:4280", "reports_without_password": True},
            Reach("::", "http://labels:4280", ("http://labels:4280",)),
        ),
        ({"host": "127.0.0.2"}, Reach("127.0.0.2", None, ())),
    ],
)
def test_what_was_said_is_taken(given, reach):
    assert declared_reach(**given) == reach


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"host": "0.0.0.0"}, "--host 0.0.0.0: the report site has no password"),
        ({"host": "192.0.2.7", "site_url": SITE}, "--site-url https://… --behind-login-proxy"),
        ({"host": "::"}, "say --reports-without-password; see docs/nightly.md"),
        ({"host": "0.0.0.0", "site_url": SITE, "allowed_hosts": ["p"]}, "has no password"),
        ({"host": "192.0.2.7", "behind_login_proxy": True}, "--behind-login-proxy: say also where"),
        ({"behind_login_proxy": True, "site_url": "http://tools.example.com"}, "--site-url https://…"),
        ({"host": "0.0.0.0", "reports_without_password": True}, "say with --site-url how people call this machine"),
        ({"host": "labels.example.com"}, "--host 'labels.example.com': expected an IP address of this machine"),
        ({"host": ""}, "--host '': expected an IP address"),
        ({"allowed_hosts": ["https://a/b"]}, "--allowed-host 'https://a/b': expected a host like labels.example.com"),
    ],
)
def test_what_lets_everybody_in_or_fits_nothing_is_one_line(given, message):
    with pytest.raises(ConfigError) as refused:
        declared_reach(**given)
    assert message in str(refused.value) and "\n" not in str(refused.value)


WRONG = ["evil example", "a:b", "a:99999", "", "*", "*.example.com", "user@a", "a?x", "a#x", "ftp://a", "//a", "[::g]"]
WRONG += ["한국.kr", "javascript:alert(1)", "https://"]


@pytest.mark.parametrize("name", WRONG)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ConfigError, match="--allowed-host"):
        declared_reach(allowed_hosts=[name])


@pytest.mark.parametrize(
    "url", [*filter(None, WRONG), "tools.example.com", "https://a/ b", "https://a/../b", "https://a//b"]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ConfigError, match="SFTRM_REPORT_SITE"):
        declared_reach(site_url=url)


def test_this_machine_reaches_what_listens_on_every_network_by_loopback():
    hosts = ("127.0.0.1", "0.0.0.0", "192.0.2.7", "::1", "::", "2001:db8::7")
    assert [address_of(host, 4280) for host in hosts] == [
        *("http://127.0.0.1:4280", "http://127.0.0.1:4280", "http://192.0.2.7:4280"),
        *("http://[::1]:4280", "http://[::1]:4280", "http://[2001:db8::7]:4280"),
    ]


def test_where_people_reach_prefect_besides():
    """Without a proxy at its own port; a proxy has it under names that are not the report site's."""
    prefect = "http://127.0.0.1:4200"
    open_ = declared_reach("0.0.0.0", "http://labels:4280", ["b"], reports_without_password=True)
    assert open_.other_addresses(prefect) == ["http://b", "http://b:4200", "http://labels:4200"]
    assert declared_reach(site_url=SITE, allowed_hosts=["p"]).other_addresses(prefect) == ["https://p"]
    assert declared_reach(site_url=SITE).other_addresses(prefect) == declared_reach().other_addresses(prefect) == []


def test_an_address_of_one_network_is_not_called_by_the_names_of_loopback():
    assert own_origins(4280, "192.0.2.7") == {"192.0.2.7:4280": "http://192.0.2.7:4280"}
    assert set(own_origins(4280, "0.0.0.0")) == {"127.0.0.1:4280", "localhost:4280", "[::1]:4280"}
