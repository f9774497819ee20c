"""What is kept of what was seen, when the whole street announces."""

import pytest

from node.services.sightings import KEYS_MAX, SIGHTINGS_MAX, Sighting, Sightings
from node.store.neighbours import Address
from protocol.beacon import Beacon, tag

EASTSIDE = b"eastside's key.."
WESTEND = b"west end's key.."


def seen(number: int, key: bytes = b"a stranger's key", port: int = 7000) -> Sighting:
    nonce = number.to_bytes(16, "big")
    return Sighting(Beacon(nonce, (tag(key, nonce),)), (Address(f"192.0.2.{number % 250}", port),))


@pytest.fixture
def street() -> Sightings:
    return Sightings()


def test_a_hall_is_found_by_its_key_whichever_came_first(street: Sightings) -> None:
    street.put("first", seen(1, EASTSIDE))
    assert street.addresses_of(EASTSIDE) == [Address("192.0.2.1", 7000)]
    street.put("second", seen(2, EASTSIDE))
    street.put("third", seen(3, WESTEND))
    assert street.addresses_of(EASTSIDE) == [Address("192.0.2.2", 7000), Address("192.0.2.1", 7000)]
    assert street.addresses_of(WESTEND) == [Address("192.0.2.3", 7000)]
    assert street.addresses_of(b"nobody's key....") == []


def test_one_address_is_told_once(street: Sightings) -> None:
    street.put("before the restart", seen(1, EASTSIDE))
    street.put("after it", Sighting(seen(2, EASTSIDE).beacon, seen(1).addresses))
    assert street.addresses_of(EASTSIDE) == [Address("192.0.2.1", 7000)]


def test_what_was_said_again_is_no_news_and_no_newer(street: Sightings) -> None:
    assert street.put("old", seen(1))
    assert street.put("new", seen(2))
    assert not street.put("old", seen(1))
    assert street.addresses()[0] == Address("192.0.2.2", 7000)
    assert street.put("old", seen(1, port=7001))
    assert street.addresses()[0] == Address("192.0.2.1", 7001)


def test_a_name_that_changes_hands_is_the_new_ones(street: Sightings) -> None:
    street.put("name", seen(1, EASTSIDE))
    assert street.addresses_of(EASTSIDE)
    street.put("name", seen(1, WESTEND))
    assert street.addresses_of(EASTSIDE) == []
    assert street.addresses_of(WESTEND)


def test_who_left_is_gone(street: Sightings) -> None:
    street.put("east", seen(1, EASTSIDE))
    assert street.addresses_of(EASTSIDE)
    assert street.drop("east")
    assert not street.drop("east")
    assert street.addresses_of(EASTSIDE) == street.addresses() == []
    assert not street.clear()
    street.put("east", seen(1, EASTSIDE))
    assert street.clear()
    assert street.addresses_of(EASTSIDE) == street.addresses() == []


def test_a_thousand_strangers_push_no_neighbour_out(street: Sightings) -> None:
    street.addresses_of(EASTSIDE)
    street.put("east", seen(0, EASTSIDE, port=1))
    for number in range(1, 1000):
        street.put(f"stranger {number}", seen(number, port=1000 + number))
    assert len(street.addresses()) == SIGHTINGS_MAX
    assert street.addresses_of(EASTSIDE) == [Address("192.0.2.0", 1)]
    assert street.addresses()[0] == Address(f"192.0.2.{999 % 250}", 1999)


def test_where_all_are_neighbours_the_oldest_leaves(street: Sightings) -> None:
    street.addresses_of(EASTSIDE)
    for number in range(SIGHTINGS_MAX + 1):
        street.put(f"east {number}", seen(number, EASTSIDE, port=1000 + number))
    found = street.addresses_of(EASTSIDE)
    assert len(found) == SIGHTINGS_MAX
    assert found[-1] == Address("192.0.2.1", 1001)


def test_keys_that_nobody_asks_for_any_more_are_forgotten(street: Sightings) -> None:
    street.put("east", seen(1, EASTSIDE))
    for number in range(2 * KEYS_MAX):
        assert street.addresses_of(number.to_bytes(16, "big")) == []
    assert len(street.addresses_of(EASTSIDE)) == 1
