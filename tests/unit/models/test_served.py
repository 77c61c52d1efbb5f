"""Addresses of servers: one strict form, whose host is the one that a client connects to."""

import pytest

from clue_lib.errors import ModelError
from clue_lib.models import parse_spec
from clue_lib.models.served import host_of, is_loopback, remote_hosts


@pytest.mark.parametrize(
    ("given", "name", "urls"),
    [
        ("server:m@http://127.0.0.1:8000", "m", ("http://127.0.0.1:8000",)),
        ("server:owner/m@http://a:1/v1,https://B.example/x/v1/", "owner/m", ("http://a:1", "https://b.example/x")),
        ("server:m@v2@http://[::1]:8000", "m@v2", ("http://[::1]:8000",)),
    ],
)
def test_a_served_model_has_a_name_and_addresses(given, name, urls):
    spec = parse_spec(given)
    assert (spec.kind, spec.name, spec.urls) == ("server", name, urls)


def test_addresses_may_be_named_apart():
    assert parse_spec("server:m", endpoint="http://a:1,http://b:1").urls == ("http://a:1", "http://b:1")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("server:", "names no model"),
        ("server:m", "no address"),
        ("server:m@host:8000", "no address"),
        ("server:m@http://user:secret@host", "no user, password"),
        ("server:m@http://host?key=1", "no user, password"),
        ("server:m@http://127.0.0.1\\@evil.example", "no user, password"),
        ("server:m@http://127.0.0.1 .evil.example", "written as"),
        ("server:m@http://", "written as"),
        ("server:m@http://a,http://a/v1", "stands there twice"),
    ],
)
def test_anything_else_is_one_line(given, told):
    with pytest.raises(ModelError, match=told) as error:
        parse_spec(given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.1", "2130706433", "localhost.evil.example", "10.0.0.1", "my-host"])
def test_what_is_not_this_machine_for_certain(host):
    assert not is_loopback(host)


def test_hosts_that_are_other_machines():
    urls = ("http://127.0.0.1:1", "http://[::1]:2", "https://a.example/x", "http://a.example:9", "http://[fd00::2]:1")
    assert remote_hosts(urls) == ("a.example", "fd00::2")
    assert host_of("http://[fd00::2]:1") == "fd00::2"
