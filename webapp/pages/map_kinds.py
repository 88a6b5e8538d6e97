"""What the map says and offers of each kind of record that lies on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from domain.core.list_spec import ListQuery
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.placed import CUSTOMERS as CUSTOMERS_PLACED
from domain.leads.placed import LEADS as LEADS_PLACED
from domain.places.kinds import Placed
from webapp.pages import customers, leads


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences that name the kind; the page's script puts the number in the place of the 0."""

    search: Text
    many: Text
    shown: Text
    describes: Text
    drawing: Text
    all_placed: Text
    one: Text
    number: Callable[[str], Text]
    none_there: Text
    show_list: Text
    none_here: Text
    none_within: Callable[[int], Text]
    no_places: Text
    i_am_there: Text


@dataclass(frozen=True, slots=True)
class MapKind:
    """A kind on the map: `sheet` makes what the list's filter offers, and `filter` is the template that draws it.

    `with_visits`: visits can be shown besides, and planned for what was chosen.
    """

    placed: Placed
    words: Words
    sheet: Callable[[Work, ListQuery], Awaitable[Any]]
    filter: str
    with_visits: bool = False

    @property
    def feature(self) -> str:
        """The plural noun."""
        return self.placed.feature

    @property
    def list_path(self) -> str:
        """Where the list is."""
        return f"/{self.feature}"

    @property
    def path(self) -> str:
        """Where the map is."""
        return f"/{self.feature}/map"


CUSTOMERS = MapKind(
    CUSTOMERS_PLACED,
    Words(
        search=_("Name, initials or phone"),
        many=_("%(n)s customers here", n=0),
        shown=_("Customers shown: %(n)s", n=0),
        describes=_("Map of the customers; arrow keys move it, plus and minus zoom, Tab goes from mark to mark"),
        drawing=_("Draw around the customers. Escape gives up."),
        all_placed=_("Every customer of this list has a position."),
        one=_("1 customer"),
        number=lambda n: _("%(n)s customers", n=n),
        none_there=_("No customer of the list has a position in this area."),
        show_list=_("Show in the customer list"),
        none_here=_("No customer with a position here."),
        none_within=lambda km: _("No customer with a position within %(n)s km.", n=km),
        no_places=_("No customer of this list has an address."),
        i_am_there=_("I am at the customer now"),
    ),
    customers.RECORDS.sheet,
    "customers/filter_fields.html",
    with_visits=True,
)
LEADS = MapKind(
    LEADS_PLACED,
    Words(
        search=_("Name, company or phone"),
        many=_("%(n)s leads here", n=0),
        shown=_("Leads shown: %(n)s", n=0),
        describes=_("Map of the leads; arrow keys move it, plus and minus zoom, Tab goes from mark to mark"),
        drawing=_("Draw around the leads. Escape gives up."),
        all_placed=_("Every lead of this list has a position."),
        one=_("1 lead"),
        number=lambda n: _("%(n)s leads", n=n),
        none_there=_("No lead of the list has a position in this area."),
        show_list=_("Show in the list of leads"),
        none_here=_("No lead with a position here."),
        none_within=lambda km: _("No lead with a position within %(n)s km.", n=km),
        no_places=_("No lead of this list has an address."),
        i_am_there=_("I am at the lead's place now"),
    ),
    leads.RECORDS.sheet,
    "leads/filter_fields.html",
)
