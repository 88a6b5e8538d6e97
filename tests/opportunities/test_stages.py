"""From stage to stage: feedback, endings, reasons, reopening, and what the history keeps of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.company.models import Reason, ReasonKind, Setting
from domain.core.access import GrantLevel
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.customers.models import Customer
from domain.opportunities import actions, queries
from domain.opportunities.inputs import LineInput, OpportunityInput, ReopenInput, StageInput
from domain.opportunities.models import Opportunity, StageMove
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def deal(make: Make) -> dict[str, Any]:
    """A rep with a customer and an open opportunity in the first of two stages."""
    rep = await make.user("rep", "sales_rep")
    pipeline = await make.pipeline()
    names = ("Stage 1", "Stage 2", "Won", "Lost", "Invalid")
    stages = {name: await make.stage(pipeline, name) for name in names}
    customer = await make.customer(owner=rep)
    opportunity = await make.opportunity(customer, stage=stages["Stage 1"], amount=Decimal("100.00"))
    return {"rep": rep, "customer": customer, "opportunity": opportunity, "stages": stages}


async def moves_of(session: AsyncSession, opportunity: Opportunity) -> list[StageMove]:
    found = select(StageMove).where(StageMove.opportunity_id == opportunity.id).order_by(StageMove.id)
    return list((await session.scalars(found)).all())


async def reason(session: AsyncSession, kind: ReasonKind = ReasonKind.opportunity_lost, text: str = "Price") -> int:
    row = Reason(kind=kind.value, text_zh=text, text_en=text)
    session.add(row)
    await session.flush()
    return row.id


async def test_going_on_asks_the_questions_of_the_stage_left(
    make: Make, session: AsyncSession, work_as: WorkAs, deal: dict[str, Any]
) -> None:
    budget = await make.question(deal["stages"]["Stage 1"], "Budget?", kind="number")
    work, number = await work_as(deal["rep"]), deal["opportunity"].id
    there = deal["stages"]["Stage 2"].id
    with pytest.raises(Invalid) as refused:
        await actions.move(work, number, StageInput(stage_id=there))
    assert list(refused.value.errors) == [f"answers.{budget.id}"]
    with pytest.raises(Invalid):
        await actions.move(work, number, StageInput(stage_id=there, answers={budget.id: "much"}))

    moved = await actions.move(work, number, StageInput(stage_id=there, answers={budget.id: "5,000"}, note="Called"))
    assert (moved.stage_id, moved.status, moved.probability) == (there, "open", 50)
    (move,) = await moves_of(session, moved)
    assert (move.answers, move.note, move.amount) == ({str(budget.id): "5000"}, "Called", Decimal("100.00"))
    assert move.seconds is not None and move.seconds > 0 and move.by_id == deal["rep"].id
    (told,) = await queries.moves(work, number)
    assert (told.came_from, told.went_to, told.who) == ("Stage 1", "Stage 2", "Rep")
    assert told.answers == [("Budget?", "5000")]


async def test_going_back_or_giving_up_asks_nothing(make: Make, work_as: WorkAs, deal: dict[str, Any]) -> None:
    stages, number = deal["stages"], deal["opportunity"].id
    await make.question(stages["Stage 2"])
    work = await work_as(deal["rep"])
    await actions.move(work, number, StageInput(stage_id=stages["Stage 2"].id))
    back = await actions.move(work, number, StageInput(stage_id=stages["Stage 1"].id))
    assert back.stage_id == stages["Stage 1"].id
    await actions.move(work, number, StageInput(stage_id=stages["Stage 2"].id))
    lost = await actions.move(work, number, StageInput(stage_id=stages["Lost"].id, end_note="Too dear"))
    assert (lost.status, lost.probability) == ("lost", 0)


async def test_winning_asks_the_questions_too(make: Make, work_as: WorkAs, deal: dict[str, Any]) -> None:
    question = await make.question(deal["stages"]["Stage 1"])
    work = await work_as(deal["rep"])
    with pytest.raises(Invalid) as refused:
        await actions.move(work, deal["opportunity"].id, StageInput(stage_id=deal["stages"]["Won"].id))
    assert set(refused.value.errors) == {f"answers.{question.id}", "reason_id"}


@pytest.mark.parametrize(("stage", "event"), [("Won", "OpportunityWon"), ("Lost", "OpportunityLost"),
                                              ("Invalid", "OpportunityInvalid")])  # fmt: skip
async def test_an_ending_needs_a_reason_and_ends(
    session: AsyncSession, work_as: WorkAs, deal: dict[str, Any], stage: str, event: str
) -> None:
    kind = ReasonKind(f"opportunity_{stage.lower()}")
    mine, other = await reason(session, kind, "Fit"), await reason(session, ReasonKind.release)
    work, number, there = await work_as(deal["rep"]), deal["opportunity"].id, deal["stages"][stage].id
    for data in (StageInput(stage_id=there), StageInput(stage_id=there, reason_id=other, end_note="So it is")):
        with pytest.raises(Invalid) as refused:
            await actions.move(work, number, data)
        assert list(refused.value.errors) == ["reason_id"]

    ended = await actions.move(work, number, StageInput(stage_id=there, reason_id=mine, end_note="So it is"))
    assert (ended.status, ended.ended_at, ended.end_reason_id) == (stage.lower(), work.now, mine)
    row = work.recorded[-1]
    assert (row.name, row.customer_id, row.data["reason"]) == (event, deal["customer"].id, "Fit: So it is")
    found = await queries.detail(work, number)
    assert (found.reason, found.opportunity.end_note, found.stage) == ("Fit", "So it is", stage)
    with pytest.raises(Denied, match="ended"):
        await actions.move(work, number, StageInput(stage_id=deal["stages"]["Stage 2"].id))


async def test_a_stage_must_be_another_one_of_the_pipeline(
    make: Make, session: AsyncSession, work_as: WorkAs, deal: dict[str, Any]
) -> None:
    elsewhere = await make.stage(await make.pipeline("Other"), "Stage 2")
    closed = deal["stages"]["Stage 2"]
    closed.active = False
    await session.flush()
    work = await work_as(deal["rep"])
    for stage_id in (elsewhere.id, closed.id, deal["stages"]["Stage 1"].id, 10**12):
        with pytest.raises(Invalid) as refused:
            await actions.move(work, deal["opportunity"].id, StageInput(stage_id=stage_id))
        assert list(refused.value.errors) == ["stage_id"]


async def test_amount_and_day_are_corrected_on_the_way(make: Make, work_as: WorkAs, deal: dict[str, Any]) -> None:
    work, there = await work_as(deal["rep"]), deal["stages"]["Stage 2"].id
    day = work.today + timedelta(days=9)
    data = StageInput(stage_id=there, amount=Decimal("250.50"), expected_on=day)
    moved = await actions.move(work, deal["opportunity"].id, data)
    assert (moved.amount, moved.expected_on) == (Decimal("250.50"), day)
    product = await make.product(price="9.99")
    entered = OpportunityInput(
        name="With lines",
        customer_id=deal["customer"].id,
        lines=[LineInput(product_id=product.id, quantity=Decimal(3))],
    )
    whole = await actions.create(work, entered)
    with pytest.raises(Invalid) as refused:
        await actions.move(work, whole.id, StageInput(stage_id=there, amount=Decimal(1)))
    assert list(refused.value.errors) == ["amount"]
    assert (await actions.move(work, whole.id, StageInput(stage_id=there, amount=Decimal("29.97")))).amount == Decimal(
        "29.97"
    )


async def test_a_stale_form_is_told_what_stands_now(work_as: WorkAs, deal: dict[str, Any]) -> None:
    work, stages = await work_as(deal["rep"]), deal["stages"]
    await actions.move(work, deal["opportunity"].id, StageInput(stage_id=stages["Stage 2"].id), 1)
    with pytest.raises(Conflict) as refused:
        await actions.move(work, deal["opportunity"].id, StageInput(stage_id=stages["Won"].id, end_note="x"), 1)
    assert refused.value.code == "stale"
    assert refused.value.current == {"stage_id": stages["Stage 2"].id, "status": "open", "version": 2}


async def test_reopening_goes_back_to_the_stage_before(
    make: Make, session: AsyncSession, work_as: WorkAs, deal: dict[str, Any]
) -> None:
    work, number, stages = await work_as(deal["rep"]), deal["opportunity"].id, deal["stages"]
    await actions.move(work, number, StageInput(stage_id=stages["Stage 2"].id))
    await actions.move(work, number, StageInput(stage_id=stages["Lost"].id, end_note="Gone"))
    with pytest.raises(Denied):
        await actions.reopen(work, number, ReopenInput(reason="They called"))
    admin = await work_as(await make.user("admin", "administrator"))
    again = await actions.reopen(admin, number, ReopenInput(reason="They called"))
    assert (again.stage_id, again.status, again.probability) == (stages["Stage 2"].id, "open", 50)
    assert (again.ended_at, again.end_reason_id, again.end_note) == (None, None, None)
    assert [move.to_stage_id for move in await moves_of(session, again)][-1] == stages["Stage 2"].id
    assert admin.recorded[-1].name == "OpportunityReopened"
    with pytest.raises(Conflict):
        await actions.reopen(admin, number, ReopenInput(reason="Twice"))


@pytest.mark.parametrize(("triggers", "deal_status"), [(None, "none"), (["opportunity_won"], "deal")])
async def test_winning_makes_a_deal_customer_if_the_company_says_so(
    session: AsyncSession, work_as: WorkAs, deal: dict[str, Any], triggers: list[str] | None, deal_status: str
) -> None:
    if triggers is not None:
        session.add(Setting(name="deal_triggers", value=triggers))
    work = await work_as(deal["rep"])
    await actions.move(work, deal["opportunity"].id, StageInput(stage_id=deal["stages"]["Won"].id, end_note="Yes"))
    await session.flush()
    status = select(Customer.deal_status).where(Customer.id == deal["customer"].id)
    assert (await session.execute(status)).scalar_one() == deal_status
    told = select(EventRow.name).where(EventRow.name == "CustomerDealt")
    assert ((await session.execute(told)).first() is not None) == (deal_status == "deal")


async def test_who_may_move(make: Make, work_as: WorkAs, deal: dict[str, Any]) -> None:
    number, there = deal["opportunity"].id, StageInput(stage_id=deal["stages"]["Stage 2"].id)
    stranger, reader, helper = [await make.user(name, "sales_rep") for name in ("stranger", "reader", "helper")]
    await make.grant("opportunities", number, user=reader)
    await make.grant("customers", deal["customer"].id, user=helper, level=GrantLevel.write)
    with pytest.raises(NotFound):
        await actions.move(await work_as(stranger), number, there)
    with pytest.raises(Denied):
        await actions.move(await work_as(reader), number, there)
    assert (await actions.move(await work_as(helper), number, there)).version == 2
