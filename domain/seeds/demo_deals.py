"""Opportunities of the demo company: a year of them, on their way through the stages, won, lost and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any

from sqlalchemy import select

from domain.company.models import Reason
from domain.contacts.models import Contact
from domain.core.access import GrantLevel
from domain.core.questions import QuestionKind
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.followups.models import Way
from domain.leads.models import LeadSource
from domain.opportunities import actions
from domain.opportunities.inputs import ContactRoleInput, LineInput, OpportunityInput, ReopenInput, StageInput
from domain.opportunities.models import ContactRole, Stage, StageKind, StageQuestion
from domain.opportunities.stages import REASONS
from domain.seeds import demo_deal_words as words
from domain.seeds.demo_deal_words import Topic
from domain.seeds.demo_orders import OrderPlan, ordering
from domain.seeds.demo_stage import Stage as Play
from domain.seeds.demo_stage import Story
from domain.seeds.demo_stories import Course
from domain.sharing import actions as sharing
from domain.sharing.inputs import TeamInput

OPEN, WON, LOST, INVALID = StageKind
SOURCES = (LeadSource.referral, LeadSource.trade_show, LeadSource.meeting, LeadSource.search_engine, None)
Goal = tuple[StageKind, int, int, int]
"""How it stands: open or ended, the last stage it was in (0 to 3), days since anything happened, and for an open one in
how many days it is expected."""

REP: tuple[Goal, ...] = (
    (OPEN, 3, 2, 4), (OPEN, 3, 6, 12), (OPEN, 2, 1, 20), (OPEN, 2, 8, -3), (OPEN, 2, 21, 6), (OPEN, 1, 3, 33),
    (OPEN, 1, 5, 48), (OPEN, 1, 24, -9), (OPEN, 0, 1, 62), (OPEN, 0, 4, 75), (OPEN, 0, 0, 110),
    (WON, 3, 8, 0), (WON, 3, 33, 0), (WON, 2, 92, 0), (WON, 3, 158, 0), (LOST, 2, 20, 0), (LOST, 3, 68, 0),
    (LOST, 1, 131, 0), (INVALID, 0, 47, 0), (WON, 3, 207, 0), (LOST, 2, 254, 0),
)  # fmt: skip
REP2: tuple[Goal, ...] = (
    (OPEN, 3, 4, 9), (OPEN, 2, 2, 17), (OPEN, 2, 19, -5), (OPEN, 1, 6, 40), (OPEN, 0, 2, 55), (OPEN, 0, 5, 81),
    (WON, 3, 5, 0), (WON, 3, 57, 0), (WON, 3, 120, 0), (LOST, 2, 26, 0), (LOST, 3, 99, 0), (INVALID, 1, 61, 0),
    (WON, 3, 196, 0),
)  # fmt: skip
OTHERS: tuple[Goal, ...] = (
    (OPEN, 1, 4, 29), (WON, 3, 12, 0), (OPEN, 3, 3, 8), (OPEN, 2, 7, 38), (LOST, 2, 40, 0), (OPEN, 0, 3, 66),
    (OPEN, 2, 2, 15), (WON, 2, 44, 0), (OPEN, 1, 20, -2), (OPEN, 3, 9, 24), (LOST, 1, 17, 0), (OPEN, 1, 1, 52),
    (OPEN, 0, 6, 90), (WON, 3, 29, 0), (OPEN, 2, 5, 19), (OPEN, 3, 1, 3), (INVALID, 0, 22, 0), (OPEN, 1, 8, 45),
    (WON, 3, 96, 0), (OPEN, 2, 3, 27), (LOST, 3, 74, 0), (OPEN, 0, 2, 60), (WON, 2, 141, 0), (OPEN, 3, 6, 11),
)  # fmt: skip
"""Dealt out to the other reps in turn, three to each."""
EACH = 3


@dataclass
class Deal:
    """An opportunity's course; days count back from today. `steps` are the stages it came to, and when."""

    course: Course
    topic: Topic
    goal: StageKind
    born: int
    steps: Sequence[tuple[int, int]]
    ended: int
    expected_in: int
    reopened: int | None = None
    helper: str | None = None
    """Who was invited to its team."""
    id: int = 0
    wanted: Sequence[tuple[str, int]] = field(default_factory=tuple)
    """Product codes and quantities that were agreed on."""

    @property
    def owner(self) -> str:
        """Who sells."""
        return self.course.owner or ""


async def stage_questions(play: Play) -> None:
    """What is asked before a stage is left."""
    for stage in (await play.session.scalars(select(Stage).where(Stage.kind == OPEN.value))).all():
        play.session.add_all(
            StageQuestion(
                stage_id=stage.id, position=place, kind=kind, text_zh=zh, text_en=en, choices_zh=many_zh,
                choices_en=many_en, required=needed,
            )
            for place, (kind, zh, en, many_zh, many_en, needed) in enumerate(words.QUESTIONS.get(stage.name_en, ()))
        )  # fmt: skip


