"""Verbs of leads: create, edit, what becomes of them, delete and restore. Changes of hands are verbs of the pools."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.core.access import Scope
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.model import snapshot
from domain.core.text import _
from domain.core.unique import id_free
from domain.core.work import Work
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.leads import policy, queries, search
from domain.leads.conversion import Converted, convert
from domain.leads.duplicates import number_free, refuse_duplicates
from domain.leads.events import (
    LeadCreated,
    LeadDeleted,
    LeadEdited,
    LeadInvalid,
    LeadReinstated,
    LeadRestored,
    LeadVoided,
    LeadWoken,
)
from domain.leads.inputs import LeadInput, StatusInput
from domain.leads.models import Lead, LeadStatus
from domain.leads.steps import locked, move, settle
from domain.places.location import PARTS, forget_position
from domain.pools import assignees, ledger
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.pools.quotas import make_room
from domain.search.pinyin import sort_key

__all__ = [
    "Converted", "convert", "create", "delete", "edit", "mark_invalid", "note", "require_bin", "restore",
    "restore_deleted", "void", "wake",
]  # fmt: skip
FIELDS = (
    "name", "company", "post", "phone", "mobile", "email", "wechat", "source", "country", "region", "city", "address",
    "need", "notes",
)  # fmt: skip
"""What a person enters, as it is stored."""
SEARCHED = frozenset({"name", "company", "mobile", "phone"})


async def create(work: Work, data: LeadInput, *, client_uuid: UUID | None = None) -> Lead:
    """Enter a lead: my own and pending, or unassigned in the pool named, which may hand it out at once (S-060).

    `client_uuid` is the id that the phone gave it. Raises DuplicateLead for a mobile number that a lead has, also if
    two people enter it at once, and Invalid when I hold as many as I may.
    """
    actor = work.actor
    actor.require("leads.create")
    lead = Lead(
        **_values(data), created_by_id=actor.id, created_at=work.now, updated_at=work.now, activity_at=work.now,
        client_uuid=client_uuid or data.client_uuid,
    )  # fmt: skip
    if data.pool_id is None:
        await make_room(work, PoolKind.lead, actor.id)
        lead.owner_id, lead.status = actor.id, LeadStatus.pending.value
    else:
        lead.pool_id, lead.status = await _open_pool(work, data.pool_id), LeadStatus.unassigned.value
    await refuse_duplicates(work, lead.mobile_key)
    async with id_free(work, "uq_leads_client_uuid"), number_free(work, lead.mobile_key):
        work.session.add(lead)
    await ledger.begin(work, PoolKind.lead, lead)
    await search.index_rows(work.session, [lead.id])
    work.record(LeadCreated(record_id=lead.id, name=lead.name, pool_id=lead.pool_id))
    if lead.pool_id is not None:
        await assignees.hand_out(work, PoolKind.lead, [lead])
    await work.session.refresh(lead)
    return lead


async def edit(work: Work, lead_id: int, data: LeadInput, version: int | None = None) -> Lead:
    """Change the fields of a lead; it stays where it is. Raises Conflict (`stale`, with what stands now)."""
    lead = await _open(work, lead_id)
    work.touch(lead, version, current=snapshot(lead, *FIELDS))
    new = _values(data)
    changed = [field for field, value in new.items() if getattr(lead, field) != value]
    if "mobile_key" in changed:
        await refuse_duplicates(work, new["mobile_key"], but=lead.id)
    async with number_free(work, new["mobile_key"], but=lead.id):
        for field in changed:
            setattr(lead, field, new[field])
    if set(PARTS).intersection(changed):
        forget_position(lead)
    if SEARCHED.intersection(changed):
        await search.index_rows(work.session, [lead.id])
    shown = [field for field in changed if field in FIELDS]
    if shown:
        work.record(LeadEdited(record_id=lead.id, fields=shown))
    return lead


async def mark_invalid(work: Work, lead_id: int, data: StatusInput, version: int | None = None) -> Lead:
    """Note that it cannot be reached. Its clock stands until the day on which somebody shall look again (D-13)."""
    lead = await locked(work, lead_id)
    if data.look_again_on is not None and data.look_again_on <= work.today:
        raise Invalid.of("look_again_on", _("Choose a day that is still to come."))
    move(work, lead, "invalid", version)
    lead.reason, lead.look_again_on = data.reason, data.look_again_on
    await settle(work, lead)
    again = lead.look_again_on
    work.record(LeadInvalid(record_id=lead.id, reason=data.reason, look_again_on=again.isoformat() if again else None))
    return lead


async def wake(work: Work, lead_id: int, version: int | None = None) -> Lead:
    """Follow an invalid lead again."""
    lead = await locked(work, lead_id)
    move(work, lead, "wake", version)
    lead.reason = lead.look_again_on = None
    await settle(work, lead)
    work.record(LeadWoken(record_id=lead.id))
    return lead


async def void(work: Work, lead_id: int, data: StatusInput, version: int | None = None) -> Lead:
    """Give a lead up for good. It stays with its owner or in its pool, counts for no limit and has no clock."""
    lead = await locked(work, lead_id)
    move(work, lead, "void", version)
    lead.reason, lead.look_again_on = data.reason, None
    await settle(work, lead)
    work.record(LeadVoided(record_id=lead.id, reason=data.reason))
    return lead


async def restore(work: Work, lead_id: int, version: int | None = None) -> Lead:
    """Take back that a lead is void (S-048: administrators). Its owner may hold one more than the limit then."""
    lead = await locked(work, lead_id)
    if not work.actor.everything:
        raise Denied(_("Only administrators may take this back."))
    move(work, lead, "restore", version)
    if lead.owner_id is None:
        lead.status = LeadStatus.unassigned.value
    lead.reason = None
    await settle(work, lead)
    work.record(LeadReinstated(record_id=lead.id))
    return lead


async def note(work: Work, lead_id: int, data: FollowUpInput) -> FollowUp:
    """Note a touch with a lead; the first one makes it followed."""
    return await followups.create(work, data.model_copy(update={"lead_id": lead_id, "customer_id": None}))


async def delete(work: Work, lead_id: int) -> Lead:
    """Put a lead into the bin, which frees its number; it keeps everything."""
    work.actor.require("leads.delete")
    lead = await work.load(
        Lead, lead_id, queries.visible(work.actor), may=queries.manageable(work.actor), lock=True,
        denied=_("Only the owner and the owner's superiors may do this."),
    )  # fmt: skip
    work.touch(lead)
    lead.deleted_at = work.now
    await settle(work, lead)
    work.record(LeadDeleted(record_id=lead.id))
    return lead


async def restore_deleted(work: Work, lead_id: int) -> Lead:
    """Take a lead out of the bin. Raises DuplicateLead if its number was entered again meanwhile."""
    require_bin(work)
    found = select(Lead).where(Lead.id == lead_id, Lead.deleted_at.is_not(None)).with_for_update()
    lead = (await work.session.execute(found)).scalar_one_or_none()
    if lead is None:
        raise NotFound
    await refuse_duplicates(work, lead.mobile_key, but=lead.id)
    work.touch(lead)
    async with number_free(work, lead.mobile_key, but=lead.id):
        lead.deleted_at = None
    await settle(work, lead)
    work.record(LeadRestored(record_id=lead.id))
    return lead


def require_bin(work: Work) -> None:
    """Only who may delete and sees all leads looks into the bin."""
    work.actor.require("leads.delete")
    if work.actor.scope("leads") is not Scope.all:
        raise Denied(_("Only administrators may open the bin."))


def _values(data: LeadInput) -> dict[str, Any]:
    values = {field: getattr(data, field) for field in FIELDS}
    values["source"] = data.source and data.source.value
    return {**values, "mobile_key": data.mobile_key, "name_sort": sort_key(data.name)}


async def _open_pool(work: Work, pool_id: int) -> int:
    """A pool that the actor sees and that takes leads. Raises Invalid at the field."""
    if pool_id not in dict(await pools.choices(work, PoolKind.lead)):
        raise Invalid.of("pool_id", _("Please choose one of the list."))
    return pool_id


async def _open(work: Work, lead_id: int) -> Lead:
    """The same, with the right to edit, and not at its end."""
    lead = await locked(work, lead_id)
    work.actor.require("leads.edit")
    reason = policy.closed(lead.status)
    if reason is not None:
        raise Denied(reason)
    return lead
