"""Which hosts may be asked: those of the public internet.

An address comes from whoever wrote a note. It must not make this program ask a service in the network where it runs:
so a host's name is resolved first, and every address of it must be public.
"""

import ipaddress
import socket

from ...core.errors import FlorilegiumError

_WEB = (80, 443)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateHost(FlorilegiumError):
    """A host that is not asked; the message says why, as the rest of "it …"."""


class UnknownHost(FlorilegiumError):
    """A host that has no address."""


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


def check_host(host: str, port: int, *, allow_private: bool = False) -> None:
    """Raise `PrivateHost` where any address of a host is not public, `UnknownHost` where it has none."""
    if not allow_private and port not in _WEB and port < 1024:
        raise PrivateHost(f"names the port {port}, which is not that of a website")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(host) from error
    if not allow_private and not all(is_public(str(address[0])) for *_, address in found):
        raise PrivateHost("leads to a host that is not on the public internet")
