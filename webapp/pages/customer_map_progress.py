"""How far looking up the customers' addresses has come, and having some looked up again."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.list_spec import ListQuery
from domain.core.places import Accuracy
from domain.core.text import Text, _
from domain.customers import map as on_map
from domain.customers import placing
from domain.customers.placing import Again, Progress
from domain.customers.queries import LIST
from domain.places import turns
from domain.places.turns import Standing
from webapp.deliver.geocode import limits_of
from webapp.forms import raw_form
from webapp.htmx import wants_fragment
from webapp.pages.customer_map_views import PATH, parameters, settings_of
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

HERE = f"{PATH}/positions"
PROVIDERS = {
    "gazetteer": _("Built-in gazetteer"), "manual": _("Set by hand"), "nominatim": _("Nominatim"),
    "photon": _("Photon"), "baidu": _("Baidu Maps"), "google": _("Google Maps"), "amap": _("Amap"),
}  # fmt: skip


class CustomerPositions(Controller):
    """For the customers of a list; scene, filters and search are the list's."""

    path = HERE

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The progress; asked again by itself while some wait."""
        query = ListQuery.of(LIST, parameters(request))
        settings = settings_of(request)
        asks = settings.geocoder != "gazetteer"
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, query)
            found = await placing.progress(chosen)
            standing = await turns.standing(work, settings.geocoder, limits_of(settings)) if asks else Standing()
        context: dict[str, Any] = {
            "found": found, "standing": standing, "asks": asks, "query": query, "rows": _rows(found),
            "provider": PROVIDERS[settings.geocoder], "per_day": settings.geocoder_per_day or None,
            "providers": [(PROVIDERS.get(name, name), n) for name, n in sorted(found.by_provider.items())],
        }  # fmt: skip
        if wants_fragment(request):
            return fragment(request, "customers/map_positions.html", "progress", **context)
        return page(
            request, "customers/map_positions.html", title=_("Looking up addresses"), back=f"{PATH}?{query.params()}",
            **context,
        )  # fmt: skip

    @post(status_code=200)
    async def again(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Have those that were not found, or found roughly, looked up again."""
        raw = await raw_form(request)
        which = Again(raw["which"]) if raw.get("which") in set(Again) else Again.failed
        query = ListQuery.of(LIST, parameters(request))
        async with writing(request) as work:
            number = await placing.ask_again(await on_map.choose(work, LIST, query), which)
        return see_other(request, f"{HERE}?{query.params()}".rstrip("?"), toast=_told(number))


def _told(number: int) -> Text:
    if number == 0:
        return _("There is none to look up again.")
    return _("%(n)s address is looked up again.", plural="%(n)s addresses are looked up again.", n=number)


def _rows(found: Progress) -> list[tuple[Text, int]]:
    return [(accuracy.label, found.by_accuracy[accuracy]) for accuracy in Accuracy if accuracy in found.by_accuracy]
