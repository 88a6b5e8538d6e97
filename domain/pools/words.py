"""Sentences of the pools that more than one place says."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.core.text import Text, _
from domain.pools.models import PoolKind, RecycleKind, RecycleRule

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


def day_text(day: date, today: date) -> Text:
    """A day inside a sentence: 12 March, with the year if it is not this one."""
    month = MONTHS[day.month - 1]
    if day.year == today.year:
        return _("%(day)s %(month)s", day=day.day, month=month)
    return _("%(day)s %(month)s %(year)s", day=day.day, month=month, year=day.year)


def days_left(due_at: datetime, today: date, zone: ZoneInfo) -> int:
    """Days until the clock takes a record, on the calendar of who reads it; 0 from the day on that it is due."""
    return max(0, (due_at.astimezone(zone).date() - today).days)


def you_are_full(kind: PoolKind, held: int, limit: int) -> Text:
    """Why I cannot take one more."""
    if kind is PoolKind.customer:
        return _("You hold %(held)s of %(limit)s customers. Return one first.", held=held, limit=limit)
    return _("You hold %(held)s of %(limit)s leads. Return one first.", held=held, limit=limit)


def they_are_full(kind: PoolKind, name: str, held: int, limit: int) -> Text:
    """Why somebody else cannot get one more."""
    if kind is PoolKind.customer:
        return _("%(name)s holds %(held)s of %(limit)s customers.", name=name, held=held, limit=limit)
    return _("%(name)s holds %(held)s of %(limit)s leads.", name=name, held=held, limit=limit)


def missing_for(kind: RecycleKind, days: int) -> Text:
    """What a rule waits for: no follow-up for 30 days."""
    return _("%(what)s for %(n)s day", plural="%(what)s for %(n)s days", what=kind.label, n=days)


def due_text(pool: str, due_on: date, today: date, kind: RecycleKind, days: int) -> Text:
    """The sentence of the clock: when it leaves, where to and why."""
    why = missing_for(kind, days)
    if due_on <= today:
        return _("Returns to %(pool)s tonight: %(why)s.", pool=pool, why=why)
    return _("Returns to %(pool)s on %(day)s: %(why)s.", pool=pool, day=day_text(due_on, today), why=why)


def given_text(kind: PoolKind, giver: str, n: int, first: str) -> Text:
    """What somebody reads who was given records."""
    if n == 1:
        return _("%(giver)s gave you %(name)s.", giver=giver, name=first)
    if kind is PoolKind.customer:
        return _("%(giver)s gave you %(n)s customers, %(name)s among them.", giver=giver, n=n, name=first)
    return _("%(giver)s gave you %(n)s leads, %(name)s among them.", giver=giver, n=n, name=first)


def rule_text(rule: RecycleRule, target: str | None) -> Text:
    """A recycle rule as a sentence."""
    why = missing_for(RecycleKind(rule.kind), rule.days)
    levels = ", ".join(level.upper() for level in rule.levels)
    if levels and target:
        return _("Levels %(levels)s: goes to %(pool)s after %(why)s.", levels=levels, pool=target, why=why)
    if levels:
        return _("Levels %(levels)s: returns after %(why)s.", levels=levels, why=why)
    if target:
        return _("Goes to %(pool)s after %(why)s.", pool=target, why=why)
    return _("Returns after %(why)s.", why=why)
