"""Tables of pools: rules, members, the ownership ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, false, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _

DUE_KEY = "coalesce(recycle_due_at, TIMESTAMPTZ '9999-12-31 00:00:00+00')"
"""The order by due date: what is never due comes last. A list's key must not be NULL."""


class PoolKind(Choice):
    """What a pool holds."""

    customer = "customer", _("Customers")
    lead = "lead", _("Leads")


class RecycleKind(Choice):
    """What must have been missing for so many days (D-16)."""

    no_follow_up = "no_follow_up", _("no follow-up")
    no_opportunity = "no_opportunity", _("no opportunity")
    no_deal = "no_deal", _("no deal")


class OwnershipVerb(Choice):
    """The ways ownership changes; `create` is the first line of a record's ledger."""

    create = "create", _("Created")
    claim = "claim", _("Claimed")
    assign = "assign", _("Assigned")
    release = "release", _("Returned")
    recycle = "recycle", _("Recycled")
    move = "move", _("Moved")
    transfer = "transfer", _("Transferred")
    bring_back = "bring_back", _("Brought back")


class Pool(Record):
    """A named pool. Every limit is optional; empty means none (D-07)."""

    __tablename__ = "pools"

    kind: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    claiming: Mapped[bool] = mapped_column(server_default=true(), default=True)
    holding_limit: Mapped[int | None]
    daily_limit: Mapped[int | None]
    batch_limit: Mapped[int | None]
    cooldown_days: Mapped[int | None]
    protect_days: Mapped[int | None]
    hidden_fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    history_visible: Mapped[bool] = mapped_column(server_default=true(), default=True)

    __table_args__ = (choice_check("kind", PoolKind), Index(None, "kind", "name", unique=True))


class PoolMember(Base):
    """A user, department or role that belongs to a pool; administrators also assign and move."""

    __tablename__ = "pool_members"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    administrator: Mapped[bool] = mapped_column(server_default=false(), default=False)

    __table_args__ = (CheckConstraint("num_nonnulls(user_id, department_id, role_id) = 1", name="one_party"),)


class PoolAssignee(Base):
    """Somebody to whom what comes into a pool goes by default, in turn (S-060): who waits longest is next."""

    __tablename__ = "pool_assignees"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    last_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "pool_id", "user_id", unique=True),)


class RecycleRule(Record):
    """After `days` of what `kind` says, an owned record whose home is this pool goes to `target_pool_id` (or home)."""

    __tablename__ = "recycle_rules"

    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    days: Mapped[int]
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    exempt_deal: Mapped[bool] = mapped_column(server_default=true(), default=True)
    exempt_opportunity: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Not while an opportunity is open."""
    target_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    priority: Mapped[int] = mapped_column(server_default="0", default=0)
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)

    __table_args__ = (choice_check("kind", RecycleKind), CheckConstraint("days > 0", name="days_positive"))


class OwnershipChange(Base):
    """The ledger, append only: every change of owner or pool, who did it and why.

    With `recycle`, `from_pool_id` is the home that the record had, for the case that it comes back.
    """

    __tablename__ = "ownership_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    record_id: Mapped[int]
    verb: Mapped[str]
    from_owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    to_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None]

    __table_args__ = (
        choice_check("kind", PoolKind),
        choice_check("verb", OwnershipVerb),
        Index(None, "kind", "record_id", "id"),
        Index(None, "to_owner_id", "verb", "at"),
        Index(None, "from_owner_id", "record_id", "at"),
    )


class HoldingQuota(Base):
    """One row a person and kind; locked first by every claim, so that limits hold exactly under races."""

    __tablename__ = "holding_quotas"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (choice_check("kind", PoolKind),)
