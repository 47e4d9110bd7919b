"""Where an account may ask: what its operator declared wherever that is, and anything else in public only.

Networks give addresses in their answers, of bills or of the next socket. Whoever could forge one would have us ask our own
machines. Looking at the name does not help: what counts is the address to which it resolves, at the moment of connecting.
"""

import socket
from collections.abc import Container, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

import aiohttp
from yarl import URL

Origin: TypeAlias = tuple[str, int | None]
"""A host in lower case, and its port."""

# https://www.iana.org/assignments/ipv6-address-space/ , https://www.rfc-editor.org/rfc/rfc6052#section-2.1
_UNICAST: Final = IPv6Network("2000::/3")
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")


class NotPublic(OSError):
    """The address is none that the whole internet can reach."""

    def __init__(self) -> None:
        super().__init__("not a public address")


class Reach:
    """Which session asks an address. They are two, as a connection that one of them keeps is not looked at again."""

    def __init__(self, anywhere: aiohttp.ClientSession, public: aiohttp.ClientSession, own: Container[Origin]) -> None:
        self._anywhere = anywhere
        self._public = public
        self._own = own

    def session(self, url: URL) -> aiohttp.ClientSession:
        """The one for this address: for an origin of the account's own the one that reaches anywhere."""
        return self._anywhere if origin(url) in self._own else self._public


def origin(url: URL) -> Origin:
    """The host and port of an address."""
    return (url.host or "").lower(), url.port


def origins(addresses: Iterable[str]) -> frozenset[Origin]:
    """Those of all that are addresses."""
    found = set()
    for address in addresses:
        try:
            found.add(origin(URL(address)))
        except ValueError:
            continue
    return frozenset(found)


def public_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for one resolved address. Raises NotPublic."""
    family, kind, protocol, _, place = info
    if not is_public(str(place[0])):
        raise NotPublic
    return socket.socket(family, kind, protocol)


def is_public(address: str) -> bool:
    """Whether an IP address is a public one; of an IPv4 address in an IPv6 one, whether that is."""
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATED else None)
        if inner is None:
            return ip in _UNICAST and ip.is_global
        ip = inner
    return ip.is_global and not ip.is_multicast
