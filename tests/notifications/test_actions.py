"""Telling people, reading, and deciding by the token of a push."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.approvals import actions as approvals
from domain.approvals.models import Approval
from domain.core.errors import Conflict, NotFound
from domain.core.events import EventRow
from domain.core.text import Text
from domain.core.work import Work
from domain.notifications import actions, queries
from domain.notifications.models import DecisionToken, Notification, NotificationKind, PushSubscription
from domain.orders import actions as orders
from domain.orders.models import Order
from tests.conftest import WorkAs
from tests.make import Make
from tests.notifications.conftest import Waiting

pytestmark = pytest.mark.anyio


async def tell(work: Work, *user_ids: int, tag: str = "t", text: str = "Hello") -> None:
    await actions.notify(work, user_ids, NotificationKind.system, Text(text), url="/x", tag=tag)


async def test_each_person_has_an_item_and_an_event_that_the_pushes_follow(make: Make, work_as: WorkAs) -> None:
    one, other = await make.user(), await make.user()
    work = await work_as(one)
    await tell(work, one.id, other.id, one.id)
    items = (await work.session.scalars(select(Notification).order_by(Notification.user_id))).all()
    assert [item.user_id for item in items] == sorted([one.id, other.id])
    assert [(row.name, row.record_id) for row in work.recorded] == [("Notified", item.id) for item in items]
    assert await queries.unread_count(work) == 1


async def test_nobody_to_tell_is_no_item(make: Make, work_as: WorkAs) -> None:
    work = await work_as(await make.user())
    await tell(work)
    assert work.recorded == []


async def test_a_later_item_of_the_same_matter_takes_the_place_of_the_unread_one(make: Make, work_as: WorkAs) -> None:
    user = await make.user()
    work = await work_as(user)
    await tell(work, user.id, tag="order-7")
    await tell(work, user.id, tag="order-8")
    await tell(work, user.id, tag="order-7", text="Newer")
    unread = await queries.inbox(work, unread=True)
    assert [(item.tag, str(item.text)) for item in unread] == [("order-7", "Newer"), ("order-8", "Hello")]
    assert len(await queries.inbox(work)) == 3


async def test_a_sentence_with_a_sentence_and_a_plural_inside_comes_back_whole(make: Make, work_as: WorkAs) -> None:
    user = await make.user()
    work = await work_as(user)
    text = Text("%(n)s row of %(what)s", plural="%(n)s rows of %(what)s", n=2, what=Text("the %(x)s list", x="long"))
    await actions.notify(work, [user.id], NotificationKind.system, text, url="/x", tag="t")
    [item] = await queries.inbox(work)
    assert str(item.text) == "2 rows of the long list"


async def test_an_item_is_read_once_and_only_by_its_owner(make: Make, work_as: WorkAs) -> None:
    user, other = await make.user(), await make.user()
    work = await work_as(user)
    await tell(work, user.id)
    [item] = await queries.inbox(work)
    with pytest.raises(NotFound):
        await actions.read(await work_as(other), item.id)
    assert item.read_at is None
    await actions.read(work, item.id)
    first = item.read_at
    await actions.read(await work_as(user), item.id)
    assert item.read_at == first == work.now


async def test_the_approver_is_told_with_the_step_to_decide(waiting: Waiting) -> None:
    assert waiting.item.kind == "approval"
    assert waiting.item.decides_step_id == waiting.approval.steps[0].id
    assert waiting.item.url == f"/approvals/{waiting.approval.id}"
    assert "Harbour Foods" in str(waiting.item.text)


async def test_what_was_decided_elsewhere_is_done_for_everybody_asked(
    waiting: Waiting, work_as: WorkAs, make: Make
) -> None:
    work = await work_as(waiting.team.manager)
    await approvals.confirm(work, waiting.approval.steps[0].id, waiting.approval.record_version)
    event = await make.session.scalar(select(EventRow).where(EventRow.name == "ApprovalConfirmed"))
    assert event is not None
    system = await work_as(None)
    await actions.settle(system, event)
    await make.session.refresh(waiting.item)
    assert waiting.item.done_at == waiting.item.read_at == system.now


async def test_settling_leaves_alone_what_still_waits(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    event = EventRow(record_id=waiting.approval.id)
    await actions.settle(await work_as(None), event)
    await make.session.refresh(waiting.item)
    assert waiting.item.done_at is None


async def granted(waiting: Waiting, work_as: WorkAs, token: str = "t" * 64) -> str:
    work = await work_as(None)
    await actions.grant_decision(work, waiting.item, token, waiting.approval.record_version)
    return token


async def order_of(waiting: Waiting, make: Make) -> Order:
    order = await make.session.get_one(Order, waiting.approval.record_id)
    await make.session.refresh(order)
    return order


@pytest.mark.parametrize(("decision", "status"), [("confirm", "approved"), ("reject", "rejected")])
async def test_a_token_decides_in_the_name_of_its_holder_and_again_does_no_harm(
    waiting: Waiting, work_as: WorkAs, make: Make, decision: actions.Decision, status: str
) -> None:
    token = await granted(waiting, work_as)
    assert await actions.holder_of(make.session, token) == waiting.team.manager.id
    first = await actions.decide(await work_as(waiting.team.manager), token, decision, "not now")
    again = await actions.decide(await work_as(waiting.team.manager), token, decision, "not now")
    assert first == again
    assert (await order_of(waiting, make)).status == status
    approval = await make.session.get_one(Approval, waiting.approval.id)
    assert approval.steps[0].decided_by_id == waiting.team.manager.id
    ended = (await make.session.scalars(select(EventRow).where(EventRow.name.like("Approval%ed")))).all()
    assert len([row for row in ended if row.name in ("ApprovalConfirmed", "ApprovalRejected")]) == 1


async def test_a_token_cannot_be_used_the_other_way(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    token = await granted(waiting, work_as)
    await actions.decide(await work_as(waiting.team.manager), token, "reject", "no")
    with pytest.raises(Conflict) as refusal:
        await actions.decide(await work_as(waiting.team.manager), token, "confirm", "")
    assert refusal.value.code == "used"
    assert (await order_of(waiting, make)).status == "rejected"


async def test_a_token_is_bound_to_its_holder(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    token = await granted(waiting, work_as)
    with pytest.raises(NotFound):
        await actions.decide(await work_as(waiting.team.director), token, "confirm", "")
    with pytest.raises(NotFound):
        await actions.holder_of(make.session, "x" * 64)
    assert (await order_of(waiting, make)).status == "awaiting"


async def test_a_token_lives_a_day(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    token = await granted(waiting, work_as)
    work = await work_as(waiting.team.manager)
    work.now += timedelta(hours=24)
    with pytest.raises(Conflict) as refusal:
        await actions.decide(work, token, "confirm", "")
    assert refusal.value.code == "expired"
    assert (await order_of(waiting, make)).status == "awaiting"


async def test_a_token_is_bound_to_the_version_that_was_sent(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    token = await granted(waiting, work_as)
    order = await order_of(waiting, make)
    order.version += 1
    await make.session.flush()
    with pytest.raises(Conflict) as refusal:
        await actions.decide(await work_as(waiting.team.manager), token, "confirm", "")
    assert refusal.value.code == "changed"
    row = (await make.session.scalars(select(DecisionToken))).one()
    assert (row.used_at, row.outcome) == (None, None)


async def test_a_withdrawn_order_is_not_decided_by_a_token(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    token = await granted(waiting, work_as)
    await orders.withdraw(await work_as(waiting.team.rep), waiting.approval.record_id)
    with pytest.raises(Conflict) as refusal:
        await actions.decide(await work_as(waiting.team.manager), token, "confirm", "")
    assert refusal.value.code == "withdrawn"
    assert (await order_of(waiting, make)).status == "draft"


async def test_granting_the_same_token_again_changes_nothing(waiting: Waiting, work_as: WorkAs, make: Make) -> None:
    await granted(waiting, work_as)
    await granted(waiting, work_as)
    assert len((await make.session.scalars(select(DecisionToken))).all()) == 1


async def subscribe(work: Work, endpoint: str, **more: str) -> None:
    values = {"p256dh": "p", "auth": "a", "device": "Chrome · Android", **more}
    await actions.subscribe(work, endpoint=endpoint, session_id=None, **values)


async def endpoints(make: Make) -> dict[str, int]:
    rows = await make.session.execute(select(PushSubscription.endpoint, PushSubscription.user_id))
    return {endpoint: user_id for endpoint, user_id in rows}


async def test_a_browser_belongs_to_whoever_used_it_last(make: Make, work_as: WorkAs) -> None:
    one, other = await make.user(), await make.user()
    await subscribe(await work_as(one), "https://push/1")
    await subscribe(await work_as(other), "https://push/1")
    assert await endpoints(make) == {"https://push/1": other.id}


async def test_a_renewed_subscription_takes_the_place_of_the_old_one_of_the_same_person(
    make: Make, work_as: WorkAs
) -> None:
    one, other = await make.user(), await make.user()
    await subscribe(await work_as(one), "https://push/1")
    await subscribe(await work_as(other), "https://push/2")
    await subscribe(await work_as(one), "https://push/3", replaces="https://push/1")
    await subscribe(await work_as(one), "https://push/4", replaces="https://push/2")
    assert await endpoints(make) == {
        "https://push/2": other.id, "https://push/3": one.id, "https://push/4": one.id,
    }  # fmt: skip


async def test_one_person_has_at_most_twenty_browsers(make: Make, work_as: WorkAs) -> None:
    user = await make.user()
    work = await work_as(user)
    for number in range(22):
        work.now += timedelta(minutes=1)
        await subscribe(work, f"https://push/{number}")
    assert set(await endpoints(make)) == {f"https://push/{number}" for number in range(2, 22)}


async def test_only_my_own_browser_can_be_given_up(make: Make, work_as: WorkAs) -> None:
    one, other = await make.user(), await make.user()
    await subscribe(await work_as(one), "https://push/1")
    await actions.unsubscribe(await work_as(other), "https://push/1")
    assert len(await endpoints(make)) == 1
    await actions.unsubscribe(await work_as(one), "https://push/1")
    assert await endpoints(make) == {}
