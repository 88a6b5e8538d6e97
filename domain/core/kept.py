"""Statements made once for an actor: to build one in Python takes ten times as long as to carry it out."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from domain.core.access import Actor

S = TypeVar("S")
MOST_KEPT = 4_000
_KEPT: dict[tuple[Any, ...], tuple[Actor, Any]] = {}


def kept(actor: Actor, build: Callable[..., S], *key: Hashable) -> S:
    """What `build(actor, *key)` makes, kept for the same actor asking again; what differs each time is a bindparam.

    An actor is one object as long as its rights hold, so a change of rights finds nothing kept.
    """
    place = (build, id(actor), *key)
    found = _KEPT.get(place)
    if found is None or found[0] is not actor:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[place] = (actor, build(actor, *key))
    made: S = found[1]
    return made