def chances(play: Play, courses: Sequence[Course]) -> Iterator[Story]:
    """Every opportunity's story; drawn by a die of its own, so that the rest of the play stays as it is."""
    chance, others = Random(7), iter(OTHERS * 3)
    topics, taken = cycle(words.TOPICS), set[tuple[int, str]]()
    for owner in dict.fromkeys(course.owner for course in courses if course.owner):
        goals = {"rep": REP, "rep2": REP2}.get(owner) or [next(others) for _one in range(EACH)]
        theirs = [one for one in courses if one.owner == owner and _stays(one)]
        deals = [_deal(chance, theirs, number, goal, next(topics), taken) for number, goal in enumerate(goals)]
        if owner == "rep":
            next(deal for deal in deals if deal.goal is LOST).reopened = 6
        if owner == "rep2":
            deals[0].helper = "rep"
        for deal in deals:
            yield selling(play, chance, deal)


def _stays(course: Course) -> bool:
    """A company that its owner keeps."""
    return not course.leaving and course.released is None and course.sketch.values.get("kind") != "person"


def _deal(
    chance: Random, courses: Sequence[Course], number: int, goal: Goal, topic: Topic, taken: set[tuple[int, str]]
) -> Deal:
    """An opportunity of a customer that was there early enough. What is old or forgotten is with one that buys, as no
    clock takes that away."""
    kind, depth, last, expected_in = goal
    last = min(last, max(one.born for one in courses if one.buys) - 3 * (depth + 1) - 1)
    fits = [one for one in courses if one.born > last + 3 * (depth + 1) and (one.buys or last < 7)]
    turned = fits[number * 5 % len(fits) :] + fits[: number * 5 % len(fits)]
    course = next((one for one in turned if (one.customer_id, topic.en) not in taken), turned[0])
    taken.add((course.customer_id, topic.en))
    path = list(range(1, depth + 1))
    if depth == 3 and chance.random() < 0.25:
        path.remove(chance.choice((1, 2)))  # some leave a stage out
    elif depth == 2 and chance.random() < 0.25:
        path = [1, 2, 1, 2]  # or go back and come again
    ending = kind is not OPEN
    room = (course.born - last - 3) // (len(path) + 1)
    day, steps = last + (chance.randint(2, 5) if ending else 0), []
    for target in reversed(path):
        steps.append((day, target))
        day += chance.randint(1, max(1, min(room, 16)))
    return Deal(course, topic, kind, max(day, last) + (0 if path else 1), steps[::-1], last, expected_in)


async def selling(play: Play, chance: Random, deal: Deal) -> Story:
    """Entered, talked about, brought from stage to stage, and to its end or as far as it has come."""
    yield play.day(deal.born, 10)
    work = await play.as_(deal.owner)
    contact = select(Contact.id).where(Contact.customer_id == deal.course.customer_id).order_by(Contact.id).limit(1)
    contact_id = await play.session.scalar(contact)
    entered = _entered(play, chance, deal, contact_id)
    deal.id = (await actions.create(work, entered)).id
    async for moment in pursuing(play, chance, deal, entered):
        yield moment


async def pursuing(play: Play, chance: Random, deal: Deal, entered: OpportunityInput) -> Story:
    """The same from where it was entered, by hand or out of a lead."""
    stages = list(await play.session.scalars(select(Stage).order_by(Stage.position)))  # unscoped: of the one pipeline
    contact_id, here = entered.contact_id, 0
    for number, (day, target) in enumerate(deal.steps):
        yield play.day(day + 1, 11)
        await _talk(play, chance, deal)
        if number == 0 and contact_id is not None:
            role = chance.choice((ContactRole.decision_maker, ContactRole.influencer, ContactRole.user))
            await actions.add_contact(await play.as_(deal.owner), deal.id, _role(contact_id, role))
        yield play.day(day, 15)
        answers = await _answers(play, chance, deal, stages[here]) if target > here else {}
        went = StageInput(stage_id=stages[target].id, answers=answers)
        await actions.move(await play.as_(deal.owner), deal.id, went)
        here = target
    async for moment in _rest(play, chance, deal, entered, stages, here):
        yield moment


async def _rest(
    play: Play, chance: Random, deal: Deal, entered: OpportunityInput, stages: Sequence[Stage], here: int
) -> Story:
    """What comes after the last open stage."""
    if deal.goal is OPEN:
        yield play.day(deal.ended, 16)
        await _plan(play, chance, deal, entered)
        return
    yield play.day(deal.ended, 16)
    await _end(play, chance, deal, stages, here)
    if deal.reopened is not None:
        yield play.day(deal.reopened, 10)
        chinese = deal.course.chinese
        why = ReopenInput(reason="对方重新询价" if chinese else "They asked for a new quote")
        await actions.reopen(await play.as_("manager"), deal.id, why)
        yield play.day(deal.reopened - 1, 14)
        await _plan(play, chance, deal, entered)
    elif deal.goal is WON:
        stop = "awaiting" if deal.ended < 6 else "to_ship" if deal.ended < 10 else "paid"
        plan = OrderPlan(max(0, deal.ended - 1), stop, wanted=tuple(deal.wanted), opportunity_id=deal.id)
        async for moment in ordering(play, deal.course, plan):
            yield moment


