"""The verbs of visits, by family: planning ahead, recording in the field, and what happens by the clock."""

from domain.visits.actions.beats import change_beat, end_beat, plan_beat
from domain.visits.actions.clockwork import extend_beats, forget_positions, mark_missed
from domain.visits.actions.handing import hand_over, relieve
from domain.visits.actions.meeting import link_contact
from domain.visits.actions.planning import cancel, miss, move, plan
from domain.visits.actions.recording import check_in, record

__all__ = [
    "cancel", "change_beat", "check_in", "end_beat", "extend_beats", "forget_positions", "hand_over", "link_contact",
    "mark_missed", "miss", "move", "plan", "plan_beat", "record", "relieve",
]  # fmt: skip
