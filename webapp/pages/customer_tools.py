"""What can be done with a whole list of what lies in pools, customers or leads: choosing several, export, the bin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup, escape

from domain.core.access import Actor, Scope
from domain.core.lists import ListQuery, ListSpec
from domain.core.text import Text, _
from domain.customers import queries
from webapp.exporting import export_items
from webapp.htmx import AnyRequest
from webapp.render import environment

PLACE = "0place0"


@dataclass(frozen=True, slots=True)
class BulkAct:
    """A verb for all chosen rows; the rows are posted to it as `pick`."""

    name: str
    label: Text
    icon: str
    feature: str = "customers"

    @property
    def url(self) -> str:
        """Where the rows are sent."""
        return f"/{self.feature}/{self.name}"


CLAIM = BulkAct("claim", _("Claim"), "hand")
ASSIGN = BulkAct("assign", _("Assign"), "assign")
MOVE = BulkAct("move", _("Move"), "pools")
TRANSFER = BulkAct("transfer", _("Transfer"), "transfer")
PLAN = BulkAct("plan", _("Plan visits"), "visit")


def bulk_acts(actor: Actor, query: ListQuery, feature: str = "customers") -> tuple[BulkAct, ...]:
    """The verbs that fit the view: those of the pools where rows lie in pools, else Transfer and visits."""
    in_pools = query.scene == "pool" or "pool" in query.filters
    mixed = query.scene in (None, "all") and not in_pools
    acts = []
    if in_pools and actor.may(f"{feature}.claim"):
        acts.append(CLAIM)
    if (in_pools or mixed) and actor.may(f"{feature}.assign") and (actor.everything or actor.admin_pool_ids):
        acts += [ASSIGN, MOVE] if in_pools else [ASSIGN]
    if not in_pools and actor.may(f"{feature}.transfer"):
        acts.append(TRANSFER)
    if not in_pools and feature == "customers" and actor.may("visits.create"):
        acts.append(PLAN)
    return tuple(replace(act, feature=feature) for act in acts)


def tools(actor: Actor, language: str, query: ListQuery, feature: str = "customers") -> Markup:
    """The list's menu for what is shown; nothing for who may do none of it."""
    bin_too = actor.may(f"{feature}.delete") and actor.scope(feature) is Scope.all
    choosing = bool(bulk_acts(actor, query, feature))
    made = _menu(language, feature, choosing, actor.may(f"{feature}.export"), bin_too)
    return Markup(made.replace(PLACE, str(escape(query.params()))))


@cache
def _menu(language: str, feature: str, choosing: bool, exporting: bool, bin_too: bool) -> str:
    """The menu with a place for the address of the view: made once, as the list is the page opened most."""
    ui: Any = environment(language).globals["ui"]
    items: list[dict[str, Any]] = []
    if choosing:
        items.append({"label": _("Select"), "icon": "check", "href": f"/{feature}?select=1&{PLACE}"})
    if exporting:
        items += export_items(feature, PLACE)
    if bin_too:
        items.append({"label": _("Bin"), "icon": "trash", "href": f"/{feature}/bin"})
    return str(ui.menu(items, label=_("What can be done with this list"))) if items else ""


def came_from(raw: Mapping[str, Any], spec: ListSpec = queries.LIST) -> str:
    """The list that a bulk act was started from, as its form says; nothing but an address of the list is believed."""
    back = raw.get("back")
    asked = back.partition("?")[2] if isinstance(back, str) else ""
    params = ListQuery.of(spec, dict(parse_qsl(asked[:2000]))).params()
    return f"/{spec.kind}?{params}" if params else f"/{spec.kind}"


def is_choosing(request: AnyRequest) -> bool:
    """Whether the rows shall have boxes to tick."""
    return request.query_params.get("select") == "1"
