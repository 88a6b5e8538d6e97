"""What is set for the whole company: names, types and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.company.models import Reason, ReasonKind, Setting
from domain.core.model import Choice
from domain.core.rows import fetch
from domain.core.text import Text, _


class DealTrigger(Choice):
    """What turns a customer into a deal customer (domain.md section 3)."""

    opportunity_won = "opportunity_won", _("An opportunity is won")
    order_approved = "order_approved", _("An order is approved")
    contract_made = "contract_made", _("A contract is made")


class CompanySettings(BaseModel):
    """All settings of the company, each with its default."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    company_name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "Offing"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$")] = "Asia/Shanghai"
    deal_triggers: list[Annotated[DealTrigger, Field(strict=False)]] = [DealTrigger.order_approved]
    push_amounts: bool = False
    due_warning_days: Annotated[list[Annotated[int, Field(ge=0, le=365)]], Field(max_length=10)] = [7, 3, 1]
    default_pool_id: int | None = None
    approval_alarm_days: Annotated[int, Field(ge=1, le=365)] = 3
    position_days: Annotated[int, Field(ge=1, le=3650)] = 180
    doubtful_beyond_m: Annotated[int, Field(ge=20, le=100_000)] = 300
    keep_originals: bool = False


LABELS: Mapping[str, Text] = {
    "company_name": _("Company name, as on pages and in mails"),
    "currency": _("Currency of all amounts, three letters"),
    "time_zone": _("Time zone in which the company's days begin"),
    "deal_triggers": _("What makes a customer a deal customer"),
    "push_amounts": _("Amounts may be named in push messages"),
    "due_warning_days": _("Days before the return to the pool on which the owner is warned"),
    "default_pool_id": _("Pool for what has no other"),
    "approval_alarm_days": _("Days after which a waiting approval alarms the administrators"),
    "position_days": _("Days for which positions of visits are kept"),
    "doubtful_beyond_m": _("Metres from the customer beyond which a check-in is doubtful"),
    "keep_originals": _("Photos are kept as they were taken, not made smaller"),
}


def checked(values: Mapping[str, Any]) -> CompanySettings:
    """The settings made of stored values. Raises ValueError naming the first that cannot be used."""
    try:
        return CompanySettings.model_validate(dict(values))
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{name}: {first['msg']}") from problem


async def company_settings(session: AsyncSession) -> CompanySettings:
    """The company's settings as of now; what is not stored has its default."""
    return checked({row.name: row.value for row in await fetch(session, _SETTINGS, {})})


_SETTINGS = select(Setting.name, Setting.value)


async def reasons(session: AsyncSession, kind: ReasonKind, language: str) -> list[str]:
    """The reasons offered for something, in their order and the reader's language."""
    column = Reason.text_zh if language == "zh" else Reason.text_en
    statement = select(column).where(Reason.kind == kind.value, Reason.active).order_by(Reason.position, Reason.id)
    return list((await session.scalars(statement)).all())
