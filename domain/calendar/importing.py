"""Taking entries over from another calendar: once each, known by what that calendar calls them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select, union_all

from domain.calendar import series
from domain.calendar.inputs import EntryInput
from domain.calendar.models import CalendarEvent, CalendarSeries
from domain.core.model import Choice
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.models import User

OURS = re.compile(r"(entry|task|contact|visit)-\d+@offing")
"""What our own feed calls things."""
ALREADY = _("It stands in your calendar already.")
TWICE = _("It comes twice in the file.")


class Outcome(Choice):
    """What becomes of one entry of a file."""

    new = "new", _("New")
    known = "known", _("Known already")
    refused = "refused", _("Not taken over")


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a file; `problem` says why it cannot be taken over."""

    uid: str
    title: str
    data: EntryInput | None = None
    rule: str | None = None
    zone: ZoneInfo | None = None
    """Where a rule is counted."""
    without: tuple[date, ...] = ()
    outcome: Outcome = Outcome.new
    problem: Text | None = None


async def looked_at(work: Work, found: Sequence[Found]) -> list[Found]:
    """What would become of each."""
    work.actor.require("calendar.create")
    uids = [one.uid for one in found]
    known = union_all(
        *(
            select(table.uid).where(table.user_id == work.actor.id, table.uid.in_(uids))
            for table in (CalendarEvent, CalendarSeries)
        )
    )
    there = {row[0] for row in await work.session.execute(known)}
    seen: set[str] = set()
    judged = []
    for one in found:
        if one.problem is not None:
            judged.append(replace(one, outcome=Outcome.refused))
        elif one.uid in there or OURS.fullmatch(one.uid):
            judged.append(replace(one, outcome=Outcome.known, problem=ALREADY))
        elif one.uid in seen:
            judged.append(replace(one, outcome=Outcome.known, problem=TWICE))
        else:
            judged.append(one)
        seen.add(one.uid)
    return judged


async def take_over(work: Work, found: Sequence[Found]) -> list[Found]:
    """Put what is new into my calendar, all in one transaction."""
    zone = work.actor.zone
    user = await work.session.get_one(User, work.actor.id, with_for_update=True)  # the same file twice at once
    judged = await looked_at(work, found)
    for one in judged:
        if one.outcome is not Outcome.new or one.data is None:
            continue
        plan = one.data.plan(one.zone or zone)
        if one.rule is None:
            work.session.add(CalendarEvent(user_id=user.id, created_by_id=user.id, uid=one.uid, **plan.columns(zone)))
        else:
            await series.begin(work, plan, one.rule, user, zone=one.zone, uid=one.uid, without=one.without)
    await work.session.flush()  # a fault of the database belongs before the answer
    return judged