async def _plan(play: Play, chance: Random, deal: Deal, entered: OpportunityInput) -> None:
    """The last word with the customer, and what is to be done next."""
    await _talk(play, chance, deal)
    steps = words.STEPS_ZH if deal.course.chinese else words.STEPS_EN
    today = play.today(12).date()
    changes = {
        "next_step": chance.choice(steps), "next_step_on": today + timedelta(days=min(deal.expected_in, 7) - 2),
        "expected_on": today + timedelta(days=deal.expected_in),
    }  # fmt: skip
    if deal.helper is not None:
        member = await play.as_(deal.helper)
        invited = TeamInput(user_id=member.actor.id, level=GrantLevel.write)
        await sharing.add_member(await play.as_(deal.owner), "opportunities", deal.id, invited)
    await actions.edit(await play.as_(deal.owner), deal.id, entered.model_copy(update=changes))


async def _talk(play: Play, chance: Random, deal: Deal) -> None:
    chinese = deal.course.chinese
    way = chance.choice((Way.phone, Way.visit, Way.wechat if chinese else Way.email))
    said = FollowUpInput(
        customer_id=deal.course.customer_id, opportunity_id=deal.id, way=way,
        content=chance.choice(words.TALKS_ZH if chinese else words.TALKS_EN),
    )  # fmt: skip
    await followups.create(await play.as_(deal.owner), said)


async def _end(play: Play, chance: Random, deal: Deal, stages: Sequence[Stage], here: int) -> None:
    """Won, lost or invalid, with a reason of the list and sometimes a word more."""
    target = next(stage for stage in stages if stage.kind == deal.goal.value)
    reasons = select(Reason.id).where(Reason.kind == REASONS[deal.goal].value).order_by(Reason.position)
    offered = list(await play.session.scalars(reasons))
    note = chance.choice(words.LOST_ZH if deal.course.chinese else words.LOST_EN) if deal.goal is LOST else None
    ended = StageInput(
        stage_id=target.id, reason_id=chance.choice(offered[:-1]), end_note=note,
        answers=await _answers(play, chance, deal, stages[here]) if deal.goal is WON else {},
    )  # fmt: skip
    await actions.move(await play.as_(deal.owner), deal.id, ended)


async def _answers(play: Play, chance: Random, deal: Deal, stage: Stage) -> dict[int, str]:
    """What is answered on leaving a stage."""
    asked = select(StageQuestion).where(StageQuestion.stage_id == stage.id).order_by(StageQuestion.position)
    deciders = words.DECIDERS_ZH if deal.course.chinese else words.DECIDERS_EN

    def answer(question: StageQuestion) -> str:
        match QuestionKind(question.kind):
            case QuestionKind.choice:
                return chance.choice((question.choices_en or "").splitlines())
            case QuestionKind.yes_no:
                return chance.choice(("yes", "no"))
            case QuestionKind.number:
                return str(chance.choice((15, 20, 30, 45, 60)))
            case QuestionKind.text:
                return chance.choice(deciders)

    return {one.id: answer(one) for one in await play.session.scalars(asked)}


def _role(contact_id: int, role: ContactRole) -> ContactRoleInput:
    return ContactRoleInput(contact_id=contact_id, role=role)


def _entered(play: Play, chance: Random, deal: Deal, contact_id: int | None) -> OpportunityInput:
    """What is known in the beginning; the quantities differ from customer to customer."""
    topic, chinese = deal.topic, deal.course.chinese
    scale = chance.choice((Decimal("0.5"), Decimal(1), Decimal(1), Decimal("1.5")))
    deal.wanted = [(code, max(1, int(quantity * scale))) for code, quantity in topic.goods]
    lines = [LineInput(product_id=play.products[code][0], quantity=Decimal(many)) for code, many in deal.wanted]
    worth = sum((play.products[code][1] * many for code, many in deal.wanted), Decimal(0))
    estimated = chance.random() < 0.25  # not every rep lists what it will be
    values: dict[str, Any] = {"competitors": chance.choice(words.RIVALS_ZH if chinese else words.RIVALS_EN)}
    return OpportunityInput(
        name=topic.zh if chinese else topic.en, customer_id=deal.course.customer_id, contact_id=contact_id,
        amount=round(worth, -3) if estimated else None, lines=[] if estimated else lines,
        expected_on=play.at.date() + timedelta(days=chance.choice((45, 60, 90))),
        need=topic.need_zh if chinese else topic.need_en, source=chance.choice(SOURCES), **values,
    )  # fmt: skip
