"""Which of this machine's addresses count. What comes and goes is played in tests/e2e."""

from ipaddress import ip_address

import pytest

from node.services.interfaces import usable_addresses


def test_loopback_counts_only_where_it_is_named() -> None:
    assert [address.host for address in usable_addresses(("127.0.0.1",))] == ["127.0.0.1"]
    assert not any(ip_address(address.host).is_loopback for address in usable_addresses(None))


@pytest.mark.parametrize("only", [(), ("192.0.2.250",), ("",), ("127.0.0.1%lo",)])
def test_what_we_do_not_have_is_not_there(only: tuple[str, ...]) -> None:
    assert usable_addresses(only) == ()


def test_two_looks_see_the_same() -> None:
    assert usable_addresses(None) == usable_addresses(None)
