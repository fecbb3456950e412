import socket
import urllib.request

import pytest

from tests.conftest import NetworkUsed


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://192.0.2.1/", "http://a.example/"])
def test_a_test_that_reaches_for_the_network_fails(address: str) -> None:
    with pytest.raises(NetworkUsed):
        urllib.request.urlopen(address, timeout=1)


def test_a_datagram_is_seen_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(NetworkUsed):
        sock.sendto(b"x", ("192.0.2.1", 9))
