"""The contract of the cabinet: memory, SQLite and PostgreSQL keep it alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nhipcau.ports.cabinet import Cabinet, Card, StaleCardError
from nhipcau.ports.plans import Signature

WHO = Signature("account:7", "Thư ký Lê", 1706000000.25)


def card(key: str, value: object) -> Card:
    return Card(key, 0, value, WHO)


def test_a_document_comes_back_with_its_revision(cabinet: Cabinet) -> None:
    assert cabinet.card("contacts", "u1") is None
    made = cabinet.put("contacts", card("u1", {"name": "Trần Thị “Mẫu”"}), 0)
    assert made == cabinet.card("contacts", "u1") == Card("u1", 1, {"name": "Trần Thị “Mẫu”"}, WHO)
    assert cabinet.put("contacts", card("u1", []), 1).revision == 2
    assert cabinet.put("contacts", card("u1", None), None).revision == 3


def test_an_older_revision_is_refused_with_what_is_there(cabinet: Cabinet) -> None:
    cabinet.put("contacts", card("u1", 1), 0)
    for after in (0, 2):
        with pytest.raises(StaleCardError) as caught:
            cabinet.put("contacts", card("u1", 2), after)
        assert caught.value.now == Card("u1", 1, 1, WHO)
    with pytest.raises(StaleCardError):
        cabinet.put("contacts", card("u2", 2), 1)
    with pytest.raises(StaleCardError):
        cabinet.remove("contacts", "u1", 2)
    assert cabinet.cards("contacts") == (Card("u1", 1, 1, WHO),)


def test_drawers_and_prefixes_are_kept_apart(cabinet: Cabinet) -> None:
    for drawer, key in (("a", "m1/x"), ("a", "m1/y"), ("a", "M1/z"), ("a", "m1_/x"), ("b", "m1/x")):
        cabinet.put(drawer, card(key, key), 0)
    assert [one.key for one in cabinet.cards("a", "m1/")] == ["m1/x", "m1/y"]
    assert [one.key for one in cabinet.cards("a", "m1_")] == ["m1_/x"]
    assert [one.key for one in cabinet.cards("a")] == ["M1/z", "m1/x", "m1/y", "m1_/x"]


def test_some_of_many_documents_are_found_by_their_keys(cabinet: Cabinet) -> None:
    for number in range(3):
        cabinet.put("a", card(f"k{number}", number), 0)
    cabinet.put("b", card("k0", 9), 0)
    wanted = ["k2", "k0", "none", *(f"x{number}" for number in range(1200))]
    assert [one.value for one in cabinet.some("a", wanted)] == [0, 2]
    assert cabinet.some("a", []) == ()


def test_what_is_removed_is_gone_and_may_come_again(cabinet: Cabinet) -> None:
    cabinet.put("a", card("k", 1), 0)
    cabinet.remove("a", "k", 1)
    cabinet.remove("a", "k", None)
    assert cabinet.card("a", "k") is None
    assert cabinet.put("a", card("k", 2), 0).revision == 1


def test_of_many_who_add_one_document_one_is_first(cabinet: Cabinet) -> None:
    def add(number: int) -> bool:
        try:
            cabinet.put("a", card("k", number), 0)
        except StaleCardError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(4))) == [False, False, False, True]
