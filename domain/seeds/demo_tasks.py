"""Tasks of the demo company: what people noted for themselves, and what the manager gave to the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle
from typing import NamedTuple

from domain.calendar import tasks
from domain.calendar.inputs import Repeat, TaskInput
from domain.calendar.models import Priority
from domain.seeds.demo_stage import ZONE, Stage, Story
from domain.seeds.demo_stories import Course


class Chore(NamedTuple):
    """A task: who gives it to whom, how many days ago, due in how many days, and how many days ago it was done."""

    giver: str
    doer: str
    title: str
    given: int
    due: int
    done: int | None = None
    about: bool = False
    """About a customer of the doer's."""
    priority: Priority = Priority.normal
    repeat: Repeat = Repeat.never


HIGH, LOW, WEEKLY = Priority.high, Priority.low, Repeat.weekly
CHORES = (
    Chore("rep", "rep", "带新品样品上门", 3, 1, about=True),
    Chore("manager", "rep", "年框协议回传盖章件", 4, 0, about=True, priority=HIGH),
    Chore("manager", "rep", "核对第四季度返利", 9, -2, about=True),
    Chore("rep", "rep", "整理竞品价格表", 12, 6, priority=LOW),
    Chore("rep", "rep", "补录展会名片", 15, -8, done=9),
    Chore("manager", "rep", "回访投诉客户", 20, -16, done=17, about=True, priority=HIGH),
    Chore("rep", "rep", "提交周报", 1, 4, repeat=WEEKLY),
    Chore("rep2", "rep2", "Send the maintenance plan", 2, 2, about=True),
    Chore("manager", "rep2", "Check the open delivery with the warehouse", 5, 1, about=True, priority=HIGH),
    Chore("rep2", "rep2", "Book a room for the tasting", 11, -4, done=5),
    Chore("manager", "manager", "准备月度经营会", 2, 5),
    Chore("director", "manager", "Plan next year's territories", 6, 12, priority=HIGH),
    Chore("admin", "admin", "Try to restore last night's backup", 3, 1, priority=LOW),
)


def chores(stage: Stage, courses: Sequence[Course]) -> Iterator[Story]:
    """The stories of all tasks."""
    doers = {chore.doer for chore in CHORES}
    about = {doer: cycle([one for one in courses if one.owner == doer and one.released is None]) for doer in doers}
    for chore in CHORES:
        yield _doing(stage, chore, next(about[chore.doer]) if chore.about else None)


async def _doing(stage: Stage, chore: Chore, course: Course | None) -> Story:
    yield stage.day(chore.given, 9)
    await stage.as_(chore.doer)
    entered = TaskInput(
        title=chore.title,
        due_on=(stage.now.astimezone(ZONE) + timedelta(days=chore.due)).date(),
        user_id=stage.user_ids[chore.doer],
        priority=chore.priority,
        repeat=chore.repeat,
        customer_id=course.customer_id if course else None,
    )
    task = await tasks.create(await stage.as_(chore.giver), entered)
    if chore.done is not None:
        yield stage.day(chore.done, 16)
        await tasks.finish(await stage.as_(chore.doer), task.id)
