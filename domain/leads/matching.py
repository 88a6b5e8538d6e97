"""Whom a lead may be already (S-053): customers and contacts of the same name, number or mail domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, cast, literal_column, null, select, union_all

from domain.contacts.models import DOMAIN as CONTACT_DOMAIN
from domain.contacts.models import Contact
from domain.core.access import Actor
from domain.core.kept import kept
from domain.core.model import Choice
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import DOMAIN as CUSTOMER_DOMAIN
from domain.customers.models import Customer
from domain.customers.scope import visible
from domain.leads.models import Lead
from domain.search.companies import company_key, person_key

MOST = 20
FREE_MAIL = frozenset(
    {
        "163.com", "126.com", "yeah.net", "qq.com", "vip.qq.com", "foxmail.com", "sina.com", "sina.cn", "sohu.com",
        "aliyun.com", "139.com", "189.cn", "tom.com", "21cn.com", "gmail.com", "googlemail.com", "outlook.com",
        "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.co.jp", "icloud.com", "me.com", "aol.com",
        "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "yandex.ru",
    }
)  # fmt: skip
"""Domains that say nothing of where somebody works."""


class Why(Choice):
    """What a lead and a customer have in common; the stronger first."""

    mobile = "mobile", _("Same mobile number")
    called = "called", _("Same name")
    email = "email", _("Same e-mail domain")


@dataclass(frozen=True, slots=True)
class Match:
    """A customer, and a contact there if it was found by one."""

    customer_id: int
    customer: str
    contact_id: int | None
    contact: str | None
    why: Why


@dataclass(frozen=True, slots=True)
class Matches:
    """Those that the actor sees, the likeliest first, and how many customers more there are."""

    seen: Sequence[Match]
    unseen: int


async def matches(work: Work, lead: Lead) -> Matches:
    """Whom the lead may be; a lead without any of the three has none."""
    domain = (lead.email or "").rpartition("@")[2]
    values = {
        "company_key": company_key(lead.company or lead.name), "person_key": person_key(lead.name),
        "mobile_key": lead.mobile_key, "domain": None if domain in FREE_MAIL else domain or None, "most": MOST,
    }  # fmt: skip
    seen: dict[int, Match] = {}
    unseen: set[int] = set()
    for row in await work.rows(kept(work.actor, _matches), values):
        if not row.seen:
            unseen.add(row.customer_id)
        elif row.customer_id not in seen:
            known = work.actor.scope("contacts") is not None
            seen[row.customer_id] = Match(
                row.customer_id, row.customer, row.contact_id if known else None, row.contact if known else None,
                Why(row.why),
            )  # fmt: skip
    return Matches(list(seen.values()), len(unseen))


def _matches(actor: Actor) -> Any:
    by_contact = (Contact.customer_id.label("customer_id"), Contact.id.label("contact_id"))
    by_customer = (Customer.id.label("customer_id"), cast(null(), BigInteger).label("contact_id"))
    live, known = Contact.deleted_at.is_(None), Customer.deleted_at.is_(None)
    most = bindparam("most", type_=Integer())
    domain = bindparam("domain", type_=Text())
    company: Any = literal_column("'company'")
    person: Any = literal_column("'person'")

    def why(kind: Why) -> tuple[Any, Any]:
        return literal_column(f"'{kind}'", Text).label("why"), literal_column(str(list(Why).index(kind))).label("place")

    parts = [
        select(*by_contact, *why(Why.mobile)).where(Contact.mobile_key == bindparam("mobile_key", type_=Text()), live),
        select(*by_customer, *why(Why.called)).where(
            Customer.name_key == bindparam("company_key"), Customer.kind == company, known
        ),
        select(*by_customer, *why(Why.called)).where(
            Customer.name_key == bindparam("person_key"), Customer.kind == person, known
        ),
        select(*by_contact, *why(Why.email)).where(domain == CONTACT_DOMAIN, Contact.email.is_not(None), live),
        select(*by_customer, *why(Why.email)).where(domain == CUSTOMER_DOMAIN, Customer.email.is_not(None), known),
    ]
    found = union_all(*(part.limit(most).subquery().select() for part in parts)).subquery()
    return (
        select(
            Customer.id.label("customer_id"), Customer.name.label("customer"), Contact.id.label("contact_id"),
            Contact.name.label("contact"), found.c.why, visible(actor).label("seen"),
        )
        .select_from(found)
        .join(Customer, and_(Customer.id == found.c.customer_id, known))
        .outerjoin(Contact, Contact.id == found.c.contact_id)
        .order_by(found.c.place, Customer.id)
    )  # fmt: skip
