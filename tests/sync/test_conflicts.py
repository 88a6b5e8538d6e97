"""Every row of the table of conflicts (docs/offline-and-push.md), and the choice that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar.models import CalendarEvent
from domain.contacts.models import Contact
from domain.core.work import clock
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.notifications.models import Notification
from domain.people.models import Department
from domain.pools.models import OwnershipChange
from domain.sync.edits import CONTACT_FIELDS, CUSTOMER_FIELDS
from domain.sync.models import Disagreement
from domain.sync.policy import CONTACT_RULES, CUSTOMER_RULES, Rule, appended, merge
from domain.visits.models import Visit
from tests.conftest import Client
from tests.make import Make, SalesTeam
from tests.sync.conftest import PhoneOf
from tests.sync.phone import Phone, record
from webapp.pages.disagreements import LABELS

pytestmark = pytest.mark.anyio


@dataclass
class Desk:
    """A rep whose customer was open on the phone as `base`, and has been changed since."""

    team: SalesTeam
    customer: Customer
    phone: Phone
    session: AsyncSession

    async def edit(self, fields: dict[str, str], base: dict[str, str], **more: Any) -> httpx.Response:
        more.setdefault("record_id", self.customer.id)
        return await self.phone.send(more.pop("kind", "customers.edit"), fields, base=base, **more)

    async def now(self) -> Customer:
        return await self.session.get_one(Customer, self.customer.id, populate_existing=True)

    async def waiting(self) -> list[tuple[str, Any, Any, bool, int | None]]:
        found = await self.session.scalars(select(Disagreement).order_by(Disagreement.id))
        return [(one.field, one.mine, one.theirs, one.proposal, one.created_by_id) for one in found]

    async def told(self, user: Any) -> list[str]:
        found = await self.session.scalars(select(Notification.url).where(Notification.user_id == user.id))
        return list(found)


@pytest.fixture
async def desk(make: Make, phone: PhoneOf, session: AsyncSession) -> Desk:
    team = await make.sales_team()
    pool = await make.pool("North", members=(team.rep,))
    customer = await make.customer(
        "Tea House", owner=team.rep, home_pool_id=pool.id, phone="+862162881234", email="old@example.com",
        city="Shanghai", address="1 Nanjing Road", notes="Likes green tea", credit_limit=Decimal("100.00"),
        level="b", website="tea.example.com", latitude=31.2, longitude=121.4, map_x=1, map_y=1,
    )  # fmt: skip
    return Desk(team, customer, await phone(team.rep), session)


async def change(desk: Desk, **values: Any) -> None:
    """Somebody else saved other values."""
    for name, value in values.items():
        setattr(desk.customer, name, value)
    await desk.session.commit()


async def test_a_field_that_nobody_else_changed_is_taken_over(desk: Desk) -> None:
    await change(desk, city="Suzhou")
    answer = await desk.edit({"phone": "021 6288 9999"}, {"phone": "021 6288 1234"})
    assert (answer.status_code, answer.json()["notes"]) == (200, []), answer.text
    stands = await desk.now()
    assert (stands.phone, stands.city, stands.name) == ("+862162889999", "Suzhou", "Tea House")
    assert await desk.waiting() == []


async def test_the_same_value_twice_is_no_disagreement(desk: Desk) -> None:
    await change(desk, email="new@example.com")
    await desk.edit({"email": "NEW@example.com"}, {"email": "old@example.com"})
    assert (await desk.now()).email == "new@example.com"
    assert await desk.waiting() == []


async def test_notes_stand_one_below_the_other_with_author_and_time(desk: Desk) -> None:
    await change(desk, notes="Likes green tea\nOpen on Sundays")
    fields, base = {"notes": "Likes green tea\nSon takes over in May"}, {"notes": "Likes green tea"}
    assert (await desk.edit(fields, base)).status_code == 200
    above, mark, below = (await desk.now()).notes.rpartition("— Rep, ")  # type: ignore[union-attr]
    assert above == "Likes green tea\nOpen on Sundays\n\n"
    assert mark
    assert below.endswith("\nSon takes over in May")
    assert await desk.waiting() == []


ASKED = [
    ("name", "Tea House", "Tea Palace", "Tea Castle", "Tea Castle"),
    ("phone", "+862162881234", "021 6288 7777", "+862162885555", "+862162885555"),
    ("email", "old@example.com", "mine@example.com", "theirs@example.com", "theirs@example.com"),
    ("address", "1 Nanjing Road", "2 Nanjing Road", "3 Nanjing Road", "3 Nanjing Road"),
    ("city", "Shanghai", "Ningbo", "Suzhou", "Suzhou"),
    ("level", "b", "a", "c", "c"),
    ("website", "tea.example.com", "mine.example.com", "theirs.example.com", "theirs.example.com"),
]


@pytest.mark.parametrize(("field", "base", "mine", "theirs", "stands"), ASKED)
async def test_the_server_keeps_its_value_and_the_rep_chooses(
    desk: Desk, field: str, base: str, mine: str, theirs: str, stands: str
) -> None:
    await change(desk, **{field: theirs})
    answer = await desk.edit({field: mine}, {field: base})
    assert answer.status_code == 200, answer.text
    assert getattr(await desk.now(), field) == stands
    waiting = await desk.waiting()
    assert [(one[0], one[3], one[4]) for one in waiting] == [(field, False, desk.team.rep.id)]
    assert "Disagreements" in answer.json()["notes"][0]
    assert await desk.told(desk.team.rep) == ["/conflicts"]
    assert (await desk.phone.hello())["unsettled"] == 1


async def test_the_position_on_the_map_is_kept_and_the_rep_chooses(desk: Desk) -> None:
    await change(desk, latitude=31.3, longitude=121.5, map_x=2, map_y=2)
    mine = {"latitude": "31.25", "longitude": "121.45"}
    await desk.edit(mine, {"latitude": "31.2", "longitude": "121.4"})
    assert (await desk.now()).latitude == 31.3
    assert [one[:4] for one in await desk.waiting()] == [
        ("position", "31.250000 121.450000", "31.300000 121.500000", False)
    ]


async def test_a_position_that_nobody_else_moved_is_taken_over(desk: Desk) -> None:
    mine = {"latitude": "31.25", "longitude": "121.45"}
    answer = await desk.edit(mine, {"latitude": "31.2", "longitude": "121.4"})
    assert answer.status_code == 200, answer.text
    stands = await desk.now()
    assert (stands.latitude, stands.longitude) == (31.25, 121.45)


PROPOSED = [
    ("credit_limit", "100", "500", Decimal("300.00"), "500", "300.00"),
    ("follow_stage", "new", "interested", "contacted", "interested", "contacted"),
]


@pytest.mark.parametrize(("field", "base", "mine", "theirs", "kept", "stands"), PROPOSED)
async def test_the_server_wins_and_the_change_is_proposed_to_who_may_set_it(
    desk: Desk, field: str, base: str, mine: str, theirs: Any, kept: str, stands: str
) -> None:
    await change(desk, **{field: theirs})
    assert (await desk.edit({field: mine}, {field: base})).status_code == 200
    assert getattr(await desk.now(), field) == theirs
    assert await desk.waiting() == [(field, kept, stands, True, desk.team.manager.id)]
    assert await desk.told(desk.team.manager) == ["/conflicts"]
    assert await desk.told(desk.team.rep) == []


async def test_owner_and_territory_are_only_ever_proposed(desk: Desk, make: Make) -> None:
    other = await make.user("other", "sales_rep", name="Other")
    pool = await make.pool("South")
    fields = {"owner_id": str(other.id), "pool_id": str(pool.id)}
    await desk.edit(fields, {"owner_id": str(desk.team.rep.id), "pool_id": ""})
    stands = await desk.now()
    assert (stands.owner_id, stands.pool_id) == (desk.team.rep.id, None)
    manager = desk.team.manager.id
    assert await desk.waiting() == [
        ("owner_id", other.id, desk.team.rep.id, True, manager),
        ("pool_id", pool.id, None, True, manager),
    ]


async def test_the_plan_of_the_later_follow_up_holds_and_the_earlier_stays_in_the_history(desk: Desk) -> None:
    now = clock()
    fields = {"customer_id": str(desk.customer.id), "content": "At noon", "next_contact_at": "2099-01-02T09:00"}
    assert (await desk.phone.send("followups", fields, at=now - timedelta(hours=1))).status_code == 200
    earlier = {**fields, "content": "In the morning", "next_contact_at": "2099-05-05T09:00"}
    assert (await desk.phone.send("followups", earlier, at=now - timedelta(hours=5))).status_code == 200
    found = list(await desk.session.scalars(select(FollowUp).order_by(FollowUp.at)))
    assert [one.content for one in found] == ["In the morning", "At noon"]
    assert found[0].next_contact_at is not None
    assert (await desk.now()).last_follow_up_at == found[1].at
    planned = list(await desk.session.scalars(select(CalendarEvent).where(CalendarEvent.done_at.is_(None))))
    assert [one.followup_id for one in planned] == [found[1].id]


@pytest.mark.parametrize(
    ("values", "flag"), [({"owner_id": "other"}, "reassigned"), ({"deleted_at": "now"}, "deleted")]
)
async def test_a_visit_of_a_customer_that_went_away_is_taken_and_flagged(
    desk: Desk, make: Make, values: dict[str, str], flag: str
) -> None:
    other = await make.user("other", "sales_rep", name="Other")
    at = clock() - timedelta(hours=2)
    lines = {"owner_id": other.id} if "owner_id" in values else {"deleted_at": clock()}
    if "owner_id" in values:
        desk.session.add(
            OwnershipChange(
                at=clock() - timedelta(hours=1), kind="customer", record_id=desk.customer.id, verb="transfer",
                from_owner_id=desk.team.rep.id, to_owner_id=other.id,
            )
        )  # fmt: skip
    await change(desk, **lines)
    for kind in ("visits", "followups"):
        fields = {"customer_id": str(desk.customer.id), "result": "Sold", "content": "Sold"}
        answer = await desk.phone.send(kind, fields, at=at)
        assert answer.status_code == 200, (kind, answer.text)
        assert "manager has been told" in answer.json()["notes"][0]
    visit = (await desk.session.scalars(select(Visit))).one()
    assert visit.flag == flag
    assert (await desk.session.scalars(select(FollowUp.id).where(FollowUp.content == "Sold"))).all()
    assert set(await desk.told(desk.team.manager)) >= {f"/visits/{visit.id}"}


async def test_contacts_are_settled_the_same_way(desk: Desk) -> None:
    contact = Contact(customer_id=desk.customer.id, name="Wang", name_sort="wang", mobile="13800000001",
                      mobile_key="+8613800000001", notes="Old", post="Buyer", main=True)  # fmt: skip
    desk.session.add(contact)
    await desk.session.commit()
    contact.mobile, contact.mobile_key, contact.notes = "+8613800000003", "+8613800000003", "Old\nNew"
    await desk.session.commit()
    fields = {"mobile": "13800000002", "notes": "Old\nMine", "post": "Chief buyer"}
    base = {"mobile": "13800000001", "notes": "Old", "post": "Buyer"}
    answer = await desk.edit(fields, base, kind="contacts.edit", record_id=contact.id)
    assert answer.status_code == 200, answer.text
    await desk.session.refresh(contact)
    assert (contact.mobile, contact.post, contact.name) == ("+8613800000003", "Chief buyer", "Wang")
    assert contact.notes is not None
    assert contact.notes.startswith("Old\nNew\n\n— Rep, ")
    assert [one[0] for one in await desk.waiting()] == ["mobile"]


async def test_an_edit_sent_twice_is_settled_once(desk: Desk) -> None:
    await change(desk, notes="Theirs")
    body = record("customers.edit", {"notes": "Mine"}, record_id=desk.customer.id, base={"notes": "Likes green tea"})
    first = await desk.phone.post(body)
    notes = (await desk.now()).notes
    again = await desk.phone.post(body)
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert (await desk.now()).notes == notes


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"deal_status": "deal"}, "deal_status"),
        ({"id": "7"}, "id"),
        ({"created_by_id": "7"}, "created_by_id"),
        ({"email": "nonsense"}, "email"),
        ({"latitude": "31"}, "longitude"),
        ({"latitude": "", "longitude": ""}, "latitude"),
        ({"latitude": "north", "longitude": "121"}, "latitude"),
        ({"owner_id": "somebody"}, "owner_id"),
    ],
)
async def test_what_cannot_be_changed_so_is_refused_at_its_field(
    desk: Desk, fields: dict[str, str], field: str
) -> None:
    before = {name: getattr(desk.customer, name) for name in CUSTOMER_FIELDS}
    answer = await desk.edit(fields, {})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field]), answer.text
    stands = await desk.now()
    assert {name: getattr(stands, name) for name in CUSTOMER_FIELDS} == before


async def test_an_edit_says_of_which_record(desk: Desk) -> None:
    answer = await desk.phone.send("customers.edit", {"city": "Ningbo"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["record_id"])


# Choosing


async def asked(desk: Desk) -> int:
    """One disagreement about the city: mine Ningbo, theirs Suzhou."""
    await change(desk, city="Suzhou")
    await desk.edit({"city": "Ningbo"}, {"city": "Shanghai"})
    return int(await desk.session.scalar(select(Disagreement.id)) or 0)


async def test_the_page_shows_both_values_and_takes_mine(desk: Desk) -> None:
    found = await asked(desk)
    shown = await desk.phone.client.get("/conflicts")
    assert [word in shown.text for word in ("Ningbo", "Suzhou", "Tea House", "City")] == [True] * 4
    version = str((await desk.now()).version)
    answer = await desk.phone.client.submit(f"/conflicts/{found}", {"choice": "mine", "version": version})
    assert (answer.status_code, answer.headers["location"]) == (303, "/conflicts")
    assert (await desk.now()).city == "Ningbo"
    assert "Ningbo" not in (await desk.phone.client.get("/conflicts")).text
    assert (await desk.phone.hello())["unsettled"] == 0


async def test_what_stands_is_left_and_choosing_again_is_harmless(desk: Desk) -> None:
    found = await asked(desk)
    for _ in range(2):
        await desk.phone.client.submit(f"/conflicts/{found}", {"choice": "theirs"})
    assert (await desk.now()).city == "Suzhou"
    one = await desk.session.get_one(Disagreement, found, populate_existing=True)
    assert (one.settled, one.settled_by_id) == ("theirs", desk.team.rep.id)
    await desk.phone.client.submit(f"/conflicts/{found}", {"choice": "mine"})
    assert (await desk.now()).city == "Suzhou"


async def test_a_choice_on_an_older_page_is_asked_again(desk: Desk) -> None:
    found = await asked(desk)
    version = (await desk.now()).version
    await change(desk, city="Wuxi", version=version + 1)
    await desk.phone.client.submit(f"/conflicts/{found}", {"choice": "mine", "version": str(version)})
    assert (await desk.now()).city == "Wuxi"
    assert (await desk.session.get_one(Disagreement, found, populate_existing=True)).settled is None


@pytest.mark.parametrize("choice", ["", "both", ["mine", "theirs"]])
async def test_no_choice_settles_nothing(desk: Desk, choice: Any) -> None:
    found = await asked(desk)
    answer = await desk.phone.client.submit(f"/conflicts/{found}", {"choice": choice})
    assert answer.status_code == 303
    assert (await desk.session.get_one(Disagreement, found, populate_existing=True)).settled is None


async def test_nobody_else_sees_or_settles_it(desk: Desk, make: Make, client: Client) -> None:
    found = await asked(desk)
    for user in (desk.team.manager, await make.user("other", "sales_rep")):
        page: Any = await client(user)
        assert "Ningbo" not in (await page.get("/conflicts")).text
        answer = await page.submit(f"/conflicts/{found}", {"choice": "mine"})
        assert answer.status_code == 404
    assert (await desk.now()).city == "Suzhou"


async def test_the_manager_accepts_a_proposal_with_rights_of_his_own(desk: Desk, make: Make, client: Client) -> None:
    department = await desk.session.get_one(Department, desk.team.rep.department_id)
    other = await make.user("other", "sales_rep", name="Other Rep", department=department)
    await change(desk, credit_limit=Decimal("300.00"))
    await desk.edit({"owner_id": str(other.id), "credit_limit": "500"}, {"credit_limit": "100"})
    page: Any = await client(desk.team.manager)
    shown = await page.get("/conflicts")
    assert [word in shown.text for word in ("Other Rep", "500", "Rep proposes it")] == [True] * 3
    for found in list(await desk.session.scalars(select(Disagreement.id).order_by(Disagreement.id))):
        answer = await page.submit(f"/conflicts/{found}", {"choice": "mine"})
        assert answer.status_code == 303
    stands = await desk.now()
    assert (stands.owner_id, stands.credit_limit) == (other.id, Decimal("500.00"))


async def test_the_page_speaks_chinese(desk: Desk, client: Client) -> None:
    await asked(desk)
    desk.team.rep.language = "zh"
    await desk.session.commit()
    shown = await desk.phone.client.get("/conflicts")
    assert "当前" in shown.text
    assert "Stands now" not in shown.text


# The rules by themselves


def test_every_field_of_the_forms_has_a_rule_and_a_name() -> None:
    assert set(CUSTOMER_RULES) == {*CUSTOMER_FIELDS, "position"}
    assert set(CONTACT_RULES) == set(CONTACT_FIELDS)
    assert set(LABELS) >= {*CUSTOMER_RULES, *CONTACT_RULES}


def test_a_field_whose_base_is_not_known_counts_as_changed() -> None:
    merged = merge({"city": Rule.ask}, {}, {"city": "A"}, {"city": "B"}, "mark")
    assert (merged.taken, merged.asked) == ({}, {"city": Rule.ask})


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "stands"),
    [
        ("a", "a\nb", "a\nc", "a\nc\n\n— m\nb"),
        ("a", "b", "c", "c\n\n— m\nb"),
        (None, "b", "c", "c\n\n— m\nb"),
        ("a", "a ", "c", "c"),
        ("a", "", "c", None),
        ("a", "b", None, "b"),
        ("a", "b" * 9_999, "c", None),
    ],
)
def test_texts_are_appended_or_asked_for_but_never_lost(
    base: str | None, mine: str, theirs: str | None, stands: str | None
) -> None:
    assert appended(base, mine, theirs, "— m") == stands
