"""The stage on which the demo company's year is played: the actions, by whom and when, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from domain.core.access import SYSTEM, Actor
from domain.core.model import Record
from domain.core.work import Work
from domain.people.models import User
from domain.people.queries import load_actor
from domain.wiring import REACTING

Story = AsyncGenerator[datetime, None]
"""Yields the moment of its next act; what stands behind the `yield` is done then."""
ZONE = ZoneInfo("Asia/Shanghai")
TOLD_DAYS = 6
"""Only what happened so recently still shows in the inboxes."""
SET_ACTOR = text("SELECT set_config('offing.actor_id', :actor, true)")


class Stage:
    """Gives Work with an actor and a moment of the past, all in one transaction: the company is whole, or not there."""

    def __init__(self, work: Work) -> None:
        self.session = work.session
        self.now = work.now
        self.at = work.now - timedelta(days=370)
        self.chance = Random(20)
        self.pools: dict[str, int] = {}
        self.products: dict[str, tuple[int, Any]] = {}
        self.user_ids: dict[str, int] = {}
        self._actors: dict[str, Actor] = {}
        self._acting: int | None = None
        self._open: list[Work] = []

    async def system(self) -> Work:
        """Work as nobody in particular."""
        return await self._work(SYSTEM)

    async def as_(self, user_name: str) -> Work:
        """Work as one of the people, at the moment that the play has come to."""
        if user_name not in self._actors:
            user_id = (await self.session.execute(select(User.id).where(User.user_name == user_name))).scalar_one()
            actor = await load_actor(self.session, user_id)
            assert actor is not None
            self._actors[user_name], self.user_ids[user_name] = actor, user_id
        return await self._work(self._actors[user_name])

    async def name_of(self, user_id: int) -> str:
        """The user name of somebody."""
        return (await self.session.execute(select(User.user_name).where(User.id == user_id))).scalar_one()

    async def _work(self, actor: Actor) -> Work:
        if actor.id != self._acting:
            self._acting = actor.id
            await self.session.execute(SET_ACTOR, {"actor": "" if actor.id is None else str(actor.id)})
        work = Work(self.session, actor, self.at)
        self._open.append(work)
        return work

    def day(self, days_ago: float, hour: int | None = None) -> datetime:
        """A moment in working hours some days ago, on the working day before a weekend; never later than now."""
        hour = self.chance.randint(9, 17) if hour is None else hour
        day = (self.now.astimezone(ZONE) - timedelta(days=days_ago)).date()
        day -= timedelta(days=max(0, day.weekday() - 4))
        moment = datetime.combine(day, time(hour, self.chance.randint(0, 59)), tzinfo=ZONE)
        return min(moment, self.now - timedelta(minutes=self.chance.randint(8, 90)))

    def today(self, hour: int, minute: int = 0, days: int = 0) -> datetime:
        """A time of today, or of a day ahead."""
        day = self.now.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), tzinfo=ZONE)

    async def play(self, stories: Iterable[Story]) -> None:
        """Play all stories, act by act in the order of time. A story ends where its next act would lie ahead."""
        waiting: list[tuple[datetime, int, Story]] = []
        for number, story in enumerate(stories):
            await self._turn(waiting, number, story)
        with dated(self):
            while waiting:
                self.at, number, story = heapq.heappop(waiting)
                await self._turn(waiting, number, story)
                await self._tell()

    async def _turn(self, waiting: list[tuple[datetime, int, Story]], number: int, story: Story) -> None:
        moment = await anext(story, None)
        if moment is None or moment > self.now:
            await story.aclose()
        else:
            heapq.heappush(waiting, (max(moment, self.at), number, story))

    async def _tell(self) -> None:
        """Carry out what follows the recent events, as the worker would have done at that time."""
        works, self._open = self._open, []
        if self.now - self.at > timedelta(days=TOLD_DAYS):
            return
        for work in works:
            await self.session.flush()  # reactions know their event by its id
            for row in work.recorded:
                for reaction in REACTING.get(row.name, ()):
                    await reaction(Work(self.session, SYSTEM, self.at), row)


class dated:
    """While it is open, every new record is dated to the moment of the play instead of the database's clock."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def __enter__(self) -> None:
        event.listen(self.stage.session.sync_session, "before_flush", self._date)

    def __exit__(self, *_problem: object) -> None:
        event.remove(self.stage.session.sync_session, "before_flush", self._date)

    def _date(self, session: Session, *_rest: object) -> None:
        for record in session.new:
            if isinstance(record, Record) and getattr(record, "created_at", None) is None:
                record.created_at = record.updated_at = self.stage.at
