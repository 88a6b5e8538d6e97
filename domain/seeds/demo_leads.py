"""Leads of the demo company: from fairs, from the website and from the reps themselves, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.core.work import Work
from domain.customers.models import CustomerKind
from domain.followups.inputs import FollowUpInput
from domain.followups.models import Way
from domain.leads import actions
from domain.leads.conversion import convert
from domain.leads.inputs import ConvertInput, LeadInput, StatusInput
from domain.leads.models import LeadSource
from domain.opportunities.inputs import OpportunityInput
from domain.opportunities.models import Opportunity, StageKind
from domain.people.models import Role, User
from domain.pools import actions as pools
from domain.pools.models import Pool, PoolAssignee, PoolKind, PoolMember, RecycleKind, RecycleRule
from domain.seeds import demo_words as words
from domain.seeds.demo_cast import AREAS, TERRITORIES
from domain.seeds.demo_customers import Sketch, Sketcher
from domain.seeds.demo_deal_words import FIRST_GOODS, TOPICS
from domain.seeds.demo_deals import Deal, pursuing
from domain.seeds.demo_stage import Stage, Story
from domain.seeds.demo_stories import Course

CLOCK_DAYS = 14
WRITER = "pengxue"
"""Marketing enters what comes from fairs and from the website."""
POOLS: tuple[tuple[str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("fairs", "展会线索池 · Trade fairs", {"daily_limit": 10, "hidden_fields": ["phone"]}, ()),
    ("web", "网站咨询 · Website enquiries", {}, ("rep", "chenli", "rep2", "sunqian")),
)
"""Key, name, limits, to whom its leads go at once, in turn."""
MEMBERS = ("sales_rep", "department_manager")
ONLINE = (LeadSource.search_engine, LeadSource.paid_placement, LeadSource.social_media, LeadSource.advertisement)
FACE_TO_FACE = (LeadSource.referral, LeadSource.meeting, LeadSource.referral, LeadSource.campaign)
FAIRS: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = (
    (152, (("rep", "converted"), ("chenli", "converted"), ("rep2", "converted"), ("wutong", "dropped"),
           ("gaoyuan", "void"), ("hanlei", "converted"), ("zhengkai", "dropped"), ("", "lying"))),
    (50, (("rep", "converted"), ("sunqian", "converted"), ("gaoyuan", "invalid"), ("wutong", "dropped"),
          ("rep", "dropped"), ("", "void"), ("", "lying"), ("", "lying"))),
    (7, (("rep", "following"), ("rep", "pending"), ("rep2", "following"), ("wutong", "pending"), ("", "lying"),
         ("", "lying"), ("", "lying"), ("", "lying"), ("", "lying"))),
)  # fmt: skip
"""How many days ago each was, and of each visitor of our stand: who claimed them, and what became of it."""
WEB = (
    (118, "converted"), (103, "void"), (96, "converted"), (81, "invalid"), (77, "dropped"), (64, "converted"),
    (58, "converted"), (45, "dropped"), (37, "void"), (33, "converted"), (24, "invalid"), (12, "leaving"),
    (9, "following"), (8, "following"), (5, "following"), (4, "invalid"), (2, "following"), (1, "pending"),
    (1, "pending"), (1, "pending"), (0, "pending"), (0, "pending"),
)  # fmt: skip
OWN = (
    ("rep", 70, "converted"), ("rep", 19, "converted"), ("rep", 13, "leaving"), ("rep", 6, "following"),
    ("rep", 3, "following"), ("rep", 1, "pending"), ("chenli", 41, "converted"), ("chenli", 4, "following"),
    ("rep2", 66, "converted"), ("rep2", 5, "following"), ("rep2", 1, "pending"), ("liuyang", 30, "converted"),
    ("liuyang", 2, "following"), ("hewei", 3, "pending"), ("kenji", 11, "following"), ("chiara", 6, "following"),
)  # fmt: skip


@dataclass
class Prospect:
    """A lead's course; days count back from today. In the pool `web` its owner is who was next in turn."""

    sketch: Sketch
    source: LeadSource
    born: int
    pool: str = ""
    owner: str = ""
    fate: str = "lying"
    next_at: datetime | None = None
    touches: Sequence[int] = field(default_factory=tuple)


