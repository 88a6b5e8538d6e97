"""Tables of the inbox, push subscriptions, decision tokens and the mail outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, choice_check
from domain.core.sentences import restored
from domain.core.text import Text, _

PLURAL = "plural_form"
"""Where an item keeps the plural of its sentence, beside the places."""


class NotificationKind(Choice):
    """What a notification is about; the label is its title."""

    approval = "approval", _("Approval waiting")
    payment = "payment", _("Payment to confirm")
    shipment = "shipment", _("Order to ship")
    followup = "followup", _("Follow-up due")
    decided = "decided", _("Decided")
    shipped = "shipped", _("Shipped")
    pool = "pool", _("Public pool")
    recycle = "recycle", _("Customers about to leave you")
    visit = "visit", _("Visit")
    opportunity = "opportunity", _("Opportunities")
    birthday = "birthday", _("Birthday")
    task = "task", _("Task")
    system = "system", _("Notice")


class Notification(Base):
    """One item of a person's inbox. `subject` and `params` make its sentence in the reader's language;
    `decides` names the approval step that can be confirmed or rejected straight from it."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    sentence: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    url: Mapped[str]
    tag: Mapped[str]
    decides_step_id: Mapped[int | None] = mapped_column(ForeignKey("approval_steps.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        choice_check("kind", NotificationKind),
        Index("ix_notifications_user", "user_id", sql("id DESC")),
        Index("ix_notifications_unread", "user_id", postgresql_where=sql("read_at IS NULL")),
    )

    @property
    def text(self) -> Text:
        """The sentence, ready to be said in the reader's language."""
        params = {name: value for name, value in self.params.items() if name != PLURAL}
        return restored({"msgid": self.sentence, "params": params, "plural": self.params.get(PLURAL)})


class PushSubscription(Base):
    """A browser that takes pushes for a user. `failures` counts refusals since the last success."""

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("user_sessions.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    device: Mapped[str]
    created_at: Mapped[datetime]
    last_ok_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    last_answer: Mapped[str | None]


class DecisionToken(Base):
    """A one-use right to decide one approval step from a push; only the SHA-256 of it is kept."""

    __tablename__ = "decision_tokens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("approval_steps.id", ondelete="CASCADE"), index=True)
    record_version: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Mail(Base):
    """A mail to be sent; without an SMTP server it stays here, readable in the back office."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
