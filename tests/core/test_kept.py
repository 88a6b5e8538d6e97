"""What is kept for an actor is found by that very actor only, and only until rights change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.core import kept as store
from domain.core.access import SYSTEM, Actor
from domain.core.kept import kept
from webapp.auth import limited

pytestmark = pytest.mark.anyio
ANNA = Actor(1, "anna", "Anna", permissions=frozenset({"customers.view", "orders.view"}))


def made(actor: Actor, *key: object) -> list[object]:
    """A thing with a place of its own in memory."""
    return [actor.name, *key]


def test_the_same_is_made_once() -> None:
    assert kept(ANNA, made, "a") is kept(ANNA, made, "a")
    assert kept(ANNA, made, "a") is not kept(ANNA, made, "b")
    assert kept(ANNA, made, "a") == ["Anna", "a"]


def test_an_actor_with_other_rights_finds_nothing_even_in_the_same_place_of_memory() -> None:
    fresh = replace(ANNA, permissions=frozenset())
    assert kept(fresh, made, "a") is not kept(ANNA, made, "a")
    # The address of an actor that is gone may be given to another one.
    store._KEPT[made, id(SYSTEM), "a"] = (ANNA, ["Anna's"])
    assert kept(SYSTEM, made, "a") == ["Offing", "a"]


def test_it_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_KEPT", 3)
    monkeypatch.setattr(store, "_KEPT", {})
    for number in range(10):
        kept(ANNA, made, number)
        assert len(store._KEPT) <= 3


def test_a_token_has_one_actor_as_long_as_its_rights_hold() -> None:
    first = kept(ANNA, limited, ("orders.view",))
    assert first is kept(ANNA, limited, ("orders.view",))
    assert first.permissions == {"orders.view"}
    assert kept(ANNA, limited, ("customers.view",)).permissions == {"customers.view"}
    less = replace(ANNA, permissions=frozenset({"customers.view"}))
    assert kept(less, limited, ("orders.view",)).permissions == frozenset()
