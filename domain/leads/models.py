"""The lead table and its search table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Owned, choice_check
from domain.core.text import _
from domain.places.columns import Located, located_args
from domain.pools.models import DUE_KEY


class LeadStatus(Choice):
    """States of a lead (S-043 to S-048)."""

    unassigned = "unassigned", _("Unassigned")
    pending = "pending", _("Pending")
    following = "following", _("Following")
    converted = "converted", _("Converted")
    invalid = "invalid", _("Invalid")
    void = "void", _("Void")


class LeadSource(Choice):
    """Where a lead came from (S-040)."""

    trade_show = "trade_show", _("Trade show")
    campaign = "campaign", _("Campaign")
    meeting = "meeting", _("Meeting")
    advertisement = "advertisement", _("Advertisement")
    paid_placement = "paid_placement", _("Paid placement")
    search_engine = "search_engine", _("Search engine")
    social_media = "social_media", _("Social media")
    referral = "referral", _("Referral")
    purchase = "purchase", _("Bought contacts")
    other = "other", _("Other")


class Lead(Located, Owned):
    """Somebody who may buy (S-039). Owned by one user, or lying in one pool; also when converted or void.

    `name` is the person or whatever is known; `mobile_key` the mobile number in E.164, the duplicate key (S-051).
    `activity_at` = last follow-up, else creation: the list's order. `look_again_on`: until that day the clock of an
    invalid lead stands (D-13).
    """

    __tablename__ = "leads"

    name: Mapped[str]
    name_sort: Mapped[str]
    company: Mapped[str | None]
    post: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    mobile_key: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    source: Mapped[str | None]
    need: Mapped[str | None]
    notes: Mapped[str | None]

    status: Mapped[str] = mapped_column(server_default="unassigned", default="unassigned")
    reason: Mapped[str | None]
    look_again_on: Mapped[date | None]
    last_follow_up_at: Mapped[datetime | None]
    activity_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    converted_at: Mapped[datetime | None]
    converted_customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    converted_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))

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
        choice_check("status", LeadStatus),
        choice_check("source", LeadSource),
        *located_args("leads"),
        CheckConstraint("num_nonnulls(owner_id, pool_id) = 1", name="owned_or_pooled"),
        CheckConstraint("status = 'void' OR (status = 'unassigned') = (pool_id IS NOT NULL)", name="status_fits"),
        CheckConstraint("(status = 'converted') = (converted_customer_id IS NOT NULL)", name="converted_whole"),
        Index(
            "uq_leads_mobile_key",
            "mobile_key",
            unique=True,
            postgresql_where=sql("deleted_at IS NULL AND mobile_key IS NOT NULL"),
        ),
        # With `deleted_at` and `status` in it an index tells by itself which leads a list walks and who holds how many.
        Index(
            "ix_leads_owner",
            "owner_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at", "status"],
        ),
        Index(
            "ix_leads_waiting",
            "owner_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at"],
            postgresql_where=sql("status = 'pending'"),
        ),
        Index(
            "ix_leads_department",
            "department_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at"],
        ),
        Index("ix_leads_activity", sql("activity_at DESC"), sql("id DESC"), postgresql_include=["deleted_at"]),
        Index(
            "ix_leads_pool",
            "pool_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at", "status"],
            postgresql_where=sql("pool_id IS NOT NULL"),
        ),
        Index("ix_leads_recycle", "recycle_due_at", "id", postgresql_where=sql("recycle_due_at IS NOT NULL")),
        Index("ix_leads_name_sort", "name_sort", "id"),
        Index("ix_leads_created", sql("created_at DESC"), sql("id DESC")),
        Index("ix_leads_due", sql(DUE_KEY), "id"),
        Index("ix_leads_status", "status", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_leads_source", "source", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_leads_city", "city", sql("activity_at DESC"), sql("id DESC")),
        Index(
            "ix_leads_converted_customer",
            "converted_customer_id",
            postgresql_where=sql("converted_customer_id IS NOT NULL"),
        ),
    )


class LeadSearch(Base):
    """What a lead is found by: `txt` = folded names, initials and numbers; `grams` = its grams."""

    __tablename__ = "lead_search"

    lead_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    txt: Mapped[str]
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))

    __table_args__ = (Index("ix_lead_search_grams", "grams", postgresql_using="gin"),)
