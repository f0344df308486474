"""Addresses: under which addresses of this machine others can reach it. Nothing is sent to find out."""

import socket
import struct
import sys
from ipaddress import ip_address

if sys.platform == "linux":
    import fcntl

ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 # compared, not bound
_GET_ADDRESS = 0x8915  # SIOCGIFADDR


def outgoing() -> str | None:
    """The address that the system would use towards other networks; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system only picks the address
        except OSError:
            return None
        name: str = probe.getsockname()[0]
        return name


def own() -> list[str]:
    """Every IPv4 address of this machine, the outgoing one first and loopback last."""
    found = {address for _, name in socket.if_nameindex() if (address := _of_interface(name))}
    first = outgoing()
    found |= {first} if first else set()
    return sorted(found, key=lambda address: (address != first, is_loopback(address), ip_address(address)))


def usable(host: str) -> str:
    """What others write in a URL to reach something bound to a host."""
    if host in ANYWHERE:
        return outgoing() or "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def reaching(host: str) -> list[str]:
    """The addresses under which something bound to a host is reached from this machine."""
    return own() if host in ANYWHERE else [host]


def is_loopback(address: str) -> bool:
    """Whether only this machine itself can use it."""
    return address == "localhost" or (_is_address(address) and ip_address(address).is_loopback)


def is_private(address: str) -> bool:
    """Whether it means something in its own network only."""
    return _is_address(address) and ip_address(address).is_private and not is_loopback(address)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_interface(name: str) -> str | None:
    if sys.platform != "linux":
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            told = fcntl.ioctl(probe.fileno(), _GET_ADDRESS, struct.pack("256s", name.encode()[:15]))
        except OSError:  # an interface without an address
            return None
    return socket.inet_ntoa(told[20:24])
