"""Who may claim or receive: pure questions, answered by None for yes or by the reason for no."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.core.text import Text, _
from domain.pools.models import PoolKind
from domain.pools.words import day_text, they_are_full, you_are_full


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person before a pool: what the limits are and how much of them is used. None: no limit.

    `holding_limit` is the smallest of the person's, their roles' and the pool's. `claimed_today` counts claims from
    this pool on the person's own day; giving one back does not free it.
    """

    kind: PoolKind
    pool_id: int
    pool: str
    active: bool = True
    claiming: bool = True
    member: bool = True
    held: int = 0
    holding_limit: int | None = None
    claimed_today: int = 0
    daily_limit: int | None = None
    batch_limit: int | None = None
    cooldown_days: int | None = None
    protect_days: int | None = None

    @property
    def room(self) -> int | None:
        """How many more may be claimed now; None: as many as there are."""
        rooms = [
            limit - used
            for limit, used in ((self.holding_limit, self.held), (self.daily_limit, self.claimed_today))
            if limit is not None
        ]
        return max(0, min(rooms)) if rooms else None

    def after_claim(self) -> Standing:
        """The standing with one more claimed."""
        return replace(self, held=self.held + 1, claimed_today=self.claimed_today + 1)


def can_claim_from(standing: Standing) -> Text | None:
    """Whether the person may claim from the pool at all just now."""
    if not standing.active or not standing.claiming:
        return _("Claiming from %(pool)s is switched off.", pool=standing.pool)
    if not standing.member:
        return _("You are not a member of %(pool)s.", pool=standing.pool)
    if standing.holding_limit is not None and standing.held >= standing.holding_limit:
        return you_are_full(standing.kind, standing.held, standing.holding_limit)
    if standing.daily_limit is not None and standing.claimed_today >= standing.daily_limit:
        return _(
            "You have claimed %(claimed)s of %(limit)s for today from %(pool)s. Come back tomorrow.",
            claimed=standing.claimed_today,
            limit=standing.daily_limit,
            pool=standing.pool,
        )
    return None


def can_claim(standing: Standing, *, today: date, pooled_on: date | None, left_on: date | None) -> Text | None:
    """Whether the person may claim one record that lies in the pool.

    `pooled_on` is the day it came into the pool, `left_on` the last day this person held it, both on the person's own
    calendar; so protection and cool-down end at the person's midnight.
    """
    reason = can_claim_from(standing)
    if reason is not None:
        return reason
    if standing.protect_days and pooled_on is not None:
        free_on = pooled_on + timedelta(days=standing.protect_days)
        if today < free_on:
            return _("New in %(pool)s: free from %(day)s.", pool=standing.pool, day=day_text(free_on, today))
    if standing.cooldown_days and left_on is not None:
        free_on = left_on + timedelta(days=standing.cooldown_days)
        if today < free_on:
            return _(
                "You held this until %(left)s. You can claim it again from %(day)s.",
                left=day_text(left_on, today),
                day=day_text(free_on, today),
            )
    return None


def can_receive(kind: PoolKind, name: str, active: bool, held: int, limit: int | None) -> Text | None:
    """Whether somebody can be given one more record."""
    if not active:
        return _("%(name)s no longer works here.", name=name)
    if limit is not None and held >= limit:
        return they_are_full(kind, name, held, limit)
    return None
