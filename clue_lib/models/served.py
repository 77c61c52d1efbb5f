"""Models that a server answers for: `server:NAME@http://host:port`, and which hosts that names.

An address is taken apart by one strict pattern: what this package checks is what the client then connects to.
"""

import ipaddress
import re
from collections.abc import Sequence

from clue_lib.errors import ModelError

PREFIX = "server:"
"""What stands before a served model's name."""

_NAMED = re.compile(r"(?P<name>.+?)(?:@(?P<urls>https?:.*))?", re.DOTALL)

_ADDRESS = re.compile(
    r"(?P<origin>https?://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?)"
    r"(?P<path>(?:/[\w.~-]+)*)/?",
    re.ASCII,
)

_V1 = "/v1"


def split_served(given: str, option: str, endpoint: str | None) -> tuple[str, tuple[str, ...]]:
    """The model's name at the server, and the addresses of those that serve it, without their /v1.

    `endpoint` are the addresses where `given` has none. Raises ModelError in one line.
    """
    match = _NAMED.fullmatch(given.removeprefix(PREFIX))
    if match is None or not match["name"].strip():
        raise ModelError(f"{option}={given}: names no model; write {PREFIX}NAME@http://HOST:PORT")
    addresses = match["urls"] or endpoint
    if not addresses:
        raise ModelError(
            f"{option}={given}: no address; write {PREFIX}NAME@http://HOST:PORT, or name it with --endpoint"
        )
    urls = tuple(read_address(address, f"{option}={given}") for address in addresses.split(","))
    if len(set(urls)) < len(urls):
        raise ModelError(f"{option}={given}: an address stands there twice; name each server once")
    return match["name"], urls


def read_address(address: str, where: str) -> str:
    """The address without a /v1 at its end. Raises ModelError, which begins with `where`.

    A name, password, query or fragment is refused: no secret belongs on a command line, which reports repeat.
    """
    match = _ADDRESS.fullmatch(address.strip())
    if match is None:
        what = "no user, password, query or fragment" if re.search("[@?#]", address) else "http:// or https://"
        raise ModelError(f"{where}: an address is written as http://HOST:PORT or https://HOST/PATH ({what})")
    return match["origin"].lower() + match["path"].removesuffix(_V1)


def api_of(url: str) -> str:
    """Below which address the server takes requests."""
    return url + _V1


def host_of(url: str) -> str:
    """The host that an address from `read_address` names, an IPv6 one without its brackets."""
    match = _ADDRESS.fullmatch(url)
    return match["host"].strip("[]") if match else url


def is_loopback(host: str) -> bool:
    """Whether the host is this machine for certain: `localhost`, 127.0.0.0/8 or ::1; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def remote_hosts(urls: Sequence[str]) -> tuple[str, ...]:
    """The hosts of the addresses that are not this machine for certain, each once."""
    hosts = dict.fromkeys(host_of(url) for url in urls)
    return tuple(host for host in hosts if not is_loopback(host))
