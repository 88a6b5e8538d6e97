"""What happens with one customer of the demo company, told as acts in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.contacts import actions as contacts
from domain.contacts.inputs import ContactInput
from domain.customers import actions as customers
from domain.customers.inputs import CustomerInput
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.followups.models import Way
from domain.pools import actions as pools
from domain.pools import sweep
from domain.pools.models import PoolKind
from domain.seeds import demo_words as words
from domain.seeds.demo_customers import Sketch
from domain.seeds.demo_stage import Stage, Story


@dataclass
class Course:
    """A customer's course: all days are counted back from today.

    Without `owner` it lies in the pool; with `from_pool` it was claimed there on the day `born`. `next_at` is when the
    last touch said to get in touch again. `released` is the day it was given back.
    """

    sketch: Sketch
    born: int
    pool: str
    owner: str | None = None
    from_pool: bool = False
    touches: Sequence[int] = ()
    next_at: datetime | None = None
    leaving: bool = False
    released: int | None = None
    customer_id: int = 0
    contact_ids: list[int] = field(default_factory=list)


async def beginning(stage: Stage, course: Course) -> Story:
    """The customer is entered, by its owner or into a pool, and perhaps claimed there."""
    pooled = course.owner is None or course.from_pool
    yield stage.day(course.born + (6 if course.from_pool else 0), 8)
    work = await stage.as_("director" if pooled else course.owner or "")
    values = course.sketch.values | ({"pool_id": stage.pools[course.pool]} if pooled else {})
    entered = CustomerInput.model_validate(values)
    course.customer_id = (await customers.create(work, entered, confirmed_duplicate=True)).id
    writer = "admin" if pooled else course.owner or ""
    for person in course.sketch.people:
        contact = ContactInput.model_validate(person | {"customer_id": course.customer_id})
        course.contact_ids.append((await contacts.create(await stage.as_(writer), contact)).id)
    if course.from_pool and course.owner:
        yield stage.day(course.born, 8)
        await pools.claim(await stage.as_(course.owner), PoolKind.customer, course.customer_id)


async def touching(stage: Stage, course: Course) -> Story:
    """The owner calls, writes and visits; the last touch says when the next is due."""
    chinese = course.sketch.chinese
    days = sorted(course.touches, reverse=True)
    for number, day in enumerate(days):
        last = number == len(days) - 1
        yield stage.day(day)
        way = stage.chance.choice((Way.phone, Way.phone, Way.visit, Way.wechat if chinese else Way.email))
        if last and course.leaving:
            content = stage.chance.choice(words.LEAVING_ZH if chinese else words.LEAVING_EN)
        elif number == 0:
            content = stage.chance.choice(words.FIRST_ZH if chinese else words.FIRST_EN)
        else:
            content = stage.chance.choice(words.NEXT_ZH if chinese else words.NEXT_EN)
        entered = FollowUpInput(
            customer_id=course.customer_id, contact_id=course.contact_ids[0] if course.contact_ids else None, way=way,
            minutes=stage.chance.randint(2, 25) if way is Way.phone else None, content=content,
            next_contact_at=course.next_at if last else None,
        )
        await followups.create(await stage.as_(course.owner or ""), entered)


async def releasing(stage: Stage, course: Course) -> Story:
    """The owner gives the customer back."""
    yield stage.day(course.released or 0, 18)
    work = await stage.as_(course.owner or "")
    await pools.release(
        work, PoolKind.customer, course.customer_id, stage.chance.choice(words.RELEASED), stage.pools[course.pool]
    )


async def sweeping(stage: Stage) -> Story:
    """What nobody looked after returns to the pools, once a week and in the last days each night."""
    for day in [*range(364, 7, -7), *range(7, -1, -1)]:
        yield stage.today(2, 30) - timedelta(days=day)
        await sweep.recycle_due(await stage.system())
