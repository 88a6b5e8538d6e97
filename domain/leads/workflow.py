"""The life of a lead (S-043 to S-048)."""

from __future__ import annotations

from domain.core.text import _
from domain.core.workflow import Transition, Workflow
from domain.leads.models import LeadStatus as S

OPEN = (S.unassigned, S.pending, S.following, S.invalid)
"""States in which a lead can still become something; the others are its end."""

WORKFLOW = Workflow(
    (
        Transition("convert", _("Convert"), (S.pending, S.following), S.converted, "leads.convert"),
        Transition("invalid", _("Mark as invalid"), (S.pending, S.following), S.invalid, "leads.edit"),
        Transition("wake", _("Wake up"), (S.invalid,), S.pending, "leads.edit"),
        Transition("void", _("Void"), OPEN, S.void, "leads.void"),
        Transition("restore", _("Take back the voiding"), (S.void,), S.pending, "leads.void"),
    )
)
"""What people do. `restore` gives back to a pool what lies there."""

FOLLOWED = Workflow((Transition("follow", _("Follow up"), (S.pending,), S.following),))
"""What happens of itself: the first touch."""
