"""The customer table and its search table."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    literal_column,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Owned, amount_check, choice_check
from domain.core.text import _
from domain.places.columns import Located, located_args
from domain.pools.models import DUE_KEY


class CustomerKind(Choice):
    """Business model (S-065)."""

    company = "company", _("Company")
    person = "person", _("Person")


class Level(Choice):
    """How important the customer is (S-086)."""

    a = "a", _("A · key")
    b = "b", _("B · important")
    c = "c", _("C · normal")
    d = "d", _("D · small")


class Size(Choice):
    """Size of a company (S-083)."""

    large = "large", _("Large")
    medium = "medium", _("Medium")
    small = "small", _("Small")
    individual = "individual", _("Individual")


class Need(Choice):
    """Class by need (S-084)."""

    prospect = "prospect", _("Prospect")
    existing = "existing", _("Existing")
    loyal = "loyal", _("Loyal")


class Industry(Choice):
    """Trade of the customer (S-083)."""

    manufacturing = "manufacturing", _("Manufacturing")
    retail = "retail", _("Retail")
    wholesale = "wholesale", _("Wholesale")
    food = "food", _("Food and catering")
    health = "health", _("Health care")
    education = "education", _("Education")
    construction = "construction", _("Construction")
    technology = "technology", _("Technology")
    finance = "finance", _("Financial services")
    logistics = "logistics", _("Logistics")
    service = "service", _("Services")
    government = "government", _("Public bodies")
    other = "other", _("Other")


class FollowStage(Choice):
    """Where the follow-up stands (S-075)."""

    new = "new", _("Not contacted")
    contacted = "contacted", _("Contacted")
    interested = "interested", _("Interested")
    negotiating = "negotiating", _("Negotiating")
    customer = "customer", _("Buying")
    lost = "lost", _("Lost")


class DealStatus(Choice):
    """Whether the customer has closed a deal (S-077)."""

    none = "none", _("No deal yet")
    deal = "deal", _("Deal customer")


DOMAIN = literal_column("split_part(customers.email, '@', 2)", Text)
"""Where the e-mail address is, as its index has it."""


class Customer(Located, Owned):
    """A company or person that we sell to (S-064). Owned by one user, or lying in one pool.

    `activity_at` = last follow-up, else creation: the list's order. `name_key` = normalised name for duplicates,
    `name_sort` = pinyin key.
    """

    __tablename__ = "customers"

    name: Mapped[str]
    name_key: Mapped[str]
    name_sort: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="company", default="company")
    level: Mapped[str | None]
    industry: Mapped[str | None]
    size: Mapped[str | None]
    need: Mapped[str | None]
    source: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    postal_code: Mapped[str | None]
    credit_limit: Mapped[Decimal | None]
    notes: Mapped[str | None]
    external_ref: Mapped[str | None]

    follow_stage: Mapped[str] = mapped_column(server_default="new", default="new")
    deal_status: Mapped[str] = mapped_column(server_default="none", default="none")
    completeness: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    last_follow_up_at: Mapped[datetime | None]
    activity_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))

    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    home_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    owned_since: Mapped[datetime | None]
    pooled_since: Mapped[datetime | None]
    recycle_due_at: Mapped[datetime | None]
    recycle_rule_id: Mapped[int | None] = mapped_column(ForeignKey("recycle_rules.id", ondelete="SET NULL"))
    recycle_warned_days: Mapped[int | None] = mapped_column(SmallInteger)
    deleted_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        choice_check("kind", CustomerKind),
        choice_check("level", Level),
        choice_check("industry", Industry),
        choice_check("size", Size),
        choice_check("need", Need),
        choice_check("follow_stage", FollowStage),
        choice_check("deal_status", DealStatus),
        amount_check("credit_limit", least=0),
        CheckConstraint("num_nonnulls(owner_id, pool_id) = 1", name="owned_or_pooled"),
        *located_args("customers"),
        Index(
            "uq_customers_name_key",
            "name_key",
            unique=True,
            postgresql_where=sql("deleted_at IS NULL AND kind = 'company'"),
        ),
        Index("ix_customers_person_name_key", "name_key", postgresql_where=sql("kind = 'person'")),
        # With `deleted_at` in it an index tells by itself which customers a list walks and how many there are.
        Index(
            "ix_customers_owner", "owner_id", sql("activity_at DESC"), sql("id DESC"), postgresql_include=["deleted_at"]
        ),
        Index(
            "ix_customers_department",
            "department_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at"],
        ),
        Index("ix_customers_activity", sql("activity_at DESC"), sql("id DESC"), postgresql_include=["deleted_at"]),
        Index(
            "ix_customers_pool",
            "pool_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at"],
            postgresql_where=sql("pool_id IS NOT NULL"),
        ),
        Index(
            "ix_customers_recycle",
            "recycle_due_at",
            "id",
            postgresql_where=sql("recycle_due_at IS NOT NULL"),
        ),
        Index("ix_customers_email_domain", sql("split_part(email, '@', 2)"), postgresql_where=sql("email IS NOT NULL")),
        Index("ix_customers_name_sort", "name_sort", "id"),
        Index("ix_customers_created", sql("created_at DESC"), sql("id DESC")),
        Index("ix_customers_due", sql(DUE_KEY), "id"),
        Index("ix_customers_city", "city", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_customers_level", "level", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_customers_industry", "industry", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_customers_stage", "follow_stage", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_customers_deal", "deal_status", sql("activity_at DESC"), sql("id DESC")),
        Index(
            "uq_customers_external_ref",
            "external_ref",
            unique=True,
            postgresql_where=sql("external_ref IS NOT NULL"),
        ),
    )


class CustomerSearch(Base):
    """What a customer is found by: `txt` = folded names, initials and numbers, of contacts too; `grams` = its grams."""

    __tablename__ = "customer_search"

    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    txt: Mapped[str]
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))

    __table_args__ = (Index("ix_customer_search_grams", "grams", postgresql_using="gin"),)
