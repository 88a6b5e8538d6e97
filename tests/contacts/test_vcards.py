"""Business cards: what phones write is read, what we write is read again, and hostile files get a plain answer."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.contacts import card_writer, vcards
from domain.contacts.models import Contact
from domain.core.errors import Invalid
from domain.search.companies import company_key
from tests.conftest import Client
from tests.imports.conftest import Bring, bring
from tests.make import Make
from webapp.card_files import CardFile
from webapp.reading_files import read

pytestmark = pytest.mark.anyio
__all__ = ["bring"]

OLD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F;;;\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=\r\n=E4=BC=9F\r\nTEL;CELL:13800138000\r\n"
    "TEL;WORK;VOICE:010-12345678\r\nTEL;WORK;FAX:010-99999999\r\nBDAY:19850312\r\nEND:VCARD\r\n"
)
GBK = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:=D5=C5;=CE=B0\nTEL;CELL:1\nEND:VCARD\n"
APPLE = (
    "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Apple//EN\nN:Bell;Anna;;Dr.;\nFN:Anna Bell\nORG:Acme\\, Inc.;Sales\n"
    "TITLE:Buyer\nitem1.TEL;type=CELL;type=VOICE;type=pref:+49 171 2345678\nitem1.X-ABLabel:_$!<Mobile>!$_\n"
    "EMAIL;type=INTERNET;type=WORK:other@acme.example\nEMAIL;type=INTERNET;type=pref:anna@acme.example\n"
    "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-12\nADR;type=WORK:;;Main St. 1;Berlin;;10115;Germany\n"
    "NOTE:likes tea\\nand a very long line \n that goes on\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\n AAAA\nEND:VCARD\n"
)
NEW = (
    'BEGIN:VCARD\nVERSION:4.0\nFN:Zoë Bell\nTEL;VALUE=uri;PREF=1;TYPE="cell,voice":tel:+49-171-2345678\nBDAY:--0312\n'
    "IMPP:wechat:zoe_b\nEND:VCARD\n"
)


def one(text: str) -> dict[str, str]:
    (card,) = vcards.read(text)
    return dict(card.values)


def test_cards_of_all_versions_are_read() -> None:
    assert one(OLD) == {"name": "张伟", "mobile": "13800138000", "phone": "010-12345678", "birthday": "1985-03-12"}
    assert one(GBK) == {"name": "张伟", "mobile": "1"}
    assert one(APPLE) == {
        "name": "Anna Bell", "customer": "Acme, Inc.", "post": "Buyer", "mobile": "+49 171 2345678",
        "email": "anna@acme.example", "birthday": "03-12", "address": "Main St. 1, Berlin, 10115, Germany",
        "notes": "likes tea\nand a very long line that goes on",
    }  # fmt: skip
    assert one(NEW) == {"name": "Zoë Bell", "mobile": "+49-171-2345678", "birthday": "03-12", "wechat": "zoe_b"}


def test_a_bad_line_costs_no_card() -> None:
    cards = vcards.read(
        "BEGIN:VCARD\nFN:A\nthis is rubbish\nTEL\nPHOTO;ENCODING=b:!!!A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n"
    )
    assert [(card.line, card.values["name"]) for card in cards] == [(1, "A"), (7, "B")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("BEGIN:VCARD\nFN:A\n", "has no end"),
        ("BEGIN:VCARD\n" * 3000, "has no end"),
        ("BEGIN:VCARD\nFN:" + "a" * 20_000 + "\nEND:VCARD", "holds more than"),
        ("BEGIN:VCARD\n" + "TEL:1\n" * 600 + "END:VCARD", "says too much"),
        ("BEGIN:VCARD\nFN:A\nEND:VCARD\n" * 10_001, "At most 10,000 cards"),
    ],
)
def test_what_is_too_much_or_broken_is_said(text: str, complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint):
        read(text.encode(), "a.vcf")


def test_large_photographs_are_passed_over_in_no_time() -> None:
    photo = "BEGIN:VCARD\r\nFN:A\r\nPHOTO;ENCODING=b;TYPE=JPEG:" + ("A" * 74 + "\r\n ") * 40_000 + "\r\nEND:VCARD\r\n"
    hostile = "BEGIN:VCARD\nTEL" + ';a="b' * 1500 + "\nFN:" + "=" * 5000 + "\nN:" + "\\" * 5001 + "\nEND:VCARD\n"
    begun = time.process_time()
    assert read(photo.encode(), "a.vcf").rows == [(1, ["A"])]
    vcards.read(hostile)
    assert time.process_time() - begun < 2


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"), max_size=90)


@given(name=LINE.map(str.strip).filter(bool), post=LINE, notes=st.lists(LINE, max_size=3).map("\n".join))
def test_what_is_written_is_read_again(name: str, post: str, notes: str) -> None:
    contact = SimpleNamespace(
        id=3, name=name, post=post.strip(), role="finance", mobile="+8613800138000", phone="+861012345678",
        email="a@b.example", address="Nanjing Rd; 1, Shanghai", birthday="--02-29", wechat="wx_1", notes=notes.strip(),
    )  # fmt: skip
    written = card_writer.write(contact, "Acme; Söhne")
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    values = one(written)
    assert values.pop("post", "") == contact.post
    assert values.pop("notes", "") == contact.notes
    assert values == {
        "name": name, "customer": "Acme; Söhne", "role": "finance", "mobile": contact.mobile, "phone": contact.phone,
        "email": contact.email, "address": contact.address, "birthday": "02-29", "wechat": "wx_1",
    }  # fmt: skip


async def test_cards_come_in_with_a_trial_first_and_nothing_twice(bring: Bring, make: Make) -> None:
    rep = await make.user("rep", "administrator")
    acme = await make.customer("Acme, Inc.", owner=rep, name_key=company_key("Acme, Inc."))
    there = await make.customer("Other", owner=rep)
    make.session.add(
        Contact(customer_id=there.id, name="Old", name_sort="old", mobile="+8613800138000", mobile_key="+8613800138000")
    )
    await make.session.flush()
    mine = OLD.replace("FN;", "ORG:Acme\\, Inc.\r\nFN;", 1)
    nobody, unknown = (
        NEW.replace("2345678", "2345670"),
        NEW.replace("FN", "ORG:Nobody Ltd\nFN").replace("2345678", "2345679"),
    )
    script = "BEGIN:VCARD\nFN:<script>alert(1)</script>\nORG:Acme\\, Inc.\nEND:VCARD\n"
    text = APPLE + mine + nobody + unknown + script
    tried = await bring(rep, "contacts", text, dry=True)
    assert (tried.read, tried.made, tried.there, tried.refused) == (5, 2, 1, 2)
    assert (await make.session.scalars(select(Contact.name))).all() == ["Old"]
    done = await bring(rep, "contacts", text)
    assert (done.made, done.there, done.refused) == (2, 1, 2)
    assert {said.text for said in done.problems} == {
        "This is the number of Old already.", "It names no customer.",
        "There is no customer Nobody Ltd, or you may not see it.",
    }  # fmt: skip
    anna = (await make.session.scalars(select(Contact).where(Contact.name == "Anna Bell"))).one()
    assert (anna.customer_id, anna.birthday, anna.mobile) == (acme.id, "--03-12", "+491712345678")
    again = await bring(rep, "contacts", text)
    assert (again.made, again.there, again.refused) == (0, 3, 2)


async def test_a_table_of_contacts_has_roles_birthdays_and_main_ones(bring: Bring, make: Make) -> None:
    rep = await make.user("rep", "administrator")
    await make.customer("Acme", owner=rep)
    table = (
        "姓名,公司,角色,生日,手机,主要联系人\n张三,Acme,财务,3月12日,13800138000,是\n"
        "李四,Acme,Decision maker,1985/3/1,,否\n"
        "王五,Acme,国王,1月32日,,也许\n"
    )
    done = await bring(rep, "contacts", table)
    assert (done.made, done.refused) == (2, 1)
    rows = (await make.session.scalars(select(Contact).order_by(Contact.id))).all()
    assert [(one.name, one.role, one.birthday, one.main) for one in rows] == [
        ("张三", "finance", "--03-12", True), ("李四", "decision_maker", "1985-03-01", False),
    ]  # fmt: skip
    assert {said.text for said in done.problems} == {
        "Please choose yes or no.", "There is no such day.", "Please choose one of the list.",
    }  # fmt: skip


async def test_pages(client: Client, make: Make) -> None:
    rep, reader = await make.user("rep", "sales_rep"), await make.user("head", "sales_director")
    acme = await make.customer("Acme", owner=rep)
    anna = Contact(customer_id=acme.id, name='An"na\r\n/..', name_sort="anna", mobile="+8613800138000")
    make.session.add(anna)
    await make.session.flush()
    browser: Any = await client(rep)
    card = await browser.get(f"/contacts/{anna.id}/card.vcf")
    assert card.headers["content-type"].startswith("text/vcard")
    assert card.headers["content-disposition"].startswith(f"attachment; filename=contact-{anna.id}.vcf")
    assert "TEL;TYPE=cell:+8613800138000\r\n" in card.text
    stranger: Any = await client(await make.user("other", "sales_rep"))
    assert (await stranger.get(f"/contacts/{anna.id}/card.vcf")).status_code == 404
    assert (await browser.get("/exports/contacts.vcf")).status_code == 403
    head: Any = await client(reader)
    assert (await head.get("/exports/contacts.vcf?role=finance")).headers["content-type"].startswith("text/vcard")
    assert (await head.get("/exports/customers.vcf")).status_code == 404
    file = io.BytesIO()
    row = SimpleNamespace(
        id=1, name="A", post=None, role=None, mobile=None, phone=None, email=None, address=None, birthday=None,
        wechat=None, notes=None, customer="Acme",
    )  # fmt: skip
    CardFile(file, None).add([row, row])  # type: ignore[arg-type]
    assert len(vcards.read(file.getvalue().decode())) == 2


async def test_cards_without_a_company_go_to_the_customer_that_is_chosen(client: Client, make: Make) -> None:
    boss = await make.user("boss", "administrator")
    acme = await make.customer("Acme", owner=boss)
    browser: Any = await client(boss)
    files = {"file": ("phone.vcf", OLD.encode(), "text/vcard")}
    url = (await browser.submit("/imports", {"kind": "contacts"}, files=files)).headers["location"]
    shown = (await browser.get(url)).text
    assert "Say at which customer" not in shown
    chosen = {"map_name": "Full name", "map_mobile": "Mobile", "map_birthday": "Birthday"}
    wanting = await browser.submit(f"{url}/check", chosen)
    assert wanting.status_code == 422
    assert "Say at which customer they are, or which column names it." in wanting.text
    foreign = await browser.submit(f"{url}/check", {**chosen, "customer_id": "999999"})
    assert foreign.status_code == 422
    checked = await browser.submit(f"{url}/check", {**chosen, "customer_id": str(acme.id)})
    assert checked.status_code == 303
    again = (await browser.get(url)).text
    assert "Can be taken" in again
    assert ">Acme</option>" in again
    assert (await browser.submit(f"{url}/run")).status_code == 303
    one = (await make.session.scalars(select(Contact))).one()
    assert (one.name, one.customer_id, one.birthday, one.mobile) == ("张伟", acme.id, "1985-03-12", "+8613800138000")
    assert f'href="/contacts/{one.id}"' in (await browser.get(f"{url}/rows")).text
    broken = {"file": ("phone.vcf", b"BEGIN:VCARD\nFN:A", "text/vcard")}
    refused = await browser.submit("/imports", {"kind": "contacts"}, files=broken)
    assert refused.status_code == 422
    assert "The card of line 1 has no end." in refused.text


async def test_a_table_of_customers_brings_birthdays_too(bring: Bring, make: Make) -> None:
    boss = await make.user("boss", "administrator")
    done = await bring(boss, "customers", "公司,联系人,联系人生日\n润达,张三,3月12日\n听雨,李四,32日\n无名,王五,\n")
    assert (done.made, done.refused) == (2, 1)
    rows = await make.session.execute(select(Contact.name, Contact.birthday).order_by(Contact.id))
    assert [tuple(row) for row in rows] == [("张三", "--03-12"), ("王五", None)]
