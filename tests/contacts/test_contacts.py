"""Contacts: seen with their customer, one number one person, one main contact."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.contacts import actions, queries
from domain.contacts.actions import DuplicateMobile
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.access import GrantLevel
from domain.core.errors import Conflict, Denied, NotFound
from domain.core.events import EventRow
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from tests.conftest import Client, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep")


@pytest.fixture
async def acme(make: Make, rep: Any) -> Any:
    return await make.customer("Acme", owner=rep, country="Germany")


@pytest.fixture
async def work(work_as: WorkAs, rep: Any) -> Work:
    return await work_as(rep)


def anna(customer: Any, **values: Any) -> ContactInput:
    return ContactInput(**{"customer_id": customer.id, "name": "Anna", "mobile": "0171 2345678", **values})


async def test_the_first_contact_is_the_main_one_and_only_one_is(work: Work, acme: Any) -> None:
    first = await actions.create(work, anna(acme))
    second = await actions.create(work, anna(acme, name="Bert", mobile=None))
    assert (first.main, second.main) == (True, False)
    await actions.edit(work, second.id, anna(acme, name="Bert", mobile=None, main=True))
    await work.session.refresh(first)
    assert (first.main, second.main) == (False, True)


async def test_numbers_are_read_as_those_of_the_customers_country(work: Work, acme: Any) -> None:
    contact = await actions.create(work, anna(acme, phone="no idea"))
    assert (contact.mobile, contact.mobile_key, contact.phone) == ("+491712345678", "+491712345678", "no idea")


async def test_a_number_belongs_to_one_person(work: Work, acme: Any, make: Make) -> None:
    first = await actions.create(work, anna(acme))
    with pytest.raises(DuplicateMobile) as refusal:
        await actions.create(work, anna(acme, name="Bert", mobile="+49 171-2345678"))
    assert refusal.value.seen == (first.id, "Anna")
    assert (await work.session.execute(select(func.count()).select_from(Contact))).scalar_one() == 1
    acme.owner_id = (await make.user("other", "sales_rep")).id
    mine = await make.customer("Mine", owner=await work.session.get(type(await make.user()), work.actor.id))
    with pytest.raises(DuplicateMobile) as unseen:
        await actions.create(work, anna(mine, mobile="+491712345678"))
    assert unseen.value.seen is None
    await actions.create(work, anna(mine, name="No number", mobile=None))
    await actions.create(work, anna(mine, name="No number either", mobile=None))


async def test_a_removed_contact_gives_its_number_free(work: Work, acme: Any) -> None:
    first = await actions.create(work, anna(acme))
    assert await actions.delete(work, first.id) == acme.id
    with pytest.raises(NotFound):
        await queries.get(work, first.id)
    await actions.create(work, anna(acme, name="Next"))


async def test_completeness_and_timeline_follow(work: Work, acme: Any) -> None:
    before = acme.completeness
    contact = await actions.create(work, anna(acme))
    assert acme.completeness > before
    await actions.edit(work, contact.id, anna(acme, name="Anna Bell"))
    await actions.delete(work, contact.id)
    mine = select(EventRow.name).where(EventRow.customer_id == acme.id).order_by(EventRow.id)
    assert list(await work.session.scalars(mine)) == ["ContactCreated", "ContactEdited", "ContactDeleted"]


async def test_a_stale_form_is_refused(work: Work, acme: Any) -> None:
    contact = await actions.create(work, anna(acme))
    await actions.edit(work, contact.id, anna(acme, name="Anna 2"), 1)
    with pytest.raises(Conflict) as refusal:
        await actions.edit(work, contact.id, anna(acme, name="Anna 3"), 1)
    assert refusal.value.current["name"] == "Anna 2"
    assert contact.name == "Anna 2"


async def test_seen_with_the_customer_and_changed_by_writers_only(
    work: Work, acme: Any, make: Make, work_as: WorkAs
) -> None:
    contact = await actions.create(work, anna(acme))
    other = await make.user("other", "sales_rep")
    stranger = await work_as(other)
    with pytest.raises(NotFound):
        await queries.get(stranger, contact.id)
    with pytest.raises(NotFound):
        await actions.create(stranger, anna(acme, mobile=None))
    await make.grant("customers", acme.id, user=other)
    reader = await work_as(other)
    assert (await queries.get(reader, contact.id)).name == "Anna"
    with pytest.raises(Denied):
        await actions.edit(reader, contact.id, anna(acme, name="Mine"))
    await make.grant("customers", acme.id, user=other, level=GrantLevel.write)
    await actions.edit(await work_as(other), contact.id, anna(acme, name="Ours"))
    assert contact.name == "Ours"


async def test_the_list_is_searched_and_keeps_to_the_scope(work: Work, acme: Any, make: Make, work_as: WorkAs) -> None:
    await actions.create(work, anna(acme, name="欧阳娜娜", mobile="+8613912345678"))
    await actions.create(work, anna(acme, name="Zoë Bell", mobile=None, phone="030 123456"))
    for q, names in {
        "欧阳": ["欧阳娜娜"], "oynn": ["欧阳娜娜"], "139 1234": ["欧阳娜娜"], "zoe": ["Zoë Bell"],
        "acme": ["欧阳娜娜", "Zoë Bell"], "xyz": [], "%": [],
    }.items():  # fmt: skip
        page = await fetch_page(work, queries.LIST, ListQuery(q=q))
        assert [row.name for row in page.rows] == names, q
    other = await work_as(await make.user("other", "sales_rep"))
    assert (await fetch_page(other, queries.LIST, ListQuery())).rows == []


async def test_a_pool_that_hides_contacts_leaves_them_out_of_lists(make: Make, work_as: WorkAs) -> None:
    member = await make.user("member", "sales_rep")
    for name, hidden in (("Open", []), ("Closed", ["contacts"])):
        pool = await make.pool(name, members=(member,), hidden_fields=hidden)
        lying = await make.customer(f"in {name}", pool=pool)
        make.session.add(Contact(customer_id=lying.id, name=f"of {name}", name_sort=name.lower()))
    await make.session.flush()
    page = await fetch_page(await work_as(member), queries.LIST, ListQuery())
    assert [row.name for row in page.rows] == ["of Open"]


async def test_a_pool_that_hides_contacts_hides_their_pages_too(make: Make, client: Client) -> None:
    member, boss = await make.user("member", "sales_rep"), await make.user("boss", "sales_rep")
    pool = await make.pool("Closed", members=(member,), administrators=(boss,), hidden_fields=["contacts"])
    lying = await make.customer("Lying", pool=pool)
    secret = Contact(customer_id=lying.id, name="Secret", name_sort="secret", mobile="+8613800138000")
    make.session.add(secret)
    await make.session.flush()
    browser: Any = await client(member)
    for url in (f"/contacts/{secret.id}", f"/contacts/{secret.id}/card.vcf", f"/contacts/{secret.id}/edit"):
        assert (await browser.get(url)).status_code == 404, url
    assert "Secret" not in (await browser.get(f"/followups/new?customer={lying.id}")).text
    await make.grant("customers", lying.id, user=member)
    assert (await browser.get(f"/contacts/{secret.id}")).status_code == 200
    assert (await (await client(boss)).get(f"/contacts/{secret.id}")).status_code == 200


async def test_pages(client: Client, rep: Any, acme: Any, make: Make) -> None:
    browser: Any = await client(rep)
    form = await browser.get(f"/contacts/new?customer={acme.id}")
    key = re.search(r'name="client_uuid" value="([^"]+)"', form.text)
    assert key
    data = {"customer_id": str(acme.id), "name": "Anna", "mobile": "0171 2345678", "client_uuid": key[1]}
    saved = await browser.submit("/contacts", data)
    assert saved.status_code == 303
    assert (await browser.submit("/contacts", data)).status_code == 303
    contact = (await make.session.execute(select(Contact))).scalar_one()
    shown = await browser.get(f"/contacts/{contact.id}")
    assert "+49 171 2345678" in shown.text
    wrong = await browser.submit("/contacts", {**data, "client_uuid": "", "name": "", "email": "x@"})
    assert wrong.status_code == 422
    assert 'value="x@"' in wrong.text
    taken = await browser.submit("/contacts", {**data, "client_uuid": "", "name": "Bert"})
    assert taken.status_code == 422
    assert f'href="/contacts/{contact.id}"' in taken.text
    edited = await browser.submit(f"/contacts/{contact.id}", {**data, "name": "Anna B", "version": "1"})
    assert edited.status_code == 303
    stale = await browser.submit(f"/contacts/{contact.id}", {**data, "name": "Anna C", "version": "1"})
    assert stale.status_code == 409
    assert "Anna B" in stale.text
    assert "Anna C" in stale.text
    assert (await browser.submit(f"/contacts/{contact.id}/delete")).status_code == 303
    assert (await browser.get(f"/contacts/{contact.id}")).status_code == 404
