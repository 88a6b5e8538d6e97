"""What can be approved. A feature describes its kind by filling in an `Approvable`; `domain/wiring.py` registers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from domain.core.access import Actor
from domain.core.text import Text
from domain.core.work import Work

Follow = Callable[[Work, Any], Awaitable[None]]
"""Something that must be true together with a decision: runs in the same transaction with the locked record."""
FollowReason = Callable[[Work, Any, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvable:
    """How the engine deals with one kind of record; `kind` is the feature's plural noun.

    `load` locks the record FOR UPDATE without asking for scope: that the actor is an approver has been checked.
    `permission` is the right that makes somebody eligible as a picked approver.
    `entitled` gives None while the record lies within the submitter's authority, else the users whose own covers it.
    `visible_ids` selects the ids of the records the actor may see. With `ask_holders` a record for which neither flow
    nor pick names anybody goes to all holders of `permission`, else to the submitter's manager.
    """

    kind: str
    label: Text
    permission: str
    load: Callable[[Work, int], Awaitable[Any]]
    title: Callable[[Any], str]
    amount: Callable[[Any], Decimal | None]
    customer_id: Callable[[Any], int | None]
    owner_id: Callable[[Any], int | None]
    visible_ids: Callable[[Actor], Select[Any]]
    on_confirmed: tuple[Follow, ...]
    on_rejected: tuple[FollowReason, ...]
    on_withdrawn: tuple[Follow, ...] = ()
    ask_holders: bool = False
    entitled: Callable[[Work, Any], Awaitable[Collection[int] | None]] | None = None


APPROVABLES: dict[str, Approvable] = {}
"""By kind; filled once by `domain/wiring.py`."""
