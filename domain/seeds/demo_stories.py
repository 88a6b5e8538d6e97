"""What happens with one customer of the demo company, told as acts in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.contacts.inputs import ContactInput
from domain.core.work import Work
from domain.customers.inputs import CustomerInput
from domain.followups import actions as followups
from domain.followups.events import FollowedUp
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp, Way
from domain.imports.cells import Row
from domain.imports.customer_store import store
from domain.imports.customers import Candidate, columns_of, contact_columns
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
    buys: bool = False
    customer_id: int = 0
    chinese: bool = True


async def enter(stage: Stage, courses: Sequence[Course]) -> None:
    """Put all customers in at once, each dated to the day on which its owner or the director entered it."""
    by_writer: dict[str, list[Course]] = {}
    for course in courses:
        pooled = course.owner is None or course.from_pool
        by_writer.setdefault("director" if pooled else course.owner or "", []).append(course)
    for writer, written in by_writer.items():
        work = await stage.as_(writer)
        candidates = [_candidate(stage, work, course) for course in written]
        await store(work, candidates)
        for course, candidate in zip(written, candidates, strict=True):
            course.customer_id = candidate.id
            course.chinese = course.sketch.chinese


def _candidate(stage: Stage, work: Work, course: Course) -> Candidate:
    entered = CustomerInput.model_validate(course.sketch.values)
    person = ContactInput.model_validate(course.sketch.person | {"customer_id": 1})
    pooled = course.owner is None or course.from_pool
    return Candidate(
        Row(0, {}),
        columns_of(entered, None, has_contact=True),
        contact_columns(person, entered.country),
        None if pooled else work.actor.id,
        stage.pools[course.pool] if pooled else None,
        stage.day(course.born + (6 if course.from_pool else 0), 8),
    )


async def claiming(stage: Stage, course: Course) -> Story:
    """The owner claims the customer from its pool."""
    yield stage.day(course.born, 8)
    await pools.claim(await stage.as_(course.owner or ""), PoolKind.customer, course.customer_id)


async def touching(stage: Stage, course: Course) -> Story:
    """The owner calls, writes and visits; the last touch says when the next is due."""
    days = sorted(course.touches, reverse=True)
    for number, day in enumerate(days):
        last = number == len(days) - 1
        yield stage.day(day)
        work = await stage.as_(course.owner or "")
        content = stage.chance.choice(_kind_of_words(course, first=number == 0, last=last))
        way = stage.chance.choice((Way.phone, Way.phone, Way.visit, Way.wechat if course.chinese else Way.email))
        minutes = stage.chance.randint(2, 25) if way is Way.phone else None
        if last or number == 0 or not course.buys:
            entered = FollowUpInput(
                customer_id=course.customer_id,
                way=way,
                minutes=minutes,
                content=content,
                next_contact_at=course.next_at if last else None,
            )
            await followups.create(work, entered)
        else:
            await _note(work, course.customer_id, way, minutes, content)


def _kind_of_words(course: Course, *, first: bool, last: bool) -> Sequence[str]:
    if last and course.leaving:
        return words.LEAVING_ZH if course.chinese else words.LEAVING_EN
    if first:
        return words.FIRST_ZH if course.chinese else words.FIRST_EN
    return words.NEXT_ZH if course.chinese else words.NEXT_EN


async def _note(work: Work, customer_id: int, way: Way, minutes: int | None, content: str) -> None:
    """An older touch with a customer that has bought, for whom no clock runs: only its row and its event."""
    record = FollowUp(customer_id=customer_id, way=way.value, minutes=minutes, content=content, at=work.now,
                      created_by_id=work.actor.id)  # fmt: skip
    work.session.add(record)
    await work.session.flush()  # the event names it by id
    at = work.now.isoformat()
    work.record(
        FollowedUp(record_id=record.id, customer_id=customer_id, way=record.way, content=content, took_place_at=at)
    )


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
