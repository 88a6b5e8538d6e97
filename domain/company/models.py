"""Tables of what an administrator sets for the whole company."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _


class ReasonKind(Choice):
    """What a reason is given for."""

    release = "release", _("Return to the pool")
    reject = "reject", _("Rejection")
    overpay = "overpay", _("Over-payment")
    visit_moved = "visit_moved", _("Visit moved")
    visit_missed = "visit_missed", _("Visit missed")
    visit_cancelled = "visit_cancelled", _("Visit cancelled")
    opportunity_won = "opportunity_won", _("Opportunity won")
    opportunity_lost = "opportunity_lost", _("Opportunity lost")
    opportunity_invalid = "opportunity_invalid", _("Opportunity invalid")


class Setting(Base):
    """One company-wide setting; `domain/company/queries.py` knows the names, types and defaults."""

    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[Any] = mapped_column(JSONB)


class Reason(Record):
    """A reason offered in a list, for a return to the pool, a rejection, a visit that did not take place …"""

    __tablename__ = "reasons"

    kind: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (choice_check("kind", ReasonKind), Index(None, "kind", "position"))


class Secret(Base):
    """A key made at install, such as the VAPID pair. In the backup, never in the back office."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
