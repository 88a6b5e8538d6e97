"""Pure questions about an opportunity: what may be done with it, and which feedback a move asks for."""

from __future__ import annotations

from collections.abc import Sequence

from domain.core.questions import Question
from domain.core.text import Text, _
from domain.opportunities.models import StageKind
from domain.opportunities.stages import StageView


def closed(status: str) -> Text | None:
    """Why an opportunity cannot be changed any more; None while it is open."""
    if status == StageKind.open:
        return None
    return _("It has ended: %(state)s. Reopen it first.", state=StageKind(status).label)


def asked(left: StageView, target: StageView) -> Sequence[Question]:
    """What the stage left asks on the way to another: all it has when going on or winning, nothing when going back or
    giving up."""
    if target.kind in (StageKind.lost, StageKind.invalid) or target.rank <= left.rank:
        return ()
    return left.questions
