"""Visits written down in the field: on time, late, twice, by the wrong clock, for customers that changed hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.questions import QuestionKind
from domain.customers.models import Customer
from domain.followups.inputs import NextContact
from domain.followups.models import FollowUp
from domain.notifications.models import Notification
from domain.people.models import User
from domain.pools.models import OwnershipChange
from domain.visits import actions, queries
from domain.visits.inputs import CheckInInput, VisitInput
from domain.visits.models import Fix, Visit, VisitQuestion
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
RESULT = "Wants two more cartons"


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")


@pytest.fixture
async def customer(make: Make, rep: User) -> Customer:
    return await make.customer(
        "Blue Door Café", owner=rep, latitude=31.24, longitude=121.49, map_x=1, map_y=1, location_accuracy="exact"
    )


def said(**values: Any) -> VisitInput:
    """A visit as the form posts it."""
    return VisitInput.model_validate({"result": RESULT, **values})


async def number(session: Any, model: Any) -> int:
    return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def test_a_planned_visit_is_done_and_leaves_a_follow_up(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    planned = await make.visit(customer, rep)
    work = await work_as(rep)
    came = work.now - timedelta(minutes=40)
    visit = await actions.record(
        work,
        said(visit_id=planned.id, client_uuid=uuid4(), arrived_at=came, arrived_fix="fixed", arrived_lat=31.2401,
             arrived_lng=121.49, arrived_accuracy_m=12, arrived_age_s=3, left_at=work.now),
    )  # fmt: skip
    assert (visit.id, visit.status, visit.verdict) == (planned.id, "done", "verified")
    assert visit.arrived_at == came and visit.left_at == work.now
    followup = await session.get_one(FollowUp, visit.followup_id)
    assert (followup.way, followup.content, followup.at) == ("visit", RESULT, came)
    await session.refresh(customer)
    assert customer.last_follow_up_at == came


async def test_the_same_key_again_gives_the_first_visit(
    rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work, key = await work_as(rep), uuid4()
    first = await actions.record(work, said(customer_id=customer.id, client_uuid=key))
    again = await actions.record(work, said(customer_id=customer.id, client_uuid=key, result="Something else"))
    assert again.id == first.id and first.result == RESULT
    assert await number(session, Visit) == 1 and await number(session, FollowUp) == 1


async def test_somebody_elses_key_is_refused(make: Make, rep: User, customer: Customer, work_as: WorkAs) -> None:
    key = uuid4()
    await actions.record(await work_as(rep), said(customer_id=customer.id, client_uuid=key))
    other = await make.user("other", "sales_rep")
    theirs = await make.customer(owner=other)
    with pytest.raises(Conflict) as refused:
        await actions.record(await work_as(other), said(customer_id=theirs.id, client_uuid=key))
    assert refused.value.code == "key_reused"


async def test_a_second_device_does_not_swallow_the_first_ones_visit(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    planned = await make.visit(customer, rep)
    work = await work_as(rep)
    first = await actions.record(work, said(visit_id=planned.id, client_uuid=uuid4()))
    second = await actions.record(
        work, said(visit_id=planned.id, customer_id=customer.id, client_uuid=uuid4(), result="From the tablet")
    )
    assert second.id != first.id and (first.result, second.result) == (RESULT, "From the tablet")


@pytest.mark.parametrize("status", ["missed", "cancelled"])
async def test_what_took_place_counts_whatever_was_decided_meanwhile(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, status: str
) -> None:
    planned = await make.visit(customer, rep, status=status, reason="Rain")
    work = await work_as(rep)
    visit = await actions.record(work, said(visit_id=planned.id), recorded_at=work.now - timedelta(hours=9))
    assert (visit.status, visit.reason) == ("done", None)


async def test_a_clock_three_hours_fast_is_put_right(rep: User, customer: Customer, work_as: WorkAs) -> None:
    work = await work_as(rep)
    truly, offset = work.now - timedelta(hours=1), 3 * 3600
    wrong = truly + timedelta(seconds=offset)
    visit = await actions.record(
        work,
        said(customer_id=customer.id, arrived_at=wrong, left_at=wrong + timedelta(minutes=20), next_pick="tomorrow"),
        recorded_at=wrong + timedelta(minutes=20), clock_offset_s=offset,
    )  # fmt: skip
    assert visit.arrived_at == truly and visit.recorded_at == truly + timedelta(minutes=20)
    assert visit.received_at == work.now and visit.clock_offset_s == offset


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.fromisoformat("0001-01-01T00:00"),
        datetime.fromisoformat("9999-12-31T23:59"),
        datetime(2055, 1, 1, tzinfo=UTC),
    ],
)
async def test_a_clock_that_makes_no_sense_loses_nothing(
    rep: User, customer: Customer, work_as: WorkAs, moment: datetime
) -> None:
    work = await work_as(rep)
    visit = await actions.record(
        work, said(customer_id=customer.id, arrived_at=moment, left_at=moment), recorded_at=moment,
        clock_offset_s=-(10**11),
    )  # fmt: skip
    assert visit.arrived_at == visit.left_at == work.now and visit.status == "done"


async def test_a_next_contact_is_counted_from_the_day_of_the_visit(
    rep: User, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(rep)
    then = work.now - timedelta(days=3)
    visit = await actions.record(work, said(customer_id=customer.id, next_pick=NextContact.tomorrow), recorded_at=then)
    assert visit.next_contact_at is not None
    day = visit.next_contact_at.astimezone(work.actor.zone).date()
    assert day == then.astimezone(work.actor.zone).date() + timedelta(days=1)


async def test_a_customer_that_went_to_somebody_else_is_accepted_and_flagged(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    other = await make.user("other", "sales_rep")
    customer.owner_id = other.id
    work = await work_as(rep)
    session.add(
        OwnershipChange(at=work.now - timedelta(days=2), kind="customer", record_id=customer.id, verb="transfer",
                        from_owner_id=rep.id, to_owner_id=other.id)
    )  # fmt: skip
    await session.flush()
    visit = await actions.record(
        work, said(customer_id=customer.id, client_uuid=uuid4()), recorded_at=work.now - timedelta(days=3)
    )
    assert visit.flag == "reassigned"
    assert (await queries.get(work, visit.id)).id == visit.id


async def test_a_customer_given_up_long_ago_is_not_known_any_more(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    other = await make.user("other", "sales_rep")
    customer.owner_id = other.id
    work = await work_as(rep)
    session.add(
        OwnershipChange(at=work.now - timedelta(days=31), kind="customer", record_id=customer.id, verb="transfer",
                        from_owner_id=rep.id, to_owner_id=other.id)
    )  # fmt: skip
    await session.flush()
    with pytest.raises(NotFound):
        await actions.record(work, said(customer_id=customer.id), recorded_at=work.now)
    assert await number(session, Visit) == 0 and await number(session, FollowUp) == 0


async def test_a_planned_visit_makes_its_customer_known(
    make: Make, rep: User, customer: Customer, work_as: WorkAs
) -> None:
    planned = await make.visit(customer, rep)
    customer.owner_id = (await make.user("other", "sales_rep")).id
    work = await work_as(rep)
    visit = await actions.record(work, said(visit_id=planned.id), recorded_at=work.now)
    assert (visit.status, visit.flag) == ("done", "reassigned")


async def test_a_deleted_customer_is_accepted_and_flagged(rep: User, customer: Customer, work_as: WorkAs) -> None:
    work = await work_as(rep)
    customer.deleted_at = work.now
    await work.session.flush()
    visit = await actions.record(work, said(customer_id=customer.id), recorded_at=work.now)
    assert visit.flag == "deleted"


async def test_an_unknown_customer_is_not_there(make: Make, rep: User, work_as: WorkAs, session: Any) -> None:
    theirs = await make.customer(owner=await make.user("other", "sales_rep"))
    work = await work_as(rep)
    for wrong in (theirs.id, 10**15):
        with pytest.raises(NotFound):
            await actions.record(work, said(customer_id=wrong))
    assert await number(session, Visit) == 0


async def test_a_customer_made_on_the_phone_has_to_come_first(rep: User, customer: Customer, work_as: WorkAs) -> None:
    work, made = await work_as(rep), uuid4()
    with pytest.raises(Conflict) as waiting:
        await actions.record(work, said(customer_uuid=made), recorded_at=work.now)
    assert waiting.value.code == "waits_for"
    customer.client_uuid = made
    visit = await actions.record(work, said(customer_uuid=made), recorded_at=work.now)
    assert visit.customer_id == customer.id


async def test_a_contact_made_on_the_phone_may_come_later(rep: User, customer: Customer, work_as: WorkAs) -> None:
    work, contact = await work_as(rep), uuid4()
    visit = await actions.record(work, said(customer_id=customer.id, contact_uuid=contact), recorded_at=work.now)
    assert (visit.contact_id, visit.contact_uuid) == (None, contact)


async def test_answers_are_checked_online_and_taken_as_they_are_when_late(
    make: Make, rep: User, customer: Customer, work_as: WorkAs
) -> None:
    shelf = VisitQuestion(kind=QuestionKind.choice.value, text_zh="陈列", text_en="Shelf", required=True,
                          choices_en="Full\nEmpty", choices_zh="充足\n断货")  # fmt: skip
    cartons = VisitQuestion(kind=QuestionKind.number.value, text_zh="箱", text_en="Cartons")
    kind = await make.visit_type(questions=(shelf, cartons))
    work = await work_as(rep)
    with pytest.raises(Invalid) as refused:
        await actions.record(
            work, said(customer_id=customer.id, type_id=kind.id, answers={shelf.id: "Half", cartons.id: "many"})
        )
    assert set(refused.value.errors) == {f"answers.{shelf.id}", f"answers.{cartons.id}"}
    late = said(customer_id=customer.id, type_id=kind.id, answers={shelf.id: "Half", 999: "Unknown"})
    visit = await actions.record(work, late, recorded_at=work.now)
    assert visit.answers == {str(shelf.id): "Half"}


async def test_a_check_in_is_told_at_once_and_stays_when_the_form_comes(
    make: Make, rep: User, customer: Customer, work_as: WorkAs
) -> None:
    planned = await make.visit(customer, rep)
    work = await work_as(rep)
    visit = await actions.check_in(work, planned.id, CheckInInput(arrived_fix=Fix.denied))
    assert (visit.status, visit.verdict, visit.arrived_at) == ("open", "none", work.now)
    again = await actions.check_in(work, planned.id, CheckInInput(arrived_fix=Fix.timeout))
    assert again.arrived_fix == "denied"
    done = await actions.record(work, said(visit_id=planned.id, arrived_at=work.now + timedelta(minutes=5)))
    assert (done.status, done.arrived_at, done.arrived_fix) == ("done", work.now, "denied")


async def test_nobody_checks_in_for_somebody_else(make: Make, customer: Customer, rep: User, work_as: WorkAs) -> None:
    planned = await make.visit(customer, rep)
    admin = await make.user("boss", "administrator")
    with pytest.raises(Denied):
        await actions.check_in(await work_as(admin), planned.id, CheckInInput())
    assert planned.status == "planned"


@pytest.mark.parametrize(
    "garbage",
    [
        {"arrived_lat": "north", "arrived_lng": "east", "arrived_accuracy_m": "NaN", "arrived_age_s": "-5"},
        {"arrived_lat": "1e400", "arrived_lng": "999", "arrived_fix": "moon"},
        {"arrived_lat": ["1", "2"], "arrived_accuracy_m": "inf", "left_lat": "91", "left_age_s": "1e30"},
    ],
)
async def test_what_a_phone_says_of_its_position_never_blocks(
    rep: User, customer: Customer, work_as: WorkAs, garbage: dict[str, Any]
) -> None:
    visit = await actions.record(await work_as(rep), said(customer_id=customer.id, **garbage))
    assert (visit.status, visit.verdict, visit.distance_m) == ("done", "none", None)


async def test_the_key_of_a_visit_still_to_come_is_not_taken_for_its_record(
    make: Make, rep: User, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    planned = await make.visit(customer, rep)
    other = await make.user("other", "sales_rep")
    theirs = await make.customer(owner=other)
    wrong: list[tuple[User, Customer, dict[str, Any]]] = [
        (rep, customer, {}),
        (other, theirs, {"visit_id": planned.id}),
    ]
    for who, whom, values in wrong:
        entered = said(customer_id=whom.id, client_uuid=planned.client_uuid, **values)
        with pytest.raises(Conflict):
            await actions.record(await work_as(who), entered)
    done = await actions.record(await work_as(rep), said(visit_id=planned.id, client_uuid=planned.client_uuid))
    assert (done.id, done.status) == (planned.id, "done") and await number(session, Visit) == 1


async def test_a_visit_made_online_to_a_customer_that_left_is_told_to_the_manager(
    make: Make, customer: Customer, rep: User, work_as: WorkAs, session: Any
) -> None:
    manager = await make.user("lead", "department_manager")
    rep.manager_id = manager.id
    planned = await make.visit(customer, rep)
    customer.owner_id = (await make.user("other", "sales_rep")).id
    visit = await actions.record(await work_as(rep), said(visit_id=planned.id))
    assert visit.flag == "reassigned"
    item = (await session.scalars(select(Notification))).one()
    assert (item.user_id, item.url) == (manager.id, f"/visits/{visit.id}")
