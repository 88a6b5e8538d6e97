"""What contacts are to us, the main one among them, and the three views of the list."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from domain.contacts import actions, queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.lists import ListQuery, fetch_page
from domain.people.queries import load_actor
from tests.conftest import Client, WorkAs
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio


async def test_they_stand_by_role_the_main_one_first(make: Make, work_as: WorkAs, client: Client) -> None:
    rep = await make.user("rep", "sales_rep")
    acme, work = await make.customer("Acme", owner=rep), await work_as(rep)
    for name, role in (
        ("Main", None), ("Bare", None), ("Sales", "after_sales"), ("Zed", "decision_maker"), ("Abe", "decision_maker"),
        ("Carrier", "consignee"),
    ):  # fmt: skip
        await actions.create(work, ContactInput.model_validate({"customer_id": acme.id, "name": name, "role": role}))
    names = [one.name for one in await queries.of_customer(work, acme.id)]
    assert names == ["Main", "Abe", "Zed", "Carrier", "Sales", "Bare"]
    shown = (await (await client(rep)).get(f"/customers/{acme.id}")).text
    places = [shown.index(f">{name}<") for name in names]
    assert places == sorted(places)
    page = await fetch_page(work, queries.LIST, ListQuery(filters={"role": "decision_maker"}))
    assert [row.name for row in page.rows] == ["Abe", "Zed"]
    browser: Any = await client(rep)
    assert (await browser.get("/contacts?role=king")).status_code == 422
    wrong = await browser.submit("/contacts", {"customer_id": str(acme.id), "name": "X", "role": "king"})
    assert wrong.status_code == 422


async def test_of_many_at_once_one_becomes_the_main_contact(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        acme = await make.customer("Acme", owner=rep)
        await session.commit()
    async with own_database.reading() as session:
        actor = await load_actor(session, rep.id)
    assert actor is not None

    async def create(n: int) -> int:
        async with transaction(own_database, actor) as work:
            return (await actions.create(work, ContactInput(customer_id=acme.id, name=f"P{n}", main=n % 2 == 0))).id

    ids = await asyncio.gather(*(create(n) for n in range(6)))

    async def crown(contact_id: int) -> None:
        async with transaction(own_database, actor) as work:
            await actions.edit(work, contact_id, ContactInput(customer_id=acme.id, name="Now", main=True))

    async with own_database.reading() as session:
        assert len((await session.scalars(select(Contact.id).where(Contact.main))).all()) == 1
    await asyncio.gather(*(crown(number) for number in ids))
    async with own_database.reading() as session:
        assert len((await session.scalars(select(Contact.id).where(Contact.main))).all()) == 1


async def test_the_three_views(make: Make, work_as: WorkAs, client: Client) -> None:
    ours, theirs = await make.department("Ours"), await make.department("Theirs")
    head = await make.user("head", "sales_director", department=ours)
    other = await make.user("other", "sales_rep", department=theirs)
    rep = await make.user("rep", "sales_rep", department=ours, manager=head)
    for owner in (head, rep, other):
        lying = await make.customer(f"of {owner.user_name}", owner=owner)
        make.session.add(Contact(customer_id=lying.id, name=owner.user_name, name_sort=owner.user_name))
    await make.session.flush()
    work = await work_as(head)
    for scene, names in (("all", {"head", "rep"}), ("mine", {"head"}), ("subordinates", {"rep"})):
        page = await fetch_page(work, queries.LIST, ListQuery(scene=scene))
        assert {row.name for row in page.rows} == names, scene
    alone = await work_as(rep)
    for scene, names in (("all", {"rep"}), ("mine", {"rep"}), ("subordinates", set())):
        page = await fetch_page(alone, queries.LIST, ListQuery(scene=scene))
        assert {row.name for row in page.rows} == names, scene
    shown = (await (await client(head)).get("/contacts?scene=subordinates")).text
    assert "rep" in shown
    assert "scene=mine" in shown