async def lead_pools(work: Work) -> dict[str, int]:
    """The pools of fairs and of the website, by key, and the clock of all pools of leads."""
    roles = {code: number for code, number in await work.session.execute(select(Role.code, Role.id))}
    users = {name: number for name, number in await work.session.execute(select(User.user_name, User.id))}
    found = {}
    for key, name, limits, assignees in POOLS:
        pool = Pool(kind=PoolKind.lead.value, name=name, **limits)
        work.session.add(pool)
        await work.session.flush()  # members and assignees name it by id
        found[key] = pool.id
        work.session.add_all(PoolMember(pool_id=pool.id, role_id=roles[code]) for code in MEMBERS)
        work.session.add_all(
            PoolMember(pool_id=pool.id, user_id=users[one], administrator=True)
            for one in ("tangning", WRITER, "director", "manager")
        )
        work.session.add_all(
            PoolAssignee(pool_id=pool.id, user_id=users[one], position=place) for place, one in enumerate(assignees)
        )
    every = await work.session.scalars(select(Pool.id).where(Pool.kind == PoolKind.lead.value))
    work.session.add_all(
        RecycleRule(pool_id=pool_id, kind=RecycleKind.no_follow_up.value, days=CLOCK_DAYS) for pool_id in every
    )
    await work.session.flush()  # the clocks read the rules from here on
    return found


def enquiries(stage: Stage, sketcher: Sketcher, courses: Sequence[Course]) -> Iterator[Story]:
    """Every lead's story. One of them comes from a company that the rep has as a customer."""
    known = iter([course.sketch for course in courses if course.owner == "rep" and course.chinese and course.buys][:1])
    dates = iter([stage.today(10, 45), stage.today(16, 15), stage.today(9, 45, 1), stage.today(14, 0, 2)])
    for one in _prospects(stage, sketcher):
        one.touches = _touches(one)
        if one.owner == "rep" and one.fate == "following":
            one.next_at = next(dates, None)
            if not one.pool and (firm := next(known, None)) is not None:
                one.sketch.values["name"] = firm.values["name"]
        yield prospecting(stage, one)


def _prospects(stage: Stage, sketcher: Sketcher) -> Iterator[Prospect]:
    chance = stage.chance
    for born, visitors in FAIRS:
        for owner, fate in visitors:
            sketch = sketcher.draw(_area(stage, owner or "rep"))
            yield Prospect(sketch, LeadSource.trade_show, born, "fairs", owner, fate)
    for born, fate in WEB:
        yield Prospect(sketcher.draw("east"), chance.choice(ONLINE), born, "web", fate=fate)
    for owner, born, fate in OWN:
        yield Prospect(sketcher.draw(_area(stage, owner)), chance.choice(FACE_TO_FACE), born, "", owner, fate)


def _area(stage: Stage, owner: str) -> str:
    return stage.chance.choice(AREAS.get(owner, (TERRITORIES[owner],)))


def _touches(one: Prospect) -> Sequence[int]:
    """On which days the owner got in touch; each soon enough for the clock."""
    born = one.born
    match one.fate:
        case "converted":
            return (born - 2, born - 6)
        case "dropped" | "leaving":
            return (born - 2,)
        case "following":
            return tuple(day for day in (born - 1, born - 5) if day > 0)
        case _:
            return ()


async def prospecting(stage: Stage, one: Prospect) -> Story:
    """Entered, claimed or handed out, followed, and brought to its end."""
    yield stage.day(one.born, 10)
    work = await stage.as_(WRITER if one.pool else one.owner)
    lead = await actions.create(work, _entered(stage, one))
    lead_id, owner = lead.id, one.owner
    if one.pool == "web":
        assert lead.owner_id is not None
        owner = await stage.name_of(lead.owner_id)
    elif one.pool and owner:
        yield stage.day(one.born - (4 if one.fate == "pending" else 1), 11)
        await pools.claim(await stage.as_(owner), PoolKind.lead, lead_id)
    for number, day in enumerate(one.touches):
        yield stage.day(day, 15)
        await _touch(stage, await stage.as_(owner), one, lead_id, last=number == len(one.touches) - 1)
    if one.fate in ("converted", "invalid", "void"):
        yield stage.day(max(0, one.born - 8 if one.fate == "converted" else one.born - 3), 16)
        # Junk is thrown out by who administers the pool; the rest is the owner's.
        made = await _end(await stage.as_("tangning" if one.fate == "void" else owner), one, lead_id)
        if made is not None:
            async for moment in _selling(stage, one, owner, made):
                yield moment


