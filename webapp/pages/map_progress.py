"""How far looking up a list's addresses has come, and having some looked up again."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.list_spec import ListQuery
from domain.core.places import Accuracy
from domain.core.text import Text, _
from domain.places import map as on_map
from domain.places import placing, turns
from domain.places.placing import Again, Progress
from domain.places.turns import Standing
from webapp.deliver.geocode import limits_of
from webapp.forms import raw_form
from webapp.htmx import wants_fragment
from webapp.pages.map_kinds import CUSTOMERS, LEADS, MapKind
from webapp.pages.map_views import parameters, settings_of
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

PROVIDERS = {
    "gazetteer": _("Built-in gazetteer"), "manual": _("Set by hand"), "nominatim": _("Nominatim"),
    "photon": _("Photon"), "baidu": _("Baidu Maps"), "google": _("Google Maps"), "amap": _("Amap"),
}  # fmt: skip


class Positions(Controller):
    """For the records of a list; scene, filters and search are the list's."""

    of: MapKind

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The progress; asked again by itself while some wait."""
        query = ListQuery.of(self.of.placed.spec, parameters(request))
        settings = settings_of(request)
        asks = settings.geocoder != "gazetteer"
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, query)
            found = await placing.progress(chosen)
            standing = await turns.standing(work, settings.geocoder, limits_of(settings)) if asks else Standing()
        context: dict[str, Any] = {
            "of": self.of, "found": found, "standing": standing, "asks": asks, "query": query, "rows": _rows(found),
            "provider": PROVIDERS[settings.geocoder], "per_day": settings.geocoder_per_day or None,
            "providers": [(PROVIDERS.get(name, name), n) for name, n in sorted(found.by_provider.items())],
        }  # fmt: skip
        if wants_fragment(request):
            return fragment(request, "map/positions.html", "progress", **context)
        return page(
            request, "map/positions.html", title=_("Looking up addresses"), back=f"{self.of.path}?{query.params()}",
            **context,
        )  # fmt: skip

    @post(status_code=200)
    async def again(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Have those that were not found, or found roughly, looked up again."""
        raw = await raw_form(request)
        which = Again(raw["which"]) if raw.get("which") in set(Again) else Again.failed
        query = ListQuery.of(self.of.placed.spec, parameters(request))
        async with writing(request) as work:
            number = await placing.ask_again(await on_map.choose(work, self.of.placed, query), which)
        return see_other(request, f"{self.of.path}/positions?{query.params()}".rstrip("?"), toast=_told(number))


def _told(number: int) -> Text:
    if number == 0:
        return _("There is none to look up again.")
    return _("%(n)s address is looked up again.", plural="%(n)s addresses are looked up again.", n=number)


def _rows(found: Progress) -> list[tuple[Text, int]]:
    return [(accuracy.label, found.by_accuracy[accuracy]) for accuracy in Accuracy if accuracy in found.by_accuracy]


class CustomerPositions(Positions):
    """Customers."""

    path = f"{CUSTOMERS.path}/positions"
    of = CUSTOMERS


class LeadPositions(Positions):
    """Leads."""

    path = f"{LEADS.path}/positions"
    of = LEADS
