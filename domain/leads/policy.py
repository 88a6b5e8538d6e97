"""Pure questions about a lead: what may be done, what a pool hides of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.core.access import Actor, Scope
from domain.core.text import Text, _
from domain.core.workflow import Transition
from domain.leads.models import LeadStatus
from domain.leads.workflow import WORKFLOW

HIDEABLE = ("phone", "email", "wechat", "address", "notes", "followups")
"""What a pool can hide until somebody has claimed the lead; `phone` is the mobile number too."""
BEHIND = {"phone": ("phone", "mobile"), "notes": ("need", "notes")}
"""The columns that go with a word of HIDEABLE, where they are not the word itself."""


def closed(status: str) -> Text | None:
    """Why a lead changes neither its hands nor its fields any more; None while it is open."""
    if status == LeadStatus.converted:
        return _("It has become a customer.")
    if status == LeadStatus.void:
        return _("It is void.")
    return None


def acts(actor: Actor, status: str) -> Sequence[Transition]:
    """The moves that the actor may make of a lead that they may change, in the order of the buttons."""
    moves = WORKFLOW.open_to(actor, status)
    return [move for move in moves if move.name != "restore" or actor.everything]


def hidden(actor: Actor, pool_id: int | None, hidden_fields: Collection[str], *, granted: bool) -> frozenset[str]:
    """What the actor may not read of a lead in a pool: nothing for administrators, team, and who sees all."""
    if pool_id is None or granted or actor.scope("leads") is Scope.all or pool_id in actor.admin_pool_ids:
        return frozenset()
    return frozenset(hidden_fields).union(*(BEHIND.get(name, ()) for name in hidden_fields))