async def _selling(stage: Stage, one: Prospect, owner: str, made: Opportunity) -> Story:
    """What became of the opportunity that came with the customer."""
    last = max(0, one.born - 8 - 14)
    goal = StageKind.open if last < 10 else stage.chance.choice((StageKind.won, StageKind.lost))
    course = Course(one.sketch, one.born, "", owner, customer_id=made.customer_id, chinese=one.sketch.chinese)
    steps = [(one.born - 11, 1), (one.born - 16, 2)] if one.born > 22 else []
    entered = OpportunityInput(
        name=made.name, customer_id=made.customer_id, contact_id=made.contact_id, amount=made.amount, need=made.need,
        source=LeadSource(made.source) if made.source else None,
    )  # fmt: skip
    deal = Deal(course, TOPICS[0], goal, one.born - 8, steps, last, 24, id=made.id, wanted=FIRST_GOODS)
    async for moment in pursuing(stage, stage.chance, deal, entered):
        yield moment


async def _touch(stage: Stage, work: Work, one: Prospect, lead_id: int, *, last: bool) -> None:
    said = words.LEAD_ZH if one.sketch.chinese else words.LEAD_EN
    way = stage.chance.choice((Way.phone, Way.phone, Way.wechat if one.sketch.chinese else Way.email))
    entered = FollowUpInput(
        lead_id=lead_id, way=way, minutes=stage.chance.randint(2, 15) if way is Way.phone else None,
        content=stage.chance.choice(said), next_contact_at=one.next_at if last else None,
    )  # fmt: skip
    await actions.note(work, lead_id, entered)


async def _end(work: Work, one: Prospect, lead_id: int) -> Opportunity | None:
    """Void, invalid, or a customer; of who came to a fair with an opportunity, which is returned."""
    chinese = one.sketch.chinese
    if one.fate == "void":
        await actions.void(work, lead_id, StatusInput(reason="推销电话" if chinese else "Selling to us"))
    elif one.fate == "invalid":
        again = work.today + timedelta(days=30) if one.born < 30 else None
        await actions.mark_invalid(
            work, lead_id, StatusInput(reason="多次拨打无人接听" if chinese else "No answer", look_again_on=again)
        )
    else:
        kind = CustomerKind(one.sketch.values.get("kind", CustomerKind.company))
        asked = one.pool == "fairs" and kind is CustomerKind.company
        entered = ConvertInput(
            kind=kind, contact=kind is CustomerKind.company, opportunity=asked,
            opportunity_name=("开店原料首单" if chinese else "First delivery for the opening") if asked else None,
            amount=Decimal(28_000) if asked else None, expected_on=work.today + timedelta(days=45) if asked else None,
        )  # fmt: skip
        return (await convert(work, lead_id, entered)).opportunity
    return None


def _entered(stage: Stage, one: Prospect) -> LeadInput:
    """What is known of somebody at first: who they are, where, and what they ask for."""
    firm, person = one.sketch.values, one.sketch.person
    needs = words.NEEDS_ZH if one.sketch.chinese else words.NEEDS_EN
    return LeadInput.model_validate({
        **person, "company": None if firm.get("kind") == "person" else firm["name"], "source": one.source,
        "need": stage.chance.choice(needs), "pool_id": stage.pools[one.pool] if one.pool else None,
        **{name: firm.get(name) for name in ("country", "region", "city", "address")},
        # Mail domains that many share would make all of them the same customer.
        "email": None if one.sketch.chinese else firm.get("email"), "phone": firm.get("phone"),
    })  # fmt: skip
