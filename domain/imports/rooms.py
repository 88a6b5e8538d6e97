"""What the owners named in a file may still hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import select

from domain.core.work import Work
from domain.imports.cells import Row
from domain.people.models import User
from domain.pools import clock
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.pools.quotas import lock_quotas
from domain.pools.words import they_are_full, you_are_full


class Held(Protocol):
    """A checked row, or several of one record, that may get an owner."""

    owner_id: int | None

    @property
    def rows(self) -> list[Row]:
        """All rows of the file that it was made from."""


H = TypeVar("H", bound=Held)


Room = tuple[str, int | None, int]
"""An owner's name, limit, and how many they hold."""


class Rooms:
    """How many more of a kind each owner may hold; read under the lock of the owner's quota."""

    def __init__(self, work: Work, kind: PoolKind, rooms: dict[int, Room]) -> None:
        self.work = work
        self.kind = kind
        self.rooms = rooms

    async def fitting(self, candidates: Sequence[H]) -> list[H]:
        """Leave out what goes beyond the holding limit of its owner."""
        await self._read({one.owner_id for one in candidates if one.owner_id is not None} - self.rooms.keys())
        fits = []
        for one in candidates:
            if one.owner_id is not None:
                name, limit, held = self.rooms[one.owner_id]
                if limit is not None and held >= limit:
                    mine = one.owner_id == self.work.actor.id
                    why = you_are_full(self.kind, held, limit) if mine else they_are_full(self.kind, name, held, limit)
                    for row in one.rows:
                        row.refuse(why, "owner")
                    continue
                self.rooms[one.owner_id] = name, limit, held + 1
            fits.append(one)
        return fits

    async def _read(self, owner_ids: Collection[int]) -> None:
        """Limits of all, then, of those who have one, how many they hold once nobody else can give them more."""
        session = self.work.session
        limits = select(User.id, User.name, pools.personal_limit(User.id)).where(User.id == clock.id_list([*owner_ids]))
        for owner_id, name, limit in (await session.execute(limits)).all():
            self.rooms[owner_id] = name, limit, 0
        limited = [owner_id for owner_id in owner_ids if self.rooms[owner_id][1] is not None]
        if limited:
            await lock_quotas(self.work, self.kind, limited)
            holding = select(User.id, pools.held_by(self.kind, User.id)).where(User.id == clock.id_list(limited))
            for owner_id, held in await session.execute(holding):
                self.rooms[owner_id] = *self.rooms[owner_id][:2], held
