"""What the position of a check-in says about whether somebody was at the customer. It never blocks anything."""

from __future__ import annotations

from dataclasses import dataclass

from domain.core.places import Accuracy, Position, distance_text, metres_between
from domain.core.text import Text, _
from domain.visits.models import Fix, Verdict

OLD_S = 120
"""An older position may be that of the customer before."""
SLACK_M = {Accuracy.exact: 0.0, Accuracy.street: 300.0}
"""How far the customer may be from where the address was found; of rougher places nothing can be told."""
NO_POSITION = {
    Fix.denied: _("The phone was not allowed to tell its position."),
    Fix.timeout: _("The phone did not find its position in time."),
    Fix.unavailable: _("The device gave no position."),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its reason, and the distance to the customer in metres where both places are known."""

    verdict: Verdict
    reason: Text
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a device said of its position: WGS-84, accuracy in metres, age in seconds."""

    fix: Fix | None
    lat: float | None
    lng: float | None
    accuracy_m: float | None
    age_s: int | None

    @property
    def position(self) -> Position | None:
        """The position, if there is a whole one."""
        if self.fix is not Fix.fixed or self.lat is None or self.lng is None:
            return None
        return Position(self.lat, self.lng)


def slack_of(accuracy: str | None) -> float | None:
    """Metres by which a customer's place may be wrong; None if it is too rough to tell anything."""
    return SLACK_M.get(_known(accuracy))


def _known(accuracy: str | None) -> Accuracy:
    return Accuracy(accuracy) if accuracy in set(Accuracy) else Accuracy.exact


def judge(stamp: Stamp, customer: Position | None, accuracy: str | None, limit_m: float) -> Judgement:
    """The verdict on a check-in. `accuracy` is how well the customer's place is known (`Accuracy`).

    Doubtful: further away than the company's limit, even if position and address are as wrong as they may be; or taken
    more than two minutes before. Cannot be told: a place is missing or too rough.
    """
    here = stamp.position
    if here is None:
        return Judgement(Verdict.none, NO_POSITION.get(stamp.fix or Fix.unavailable, NO_POSITION[Fix.unavailable]))
    if customer is None:
        return Judgement(Verdict.none, _("The customer's place on the map is not known."))
    distance = metres_between(here, customer)
    known = _known(accuracy)
    slack = SLACK_M.get(known)
    if slack is None:
        return Judgement(
            Verdict.none, _("Of the customer's place only this is known: %(what)s.", what=known.label), distance
        )
    rough = stamp.accuracy_m or 0.0
    away, around = distance_text(distance), distance_text(rough)
    if distance - rough - slack > limit_m:
        return Judgement(
            Verdict.doubtful,
            _("%(distance)s from the customer (± %(around)s).", distance=away, around=around),
            distance,
        )
    if rough > limit_m:
        return Judgement(Verdict.none, _("The position is too rough: ± %(around)s.", around=around), distance)
    if (stamp.age_s or 0) > OLD_S:
        minutes = round((stamp.age_s or 0) / 60)
        return Judgement(Verdict.doubtful, _("The position was %(n)s minutes old.", n=minutes), distance)
    return Judgement(
        Verdict.verified, _("%(distance)s from the customer (± %(around)s).", distance=away, around=around), distance
    )
