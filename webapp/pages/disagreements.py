"""Disagreements: a field that was changed on a phone and, meanwhile, by somebody else. Who recorded it chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Conflict, Invalid
from domain.core.model import Choice
from domain.core.text import Text, _
from domain.customers.models import Customer
from domain.search import phones
from domain.sync import queries
from domain.sync.disagreements import choose
from domain.sync.edits import standing
from domain.sync.models import Settled
from webapp.formats import amount, plain
from webapp.forms import raw_form, whole_number
from webapp.pages import contacts, customers
from webapp.render import page, see_other
from webapp.work import reading, writing

CHOICES: Mapping[str, type[Choice]] = {**contacts.CHOICES, **customers.CHOICES}
LABELS: Mapping[str, Text] = {
    **contacts.LABELS,
    **customers.LABELS,
    "main": _("Main contact"),
    "owner_id": _("Owner"),
    "pool_id": _("Pool"),
    "position": _("Position on the map"),
}
YES_NO = {True: _("Yes"), False: _("No")}
NUMBERS = frozenset({"phone", "mobile"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One disagreement in words; `version` is of the record as it is shown."""

    id: int
    about: str
    url: str
    label: Text
    mine: Text | str
    theirs: Text | str
    author: str | None
    recorded_at: datetime
    proposal: bool
    version: int


class Disagreements(Controller):
    """Open to everybody who is signed in; each sees those that they have to settle."""

    path = "/conflicts"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What waits, the oldest first."""
        async with reading(request) as work:
            rows = await queries.waiting(work)
            names = await queries.names(work, rows)
        items = [_shown(row, names) for row in rows]
        return page(request, "disagreements/list.html", title=_("Disagreements"), back="/today", items=items)

    @post("/{disagreement_id:int}", status_code=200)
    async def settle(self, request: Request[Any, Any, Any], disagreement_id: FromPath[int]) -> Response[Any]:
        """Choose one of the two values."""
        raw = await raw_form(request)
        choice = raw.get("choice")
        try:
            async with writing(request) as work:
                if not isinstance(choice, str) or choice not in set(Settled):
                    await queries.get(work, disagreement_id)
                    raise Invalid.of("choice", _("Please choose one of the two values."))
                version = whole_number(raw.get("version"))
                found = await choose(work, disagreement_id, Settled(choice), version)
                proposal = found.proposal
        except (Conflict, Invalid) as problem:
            return see_other(request, "/conflicts", toast=problem.sentence, tone="bad")
        if choice == Settled.theirs:
            told = _("It stays as it is.")
        else:
            told = _("The proposal holds now.") if proposal else _("Your value holds now.")
        return see_other(request, "/conflicts", toast=told)


def _shown(row: Any, names: Mapping[str, str]) -> Shown:
    found, customer = row.Disagreement, row.Customer
    record = row.Contact or customer
    field = found.field
    about = customer.name if isinstance(record, Customer) else f"{record.name} · {customer.name}"
    return Shown(
        id=found.id,
        about=about,
        url=f"/{found.kind}/{found.record_id}",
        label=LABELS[field],
        mine=_said(field, found.mine, names),
        theirs=_said(field, standing(record).get(field), names),
        author=row.author,
        recorded_at=found.recorded_at,
        proposal=found.proposal,
        version=record.version,
    )


def _said(field: str, value: Any, names: Mapping[str, str]) -> Text | str:
    """A value in words."""
    if value is None or value == "":
        return _("Empty")
    if isinstance(value, bool):
        return YES_NO[value]
    if field in CHOICES:
        return next((member.label for member in CHOICES[field] if member.value == value), str(value))
    if field == "credit_limit":
        return amount(Decimal(value))
    if field in NUMBERS:
        return phones.shown(value) or ""
    return names.get(f"{field}:{value}", plain(value))
