"""Birthdays: what is understood, who comes next, and who is told of them, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Date, cast, func, literal, select

from domain.contacts import actions, birthdays, care, queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.access import SYSTEM
from domain.core.inputs import Refusal
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work, clock
from domain.notifications.models import Notification
from tests.conftest import Client, WorkAs
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1985-03-12", "1985-03-12"), ("1985/3/12", "1985-03-12"), ("1985年3月12日", "1985-03-12"),
        ("19850312", "1985-03-12"), ("1985-03-12T00:00:00Z", "1985-03-12"), ("12.3.1985", "1985-03-12"),
        ("3/12/1985", "1985-03-12"), ("03-12", "--03-12"), ("--0312", "--03-12"), ("--03-12", "--03-12"),
        ("3月12日", "--03-12"), ("3/12", "--03-12"), ("12.3.", "--03-12"), ("1604-03-12", "--03-12"),
        ("02-29", "--02-29"), ("2000-02-29", "2000-02-29"),
    ],
)  # fmt: skip
def test_a_birthday_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert birthdays.read(typed) == kept
    assert birthdays.read(birthdays.typed(kept) or "") == kept


@pytest.mark.parametrize(
    "typed", ["tomorrow", "13-01", "02-30", "1985-02-29", "1850-01-01", "9999-01-01", "1985", "3", "<b>"]
)
def test_what_is_no_birthday_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        birthdays.read(typed)


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")


@pytest.fixture
async def work(work_as: WorkAs, rep: Any) -> Work:
    return await work_as(rep)


async def born(work: Work, customer: Any, *kept: str) -> None:
    for one in kept:
        await actions.create(work, ContactInput(customer_id=customer.id, name=f"B {one}", birthday=one))


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 2, 28), 0, ["--02-28", "1992-02-29"]),
        (date(2026, 2, 27), 1, ["--02-28", "1992-02-29"]),
        (date(2026, 3, 1), 0, ["--03-01"]),
        (date(2028, 2, 28), 0, ["--02-28"]),
        (date(2028, 2, 29), 0, ["1992-02-29"]),
        (date(2026, 12, 30), 3, ["1990-12-31", "--01-02"]),
        (date(2026, 12, 30), 366, ["1990-12-31", "--01-02", "--02-28", "1992-02-29", "--03-01"]),
    ],
)
async def test_leap_days_and_the_turn_of_the_year(
    work: Work, make: Make, rep: Any, day: date, days: int, expected: list[str]
) -> None:
    acme = await make.customer("Acme", owner=rep)
    await born(work, acme, "--02-28", "1992-02-29", "--03-01", "1990-12-31", "--01-02")
    that = cast(literal(day), Date)
    found = await work.session.scalars(
        select(Contact.birthday).where(birthdays.within(that, days)).order_by(birthdays.coming(that))
    )
    assert list(found) == expected


async def test_the_list_shows_the_next_first(work: Work, make: Make, rep: Any) -> None:
    acme = await make.customer("Acme", owner=rep)
    days = [work.today + timedelta(days=n) for n in (20, 0, 5, 40, -1)]
    # The year is left out, so that a test on 29 February does not end here.
    await born(work, acme, *(f"{day:%m-%d}" for day in days))
    for within, ahead in (("7", (0, 5)), ("30", (0, 5, 20)), ("0", (0,))):
        page = await fetch_page(work, queries.LIST, ListQuery(filters={"birthday": within}, sort="birthday"))
        expected = [f"B {work.today + timedelta(days=n):%m-%d}" for n in ahead]
        assert [row.name for row in page.rows] == expected, within
    everybody = ListQuery(sort="birthday")
    first = await fetch_page(work, queries.LIST, everybody, size=2)
    assert first.next is not None
    second = await fetch_page(work, queries.LIST, everybody.at(first.next), size=9)
    assert len({row.id for row in [*first.rows, *second.rows]}) == 5


async def told(session: Any, user: Any) -> list[tuple[str, str]]:
    rows = await session.scalars(select(Notification).where(Notification.user_id == user.id).order_by(Notification.id))
    return [(str(row.text), row.url) for row in rows]


def hour(work: Work) -> Callable[[str], Work]:
    """The clock at a moment in UTC."""
    return lambda at: Work(work.session, SYSTEM, datetime.fromisoformat(at).replace(tzinfo=UTC))


async def test_the_owner_is_told_in_the_morning_where_he_is_and_once(work: Work, make: Make, rep: Any) -> None:
    far = await make.user("far", "sales_rep", time_zone="America/New_York")
    acme, globex = await make.customer("Acme", owner=rep), await make.customer("Globex", owner=far)
    await born(work, acme, "1985-03-12")
    make.session.add(Contact(customer_id=globex.id, name="Far", name_sort="far", birthday="--03-12"))
    await make.session.flush()
    at = hour(work)
    assert await care.remind(at("2026-03-11T23:00")) == 0  # seven in the morning in China
    assert await care.remind(at("2026-03-12T00:00")) == 1
    assert await care.remind(at("2026-03-12T01:00")) == 0
    one = (await work.session.execute(select(Contact.id).where(Contact.customer_id == acme.id))).scalar_one()
    assert await told(work.session, rep) == [("B 1985-03-12 of Acme has a birthday today.", f"/contacts/{one}")]
    assert await told(work.session, far) == []
    assert await care.remind(at("2026-03-12T12:00")) == 1  # eight in New York: daylight time has begun
    assert len(await told(work.session, far)) == 1
    assert await care.remind(at("2026-03-13T12:00")) == 0
    assert await care.remind(at("2027-03-12T13:00")) == 2


async def test_several_are_one_item_and_three_days_before_by_choice(work: Work, make: Make, rep: Any) -> None:
    acme = await make.customer("Acme", owner=rep)
    await born(work, acme, "03-12", "1985-03-12", "03-15")
    at = hour(work)
    await care.remind(at("2026-03-12T00:00"))
    several = ("2 contacts have a birthday today, B 03-12 first.", "/contacts?scene=mine&sort=birthday&birthday=0")
    assert await told(work.session, rep) == [several]
    await care.choose(work, ahead=True)
    assert await care.ahead(work)
    assert await care.remind(at("2026-03-12T02:00")) == 0
    await care.remind(at("2027-03-12T00:00"))
    assert [text for text, _url in (await told(work.session, rep))[1:]] == [
        several[0], "B 03-15 of Acme has a birthday in 3 days.",
    ]  # fmt: skip
    await care.choose(work, ahead=False)
    assert not await care.ahead(work)


async def test_nobody_is_told_of_what_is_not_his(work: Work, make: Make, rep: Any) -> None:
    acme, pool = await make.customer("Acme", owner=rep), await make.pool("P", members=(rep,))
    lying = await make.customer("Lying", pool=pool)
    make.session.add(Contact(customer_id=lying.id, name="Pooled", name_sort="p", birthday="--03-12"))
    await born(work, acme, "03-12")
    gone = (await work.session.execute(select(Contact).where(Contact.customer_id == acme.id))).scalar_one()
    await actions.delete(work, gone.id)
    assert await care.remind(hour(work)("2026-03-12T00:00")) == 0
    assert await told(work.session, rep) == []


async def test_four_workers_at_once_tell_once(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep", time_zone="UTC")
        acme = await make.customer("Acme", owner=rep)
        session.add(Contact(customer_id=acme.id, name="A", name_sort="a", birthday=f"--{clock():%m-%d}"))
        await session.commit()
    morning = clock().replace(hour=9)

    async def once() -> int:
        async with transaction(own_database, SYSTEM) as work:
            return await care.remind(Work(work.session, SYSTEM, morning))

    assert sum(await asyncio.gather(*(once() for _ in range(4)))) == 1
    async with own_database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Notification))).scalar_one() == 1


async def test_pages(client: Client, make: Make, rep: Any, work: Work) -> None:
    acme = await make.customer("Acme", owner=rep)
    browser: Any = await client(rep)
    data = {"customer_id": str(acme.id), "name": "Zhang Wei", "birthday": "31-31", "role": "finance"}
    wrong = await browser.submit("/contacts", data)
    assert wrong.status_code == 422
    assert 'value="31-31"' in wrong.text
    assert (await browser.submit("/contacts", {**data, "birthday": f"{work.today:%m-%d}"})).status_code == 303
    listed = (await browser.get("/contacts?birthday=7&sort=birthday")).text
    assert "Zhang Wei" in listed
    assert 'name="ahead"' in listed
    assert 'name="ahead"' not in (await browser.get("/contacts")).text
    assert (await browser.get("/contacts?birthday=many")).status_code == 422
    assert "Zhang Wei" in (await browser.get("/today")).text
    one = (await make.session.execute(select(Contact))).scalar_one()
    assert "Finance" in (await browser.get(f"/contacts/{one.id}")).text
    assert f'value="{work.today:%m-%d}"' in (await browser.get(f"/contacts/{one.id}/edit")).text
    assert (await browser.submit("/contacts/birthdays", {"ahead": "1"})).status_code == 303
    assert await care.ahead(work)
    head: Any = await client(await make.user("head", "sales_director"))
    csv = (await head.get("/exports/contacts.csv?birthday=7")).text
    assert "Phone,E-mail,Birthday," in csv
