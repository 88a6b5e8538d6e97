"""The moves of a visit. What has been recorded in the field counts, whatever was decided meanwhile."""

from __future__ import annotations

from domain.core.text import _
from domain.core.workflow import Transition, Workflow
from domain.visits.models import VisitStatus as S

WORKFLOW = Workflow(
    (
        Transition("check_in", _("Check in"), (S.planned, S.missed), S.open, "visits.edit"),
        Transition("record", _("Finish"), (S.planned, S.open, S.missed, S.cancelled), S.done, "visits.edit"),
        Transition("move", _("Another day"), (S.planned, S.missed), S.planned, "visits.edit"),
        Transition("cancel", _("Cancel visit"), (S.planned,), S.cancelled, "visits.edit"),
        Transition("miss", _("Did not take place"), (S.planned, S.open), S.missed, "visits.edit"),
    )
)
