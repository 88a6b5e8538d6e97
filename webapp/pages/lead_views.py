"""What the page of a lead shows, section by section, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from domain.core.access import Actor
from domain.core.places import Accuracy
from domain.core.text import Text, _
from domain.core.work import Work
from domain.followups import queries as followups
from domain.followups.models import Way
from domain.leads import policy, queries
from domain.leads.models import LeadStatus
from domain.leads.queries import Detail
from domain.opportunities import queries as opportunities
from domain.people.models import User
from domain.pools import queries as pools
from domain.pools.models import Pool, PoolKind
from domain.search import phones
from webapp.history import Telling
from webapp.pages.followup_subjects import newest
from webapp.pages.lead_forms import CHOICES, LABELS
from webapp.pages.lead_rows import STATUS_TONES
from webapp.pages.row_parts import dialled
from webapp.pages.sharing import team_menu, team_section
from webapp.timeline import TIMELINE_PAGE, timeline_of

KIND = PoolKind.lead
AT_ONCE = 50
ABOVE = frozenset({"name", "company", "post", "need", "notes"})
"""Fields that have a place of their own on the page."""


async def everything(work: Work, found: Detail) -> dict[str, Any]:
    """What the page shows; sections whose feature the reader may not see are None."""
    lead, actor = found.lead, work.actor
    status = LeadStatus(lead.status)
    moves = {move.name for move in policy.acts(actor, lead.status)} if found.may_write else set()
    touches = await newest(work, found, partial(followups.of_lead, work, lead.id, limit=AT_ONCE))
    section = await team_section(work, "leads", lead, found.may_manage)
    rows = await queries.timeline(work, found, limit=TIMELINE_PAGE + 1)
    return {
        "lead": lead, "found": found, "hidden": found.hidden, "values": _values(lead, found.hidden),
        "state": status, "tone": STATUS_TONES[status], "moves": moves, "followups": touches, "ways": Way,
        "tabs": _tabs(touches, len(section["team"])), "closed": policy.closed(lead.status),
        "due": await pools.due_sentence(work, KIND, lead) if lead.owner_id and not policy.closed(lead.status) else None,
        "claim_off": await pools.can_claim(work, KIND, lead) if status is LeadStatus.unassigned else None,
        "opportunity": await opportunities.of_lead(work, lead.id) if status is LeadStatus.converted else None,
        "menu": _menu(actor, found, moves), "quick": _quick(actor, found, moves), **section,
        **timeline_of(f"/leads/{lead.id}", rows),
    }  # fmt: skip


def _tabs(touches: Sequence[Any] | None, members: int) -> list[tuple[Any, ...]]:
    tabs: list[tuple[Any, ...]] = [("overview", _("Overview")), ("timeline", _("Timeline"))]
    if touches is not None:
        tabs.append(("followups", _("Follow-ups"), len(touches) or None))
    return [*tabs, ("team", _("Team"), members or None), ("history", _("History"))]


def _menu(actor: Actor, found: Detail, moves: set[str]) -> list[dict[str, Any]]:
    """The seldom acts of a lead that this reader may do."""
    here, closed = f"/leads/{found.lead.id}", policy.closed(found.lead.status) is not None
    owned = found.lead.owner_id is not None and not closed
    items: list[dict[str, Any]] = []
    if found.may_write and not closed:
        items.append({"label": _("Edit"), "icon": "edit", "href": f"{here}/edit"})
    if "invalid" in moves:
        items.append({"label": _("Mark as invalid"), "icon": "close", "href": f"{here}/invalid"})
    if found.may_manage and owned and actor.may("leads.transfer"):
        items.append({"label": _("Change owner"), "icon": "transfer", "href": f"{here}/transfer"})
    items += team_menu(actor, "leads", found.lead.id, found.may_manage)
    if found.may_manage and owned and actor.may("leads.release"):
        items.append({"label": _("Return to a pool"), "icon": "release", "href": f"{here}/release"})
    if "void" in moves:
        items.append({"label": _("Make void"), "icon": "trash", "href": f"{here}/void", "tone": "bad"})
    if found.may_manage and actor.may("leads.delete"):
        items.append({"label": _("Delete"), "icon": "trash", "opens": "delete", "tone": "bad"})
    return items


def _quick(actor: Actor, found: Detail, moves: set[str]) -> list[dict[str, Any]]:
    """The acts in reach of the thumb; what cannot be done now says why."""
    lead, here = found.lead, f"/leads/{found.lead.id}"
    reach = {name: None if name in found.hidden else getattr(lead, name) for name in ("mobile", "phone", "email")}
    tel, mail = dialled(reach["mobile"] or reach["phone"]), reach["email"]
    pooled = _("It lies in a lead pool. Claim it first.") if lead.owner_id is None else None
    items: list[dict[str, Any]] = [
        {"label": _("Call"), "icon": "phone", "href": f"tel:{tel}", "off": None if tel else _("No phone number")},
        {"label": _("E-mail"), "icon": "mail", "href": f"mailto:{mail}",
         "off": None if mail else _("No e-mail address")},
    ]  # fmt: skip
    status = LeadStatus(lead.status)
    not_now = policy.closed(lead.status) or _('Not while it is "%(state)s".', state=status.label)
    touch = {"label": _("Follow up"), "icon": "follow-up", "href": f"/followups/new?lead={lead.id}"}
    if actor.may("followups.create"):
        items.append({**touch, "off": pooled or policy.closed(lead.status)})
    if actor.may("leads.convert") and status is not LeadStatus.converted:
        convert = {"label": _("Convert"), "icon": "customers", "href": f"{here}/convert"}
        items.append({**convert, "off": pooled or (None if "convert" in moves else not_now)})
    return items


def _values(lead: Any, hidden: frozenset[str]) -> list[tuple[Text, Any, str | None]]:
    """The lead's fields for reading: label, value, link; what the pool hides is not even there."""
    links: Mapping[str, str] = {"mobile": "tel:", "phone": "tel:", "email": "mailto:"}
    found: list[tuple[Text, Any, str | None]] = []
    for name, label in LABELS.items():
        value = getattr(lead, name)
        if name in hidden or name in ABOVE or value in (None, ""):
            continue
        link = links.get(name)
        target = None if link is None else link + (value if name == "email" else dialled(value))
        value = phones.shown(value) if name in ("mobile", "phone") else value
        found.append((label, CHOICES[name](value).label if name in CHOICES else value, target))
    return found


TELLING = Telling(
    table="leads", made=_("Created the lead"), altered=_("Changed the lead"),
    labels={
        **LABELS, "status": _("Status"), "reason": _("Reason"), "look_again_on": _("Look again on"),
        "owner_id": _("Owner"), "pool_id": _("Lead pool"), "last_follow_up_at": _("Last follow-up"),
        "recycle_due_at": _("Returns to the pool"), "owned_since": _("Owned since"),
        "pooled_since": _("In the pool since"), "converted_at": _("Converted on"),
        "location_accuracy": _("Found on the map"), "deleted_at": _("In the bin since"),
    },
    names={"owner_id": User, "pool_id": Pool},
    choices={**CHOICES, "status": LeadStatus, "location_accuracy": Accuracy},
    said={"mobile": phones.shown, "phone": phones.shown},
)  # fmt: skip
"""How the history of a lead is told."""
