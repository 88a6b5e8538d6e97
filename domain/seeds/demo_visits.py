"""What the demo company's reps do on the road: a fortnight of visits behind them, today, and what is planned ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from domain.core.places import Position
from domain.core.questions import QuestionKind
from domain.core.work import Work
from domain.customers.models import Customer
from domain.followups.inputs import NextContact
from domain.places.gazetteer import locate
from domain.places.location import address_of, set_by_hand
from domain.seeds import demo_words as words
from domain.seeds.demo_stage import ZONE, Stage, Story
from domain.seeds.demo_stories import Course
from domain.visits import actions
from domain.visits.inputs import BeatInput, CheckInInput, MoveInput, PlanInput, ReasonInput, VisitInput
from domain.visits.models import Fix, VisitQuestion, VisitType

DAYS = 14
HOURS = ((9, 30), (11, 0), (14, 0), (15, 30), (17, 0))
METRES = 1 / 111_320
"""Degrees of latitude in a metre."""
QUESTIONS = {
    "Routine visit": (
        ("choice", "货架陈列", "On the shelf", "充足\n偏少\n断货", "Full\nRunning low\nSold out", True),
        ("number", "剩余库存（箱）", "Cartons left", None, None, True),
        ("yes_no", "有竞品促销？", "Promotion of a competitor?", None, None, False),
        ("number", "零售价（元）", "Price on the shelf (CNY)", None, None, False),
    ),
    "First visit": (
        ("yes_no", "见到决策人？", "Met who decides?", None, None, True),
        ("number", "月用量（公斤）", "Use a month (kg)", None, None, False),
        ("text", "现有供应商", "Present supplier", None, None, False),
    ),
    "Service call": (("text", "故障现象", "What was wrong", None, None, True),),
}


@dataclass(frozen=True, slots=True)
class Trip:
    """One visit of the play: `end` is done, missed, moved, cancelled, open, or ahead for what is still to come."""

    course: Course
    on: date
    at: time
    end: str = "done"


async def visit_types(stage: Stage) -> None:
    """What the forms of the types ask; photos are asked for at routine visits, a signature at service calls."""
    for kind in (await stage.session.scalars(select(VisitType))).all():
        kind.least_photos = int(kind.name_en == "Routine visit")
        kind.signature = kind.name_en == "Service call"
        stage.session.add_all(
            VisitQuestion(
                type_id=kind.id, position=place * 10, kind=QuestionKind(sort).value, text_zh=zh, text_en=en,
                choices_zh=choices_zh, choices_en=choices_en, required=required,
            )
            for place, (sort, zh, en, choices_zh, choices_en, required) in enumerate(QUESTIONS.get(kind.name_en, ()))
        )  # fmt: skip


def road(stage: Stage, courses: Sequence[Course]) -> Iterator[Story]:
    """The visits of each rep who has customers that buy, and the nights on which the clock looks at them."""
    yield nights(stage)
    by_rep: dict[str, list[Course]] = {}
    for course in courses:
        if course.owner and course.buys and course.born > DAYS + 4:
            by_rep.setdefault(course.owner, []).append(course)
    for rep, theirs in by_rep.items():
        yield placing(stage, theirs)
        for trip in _trips(stage, rep, theirs):
            yield going(stage, trip)
        if len(theirs) > 4:
            yield recurring(stage, theirs[-1], (2,), 1)
            yield recurring(stage, theirs[-2], (1, 4), 2)


def _trips(stage: Stage, rep: str, theirs: Sequence[Course]) -> Iterator[Trip]:
    """Some visits each working day: about three for who has many customers, one for who has few."""
    today = stage.now.astimezone(ZONE).date()
    turn = stage.chance.randrange(len(theirs))
    each = min(4, max(1, len(theirs) // 3))
    for ahead in range(-DAYS, 4):
        day = today + timedelta(days=ahead)
        if day.weekday() > 4 and ahead != 0:
            continue
        for number in range(each):
            course = theirs[(turn := turn + 1) % len(theirs)]
            hour, minute = HOURS[number if each > 1 else stage.chance.randrange(4)]
            end = "done" if ahead <= 0 else "ahead"
            if ahead < 0:
                end = stage.chance.choices(("done", "missed", "moved", "cancelled"), (88, 6, 4, 2))[0]
            yield Trip(course, day, time(hour, minute), end)
    if rep == "chenli":
        here = stage.now.astimezone(ZONE)
        yield Trip(theirs[turn % len(theirs)], here.date(), here.time().replace(second=0, microsecond=0), "open")


async def placing(stage: Stage, theirs: Sequence[Course]) -> Story:
    """The rep sets the places of the customers on the map, before going there."""
    yield stage.today(8, 0) - timedelta(days=DAYS + 3)
    work = await stage.as_(theirs[0].owner or "")
    for course in theirs:
        customer = await work.session.get_one(Customer, course.customer_id, with_for_update=True)
        found = locate(address_of(customer))
        if found is not None:
            near = Position(found.lat + stage.chance.uniform(-3500, 3500) * METRES,
                            found.lng + stage.chance.uniform(-3500, 3500) * METRES)  # fmt: skip
            set_by_hand(work, customer, near)


async def going(stage: Stage, trip: Trip) -> Story:
    """Planned the evening before, then done, missed, moved or called off; what is ahead is planned for now."""
    when = datetime.combine(trip.on, trip.at, tzinfo=ZONE)
    evening = when.replace(hour=18, minute=30) - timedelta(days=1)
    yield min(evening, stage.now - timedelta(minutes=stage.chance.randint(60, 200)))
    owner = trip.course.owner or ""
    work = await stage.as_(owner)
    kind = await _type(stage, trip)
    purposes = words.PURPOSES_ZH if trip.course.chinese else words.PURPOSES_EN
    entered = PlanInput(
        customer_id=trip.course.customer_id, type_id=kind.id, planned_on=trip.on, planned_at=trip.at,
        purpose=stage.chance.choice(purposes),
    )  # fmt: skip
    visit = await actions.plan(work, entered)
    if trip.end == "ahead":
        return
    yield when + timedelta(minutes=stage.chance.randint(-10, 25) if trip.end != "open" else -18)
    work = await stage.as_(owner)
    if trip.end == "moved":
        later = trip.on + timedelta(days=1 if trip.on.weekday() < 4 else 3)
        await actions.move(work, visit.id, MoveInput(planned_on=later, planned_at=trip.at, reason="客户改期"))
    elif trip.end == "cancelled":
        await actions.cancel(work, visit.id, ReasonInput(reason="改为电话沟通"))
    elif trip.end in ("done", "open"):
        stamp = await _stamp(stage, work, trip.course.customer_id)
        await actions.check_in(work, visit.id, stamp)
        if trip.end == "done":
            yield work.now + timedelta(minutes=stage.chance.randint(15, 50))
            await _finish(stage, await stage.as_(owner), trip, visit.id, kind)


async def _finish(stage: Stage, work: Work, trip: Trip, visit_id: int, kind: VisitType) -> None:
    chance = stage.chance
    asked = (await work.session.scalars(select(VisitQuestion).where(VisitQuestion.type_id == kind.id))).all()
    answers = {}
    for question in asked:
        match question.kind:
            case QuestionKind.choice:
                answers[question.id] = chance.choice((question.choices_en or "").splitlines())
            case QuestionKind.number:
                answers[question.id] = str(chance.randint(2, 30))
            case QuestionKind.yes_no:
                answers[question.id] = chance.choice(("yes", "no"))
            case _:
                answers[question.id] = chance.choice(words.REMARKS_ZH if trip.course.chinese else words.REMARKS_EN)
    said = chance.choice(words.NEXT_ZH if trip.course.chinese else words.NEXT_EN)
    await actions.record(
        work, VisitInput(visit_id=visit_id, type_id=kind.id, result=said, answers=answers, next_pick=NextContact.none)
    )


async def _stamp(stage: Stage, work: Work, customer_id: int) -> CheckInInput:
    """A position near the customer, now and then somewhere else or none at all."""
    customer = await work.session.get_one(Customer, customer_id)
    chance = stage.chance.random()
    if customer.latitude is None or customer.longitude is None or chance < 0.05:
        return CheckInInput(arrived_at=work.now, arrived_fix=Fix.timeout)
    off = 2400 if chance < 0.12 else 60
    return CheckInInput(
        arrived_at=work.now, arrived_fix=Fix.fixed,
        arrived_lat=customer.latitude + stage.chance.uniform(0.3, 1) * off * METRES, arrived_lng=customer.longitude,
        arrived_accuracy_m=stage.chance.randint(6, 40), arrived_age_s=stage.chance.randint(0, 20),
    )  # fmt: skip


async def _type(stage: Stage, trip: Trip) -> VisitType:
    name = stage.chance.choices(("Routine visit", "Service call", "First visit"), (8, 1, 1))[0]
    return (await stage.session.scalars(select(VisitType).where(VisitType.name_en == name))).one()


async def recurring(stage: Stage, course: Course, weekdays: tuple[int, ...], every_weeks: int) -> Story:
    """A visit that comes again, planned some days ago."""
    yield stage.today(17, 45) - timedelta(days=3)
    work = await stage.as_(course.owner or "")
    kind = (await stage.session.scalars(select(VisitType).order_by(VisitType.position))).first()
    await actions.plan_beat(
        work,
        BeatInput(
            customer_id=course.customer_id, type_id=kind.id if kind else None, weekdays=list(weekdays),
            every_weeks=every_weeks, planned_on=work.today + timedelta(days=1), planned_at=time(10, 0),
        ),
    )  # fmt: skip


async def nights(stage: Stage) -> Story:
    """What nobody touched was missed, and recurring visits are planned on."""
    for day in range(DAYS, -1, -1):
        yield stage.today(0, 10) - timedelta(days=day)
        work = await stage.system()
        await actions.mark_missed(work)
        await actions.extend_beats(work)
