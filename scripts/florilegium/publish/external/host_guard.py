"""Which hosts may be asked: those of the public internet, by the address that is then connected to.

An address comes from whoever wrote a note. It must not make this program ask a service in the network where it runs:
so a host's name is resolved here, every address of it must be public, and nothing resolves it a second time.
"""

import ipaddress
import socket
from typing import Any, NamedTuple

from ...core.errors import FlorilegiumError

__all__ = ["Endpoint", "Private", "Unknown", "is_public", "resolve_host"]

_WEB = (80, 443)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Private(FlorilegiumError):
    """A host that is not asked; the message says why, as the rest of "it …"."""


class Unknown(FlorilegiumError):
    """A host that has no address."""


class Endpoint(NamedTuple):
    """An address that may be connected to."""

    family: int
    address: tuple[Any, ...]


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet; what it stands for, where it embeds another one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve_host(host: str, port: int, *, allow_private: bool = False) -> tuple[Endpoint, ...]:
    """The addresses of a host. Raises `Private` where any of them is not public, `Unknown` where there is none."""
    if not allow_private and port not in _WEB and port < 1024:
        raise Private(f"names the port {port}, which is not that of a website")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unknown(host) from error
    for _, _, _, _, address in found:
        if not allow_private and not is_public(str(address[0])):
            raise Private("leads to a host that is not on the public internet")
    if not found:
        raise Unknown(host)
    return tuple(dict.fromkeys(Endpoint(int(family), address) for family, _, _, _, address in found))
