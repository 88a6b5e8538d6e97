"""What the rows of customers and of leads share, as ready words: the pool, the clock, the call, the claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.pools.words import days_left
from webapp.render import environment

SOON_DAYS = 7
RowView = tuple[int, str, str, Markup, str, Markup]
"""Id, name, letter, state, facts, the quick act."""
EMPTY = Markup("")
PLACE = "0place0"
TOKEN = "0csrf0"


@dataclass(frozen=True, slots=True)
class RowParts:
    """Pieces of a row in one language, with a place for what changes from row to row."""

    pool: str
    call: str
    claim: str
    days: tuple[Markup, ...]

    @classmethod
    def of(cls, language: str, feature: str, leaves: Callable[[int], Text]) -> RowParts:
        """The pieces of a feature's rows; `leaves` says in how many days the clock takes a record back."""
        ui: Any = environment(language).globals["ui"]
        act, here = '<div class="row-act">%s</div>', f"/{feature}/{PLACE}/claim"
        button = ui.icon_button("hand", _("Claim"), kind="soft")
        form = (
            f'<form method="post" action="{here}" hx-post="{here}" hx-target="closest li" hx-swap="outerHTML">'
            f'<input type="hidden" name="_csrf" value="{TOKEN}">{button}</form>'
        )
        return cls(
            pool=str(ui.state_badge(PLACE, "info", "pools")),
            call=act % ui.icon_button("phone", _("Call"), href=f"tel:{PLACE}"),
            claim=act % form,
            days=tuple(ui.state_badge(leaves(days), "warn", "clock") for days in range(SOON_DAYS + 1)),
        )

    def claim_for(self, actor: Actor, feature: str, token: str) -> str:
        """The form to claim with, for who may."""
        return self.claim.replace(TOKEN, str(escape(token))) if actor.may(f"{feature}.claim") else ""

    def lying(self, record_id: int, pool: str, claim: str) -> tuple[Markup, Markup]:
        """State and act of a row that lies in a pool."""
        state = Markup(self.pool.replace(PLACE, str(escape(pool))))
        return state, Markup(claim.replace(PLACE, str(record_id))) if claim else EMPTY

    def calling(self, phone: str | None) -> Markup:
        """The act of a row that somebody owns."""
        return Markup(self.call.replace(PLACE, str(escape(dialled(phone))))) if phone else EMPTY

    def leaving(self, due: datetime | None, today: date, actor: Actor) -> Markup | None:
        """In how many days the clock takes it, if that is soon."""
        if due is None or (left := days_left(due, today, actor.zone)) > SOON_DAYS:
            return None
        return self.days[left]


def dialled(phone: str | None) -> str:
    """A number for a tel: link."""
    return "".join(letter for letter in phone or "" if letter.isdigit() or letter == "+")
