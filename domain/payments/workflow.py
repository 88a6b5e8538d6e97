"""The life cycle of a payment (S-156..S-164)."""

from __future__ import annotations

from domain.core.text import _
from domain.core.workflow import Transition, Workflow
from domain.payments.models import PaymentStatus as S

WORKFLOW = Workflow(
    (
        Transition("submit", _("Send to finance"), (S.draft, S.rejected), S.awaiting, "payments.submit"),
        Transition("withdraw", _("Withdraw"), (S.awaiting,), S.draft, "payments.withdraw"),
        Transition("confirm", _("Confirm"), (S.awaiting,), S.confirmed),
        Transition("reject", _("Reject"), (S.awaiting,), S.rejected),
    )
)
"""Who confirms and rejects is the approval's matter."""

EDITABLE = (S.draft, S.rejected)
