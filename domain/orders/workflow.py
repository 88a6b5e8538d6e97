"""The life cycle of an order (S-138, domain.md section 3)."""

from __future__ import annotations

from domain.core.text import _
from domain.core.workflow import Transition, Workflow
from domain.orders.models import OrderStatus as S

WORKFLOW = Workflow(
    (
        Transition("submit", _("Send for approval"), (S.draft, S.rejected), S.awaiting, "orders.submit"),
        Transition("withdraw", _("Withdraw"), (S.awaiting,), S.draft, "orders.withdraw"),
        Transition("approve", _("Approve"), (S.awaiting,), S.approved),
        Transition("reject", _("Reject"), (S.awaiting,), S.rejected),
        Transition("void", _("Void"), (S.draft, S.awaiting, S.approved, S.rejected), S.void),
    )
)
"""Who makes `approve` and `reject` is the approval's matter; who may void is in policy.py."""

EDITABLE = (S.draft, S.rejected)
"""States in which the content may be changed."""
