"""Connections to hosts whose addresses were judged: none to a private, loopback, link-local or otherwise reserved one.

A host is resolved here, once, and the connection made to the very address that was judged, so that no second answer of the
name server can lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from typing import Any
from urllib.parse import quote, urlsplit

# `is_global` holds for these; each leads to an IPv4 address that was not judged, or to many hosts.
_TUNNELS = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class BadAddress(ValueError):
    """An address that must not or cannot be asked."""


def allowed(address: str) -> bool:
    """Whether an IP address is a public host's own.

    >>> [allowed(a) for a in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "224.0.0.1")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not any(ip.version == n.version and ip in n for n in _TUNNELS)


def connection(url: str, timeout: float, allow_private: bool) -> Any:
    """An unopened connection (urllib3) to a judged address of the host. Raises `BadAddress`, or `OSError` where there is no such host."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as problem:
        raise BadAddress(f"is no address ({problem})") from problem
    if parts.scheme not in ("http", "https") or not host:
        raise BadAddress("is neither http nor https")
    address = _resolved(host, port, allow_private)
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=timeout)
    context = ssl.create_default_context()
    return HTTPSConnection(address, port, timeout=timeout, ssl_context=context, server_hostname=host, assert_hostname=host)


def _resolved(host: str, port: int, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as problem:
        raise BadAddress(f"has a host that is no name ({problem})") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(map(allowed, addresses)):
        raise BadAddress("leads to a private or reserved address; --allow-private permits it")
    return addresses[0]


def cut(connection: Any, late: threading.Event) -> None:
    """End a connection whatever it is doing, and note that it was ended."""
    late.set()
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # closed already


def request_line(url: str) -> tuple[str, str]:
    """What is asked for, and the Host header: an international name in its ASCII form, no user and password."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(target, safe="/?%:@!$&'()*+,;=~-._[]|"), f"{name}:{parts.port}" if parts.port else name


def reason(problem: Exception) -> str:
    """An error in a few words."""
    return getattr(problem, "strerror", None) or str(problem).split("\n")[0] or type(problem).__name__
