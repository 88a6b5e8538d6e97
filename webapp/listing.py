"""What every list page does: read the address, fetch a page and a count, and know the addresses around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.core.lists import Count, ListQuery, ListSpec, fetch_page
from domain.core.text import Text
from domain.core.work import Work
from webapp.exporting import export_items
from webapp.htmx import AnyRequest, wants_fragment


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list with everything around it. `count` is None on pages after the first."""

    spec: ListSpec
    query: ListQuery
    path: str
    rows: Sequence[Any]
    next_url: str | None
    count: Count | None

    @property
    def scenes(self) -> list[tuple[Text, str, bool]]:
        """Chips: (label, address, current)."""
        current = self.spec.scene(self.query.scene)
        return [
            (scene.label, self.url(scene=None if scene is self.spec.scenes[0] else scene.name), scene is current)
            for scene in self.spec.scenes
        ]

    @property
    def filters(self) -> Mapping[str, str]:
        """The filters that are set."""
        return self.query.filters

    @property
    def keep(self) -> list[tuple[str, str]]:
        """Hidden fields that a search form needs so that scene, sort and filters stay."""
        pairs = [("scene", self.query.scene), ("sort", self.query.sort), *self.query.filters.items()]
        return [(name, value) for name, value in pairs if value]

    @property
    def exports(self) -> list[dict[str, Any]]:
        """Items of a menu that take out what is shown, for whoever holds the feature's right `export`."""
        return export_items(self.spec.kind, self.query.params())

    def url(self, **changes: str | None) -> str:
        """The list's address with changes."""
        params = self.query.params(**changes)
        return f"{self.path}?{params}" if params else self.path


async def listing(request: AnyRequest, work: Work, spec: ListSpec, *, path: str | None = None) -> Listing:
    """Fetch what the address asks for. Raises Invalid for a filter or cursor that cannot be read."""
    query = ListQuery.of(spec, {name: value for name, value in request.query_params.items() if isinstance(value, str)})
    found = await fetch_page(work, spec, query, counted=query.cursor is None)
    here = path or request.url.path
    next_url = f"{here}?{query.params(cursor=found.next)}" if found.next else None
    return Listing(spec, query, here, found.rows, next_url, found.count)


def block_of(request: AnyRequest, found: Listing) -> str | None:
    """Which part of a list page is asked for: next rows, what a search changes, the list beside a record; None: all."""
    if not wants_fragment(request):
        return None
    if found.query.cursor is not None:
        return "rows"
    return "side" if request.query_params.get("side") else "results"
