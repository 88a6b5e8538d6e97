"""Verbs of recurring visits: plan, change, end. Their visits are made for the next two weeks at once."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select

from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.visits import beats, policy
from domain.visits.actions.planning import who_goes
from domain.visits.events import BeatPlanned
from domain.visits.inputs import BeatInput
from domain.visits.models import Beat, Visit, VisitStatus


async def plan_beat(work: Work, data: BeatInput) -> Beat:
    """Plan a visit that comes again, for oneself or for somebody that one may send."""
    work.actor.require("visits.create")
    owner_id, errors = await who_goes(work, data)
    if (wrong := policy.wrong_day(data.planned_on, work.today)) is not None:
        errors["planned_on"] = (wrong,)
    if errors:
        raise Invalid(errors)
    beat = Beat(customer_id=data.customer_id, owner_id=owner_id, created_by_id=work.actor.id)
    _fill(beat, data)
    work.session.add(beat)
    await work.session.flush()  # its visits name it by id
    await extend(work, beat, work.today)
    work.record(BeatPlanned(record_id=beat.id, customer_id=beat.customer_id, owner_id=owner_id))
    return beat


async def change_beat(work: Work, beat_id: int, data: BeatInput, version: int | None = None) -> Beat:
    """Change days, weeks or end of a beat; its visits still to come are planned anew. The customer stays."""
    beat = await _own(work, beat_id)
    work.touch(beat, version)
    owner_id, errors = await who_goes(work, data.model_copy(update={"customer_id": beat.customer_id}))
    first = data.planned_on
    if first != beat.starts_on and (wrong := policy.wrong_day(first, work.today)) is not None:
        errors["planned_on"] = (wrong,)
    if errors:
        raise Invalid(errors)
    beat.owner_id = owner_id
    _fill(beat, data)
    await forget_ahead(work, beat)
    await extend(work, beat, work.today)
    return beat


async def end_beat(work: Work, beat_id: int, version: int | None = None) -> Beat:
    """End a beat today; what it had planned further ahead is dropped."""
    beat = await _own(work, beat_id)
    work.touch(beat, version)
    beat.ends_on = max(work.today, beat.starts_on)
    await forget_ahead(work, beat)
    return beat


async def extend(work: Work, beat: Beat, today: date) -> int:
    """Plan the beat's visits up to two weeks ahead; returns how many were made. A day is never planned twice."""
    last = today + timedelta(days=beats.AHEAD_DAYS)
    first = today if beat.planned_until is None else max(today, beat.planned_until + timedelta(days=1))
    if first > last:
        return 0
    known = select(Visit.planned_on).where(Visit.beat_id == beat.id, Visit.planned_on >= first)
    taken = set((await work.session.scalars(known)).all())  # unscoped: whoever sees the beat
    made = [
        Visit(
            customer_id=beat.customer_id, owner_id=beat.owner_id, type_id=beat.type_id, beat_id=beat.id,
            planned_on=day, planned_at=beat.at, answers={}, created_by_id=beat.created_by_id,
        )
        for day in beats.days(beat, first, last)
        if day not in taken
    ]  # fmt: skip
    work.session.add_all(made)
    beat.planned_until = last
    return len(made)


async def forget_ahead(work: Work, beat: Beat) -> None:
    """Drop the beat's visits after today that nobody has touched."""
    ahead = (Visit.beat_id == beat.id, Visit.status == VisitStatus.planned.value, Visit.planned_on > work.today)
    await work.session.execute(delete(Visit).where(*ahead, Visit.moved_from_on.is_(None)))
    beat.planned_until = None


def _fill(beat: Beat, data: BeatInput) -> None:
    beat.type_id, beat.every_weeks, beat.weekdays = data.type_id, data.every_weeks, list(data.weekdays)
    beat.at, beat.starts_on, beat.ends_on = data.planned_at, data.planned_on, data.ends_on


async def _own(work: Work, beat_id: int) -> Beat:
    beat = await beats.get(work, beat_id, lock=True)
    if not work.actor.may("visits.edit"):
        raise Denied(_("Your role does not allow this."))
    return beat
