"""Figures to decide by: the funnel of a pipeline, and the forecast of the coming months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from litestar import Controller, Request, Response, get
from sqlalchemy import select

from domain.company.queries import company_settings
from domain.core.access import Scope, among
from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.opportunities.forecast import PAST, UNDATED, Cell, Forecast, forecast
from domain.opportunities.funnel import Funnel, FunnelRow, funnel
from domain.opportunities.models import StageKind
from domain.opportunities.stages import pipelines
from domain.people.models import Department
from webapp.formats import Formats
from webapp.forms import key_of
from webapp.pages.opportunities import views
from webapp.pages.opportunity_charts import Bar, forecast_chart, width_of
from webapp.pages.opportunity_rows import PATH
from webapp.pages.record_list import owners
from webapp.render import page
from webapp.work import reading

PERIODS = {
    "month": _("This month"), "quarter": _("This quarter"), "year": _("This year"), "months": _("Last 12 months"),
}  # fmt: skip
BY: Mapping[str, Text] = {"": _("All together"), "owner": _("By person"), "department": _("By department")}
AHEAD = (6, 12)
"""How many months the forecast looks ahead."""


class OpportunityFigures(Controller):
    """Open to whoever may see opportunities: each sees the figures of what he sees."""

    path = PATH

    @get("/funnel")
    async def funnel(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """How many reached each stage in a time, and what became of them."""
        params = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            asked = period_of(params, work.today)
            ids = {name: key_of(params.get(name)) for name in ("pipeline", "owner", "department")}
            found = await funnel(work, ids["pipeline"], asked.since, asked.until, ids["owner"], ids["department"])
            ways = [(one.id, one.name) for one in await pipelines(work)]
            people, rooms = await owners(work, params.get("owner")), await _departments(work)
            currency = (await company_settings(work.session)).currency
        kept = [(name, str(value)) for name, value in ids.items() if value is not None]
        chips = [
            (label, f"{PATH}/funnel?{urlencode([('period', name), *kept])}", name == asked.name)
            for name, label in PERIODS.items()
        ]
        return page(
            request, "opportunities/funnel.html", title=_("Funnel"), views=views("/funnel"), found=found, chips=chips,
            asked=asked, ids=ids, ways=ways, people=people, rooms=rooms, currency=currency, url=_url,
            rows=_rows(found), ends={kind.value: _url(found.ended(kind)) for kind in StageKind if kind != "open"},
        )  # fmt: skip

    @get("/forecast")
    async def forecast(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What is expected month by month and what was won, together or by person or department."""
        asked = request.query_params.get("by", "")
        by: Literal["owner", "department"] | None = (
            "owner" if asked == "owner" else "department" if asked == "department" else None
        )
        months = AHEAD[1] if request.query_params.get("months") == str(AHEAD[1]) else AHEAD[0]
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            found = await forecast(work, months, by)
            several = _sees_others(work)
            currency = (await company_settings(work.session)).currency
        here = f"{PATH}/forecast"
        chips = [
            (label, f"{here}?{urlencode({'by': name, 'months': months})}", name == (by or ""))
            for name, label in BY.items()
        ]  # fmt: skip
        spans = [
            (_("%(n)s months", n=number), f"{here}?{urlencode({'by': by or '', 'months': number})}", number == months)
            for number in AHEAD
        ]
        bars = _bars(found, request.scope["state"]["language"])
        return page(
            request, "opportunities/forecast.html", title=_("Forecast"), views=views("/forecast"), found=found, by=by,
            chips=chips if several else [], spans=spans, currency=currency, columns=bars, chart=forecast_chart(bars),
            headings=[(bar.label, "number") for bar in bars],
            open_url=lambda column, key=None: _open_url(column, by, key),
            won_url=lambda column, key=None: _won_url(found, column, by, key),
        )  # fmt: skip


def _url(filters: Mapping[str, str]) -> str:
    return f"{PATH}?{urlencode(filters)}"


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are looked at, both included; `name` if they are one of the known ones."""

    name: str | None
    since: date
    until: date


def period_of(params: Mapping[str, str], today: date) -> Period:
    """The days of `since` and `until`, else those of a named period. Raises Invalid for what is no day."""
    if params.get("since") or params.get("until"):
        since, until = _day("since", params) or today.replace(month=1, day=1), _day("until", params) or today
        if since > until:
            raise Invalid.of("until", _("The end lies before the beginning."))
        return Period(None, since, until)
    name = params.get("period") if params.get("period") in PERIODS else "year"
    first = {
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
        "months": (today - timedelta(days=365)) + timedelta(days=1),
    }[name or "year"]
    return Period(name, first, today)


def _day(name: str, params: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(params[name]) if params.get(name) else None
    except ValueError:
        raise Invalid.of(name, _("This is not a day.")) from None


def _sees_others(work: Work) -> bool:
    return work.actor.scope("opportunities") not in (None, Scope.own)


async def _departments(work: Work) -> list[tuple[int, str]]:
    """The departments that the reader may choose; none for who sees only own opportunities."""
    scope = work.actor.scope("opportunities")
    if scope in (None, Scope.own, Scope.subordinates):
        return []
    found = select(Department.id, Department.name).order_by(Department.name, Department.id)
    if scope is not Scope.all:
        found = found.where(among(Department.id, list(work.actor.tree_ids)))
    return [(row.id, row.name) for row in await work.session.execute(found)]


@dataclass(frozen=True, slots=True)
class Row:
    """One stage of the funnel: its figures, how wide its bar is, and whether most are lost here."""

    figures: FunnelRow
    width: str
    worst: bool

    @property
    def parts(self) -> Sequence[tuple[str, int]]:
        """What became of those that reached it, by the word of the list's filter."""
        row = self.figures
        return (("on", row.on), ("lost", row.lost), ("invalid", row.invalid), ("open", row.open))


def _rows(found: Funnel) -> list[Row]:
    most = max((row.reached for row in found.rows), default=0)
    lost = max((row.lost for row in found.rows), default=0)
    worst = next((row for row in found.rows if 0 < row.lost == lost), None)
    return [Row(row, width_of(row.reached, most), row is worst) for row in found.rows]


BESIDE = {PAST: (_("Before"), _("Before")), UNDATED: (_("Without a day"), _("No day"))}
LATER = (_("Later"), _("Later"))


def _bars(found: Forecast, language: str) -> list[Bar]:
    """The columns of the forecast with their names; those beside the months only if something is in them."""
    formats, months = Formats(language), {month.strftime("%Y-%m"): month for month in found.months}
    shown = []
    for name in found.columns:
        cell, month = found.cells[name], months.get(name)
        if month is not None:
            shown.append(Bar(name, formats.month(month), formats.month(month, short=True), True, cell))
        elif cell != Cell():
            shown.append(Bar(name, *BESIDE.get(name, LATER), False, cell))
    return shown


def _open_url(column: str | None, by: str | None, key: int | None) -> str:
    return _url({"status": "open", **({"expected": column} if column else {}), **_whose(by, key)})


def _won_url(found: Forecast, column: str | None, by: str | None, key: int | None) -> str:
    first, last = found.months[0], found.months[-1]
    until = (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return _url({"status": "won", "ended": column or f"{first}:{until}", **_whose(by, key)})


def _whose(by: str | None, key: int | None) -> dict[str, str]:
    """The filter of an owner, or of a department without those below it."""
    if by is None or key is None:
        return {}
    return {by: f"{key}-" if by == "department" else str(key)}
