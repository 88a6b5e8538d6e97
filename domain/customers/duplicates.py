"""The duplicate check (S-069): companies of one name are refused, persons only asked about."""

from __future__ import annotations

from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries
from domain.customers.models import CustomerKind

UNIQUE_NAME = "uq_customers_name_key"
"""The index that lets only one live company of a name stand."""


class Duplicate(Invalid):
    """There is one already. `seen` are those that the actor may open; `confirmable`: may be saved all the same."""

    code = "duplicate"

    def __init__(self, text: Text, seen: list[tuple[int, str]], *, confirmable: bool) -> None:
        super().__init__({"name": (text,)}, text)
        self.seen = seen
        self.confirmable = confirmable


async def refuse_duplicates(
    work: Work, kind: CustomerKind, name_key: str, *, but: int | None = None, confirmed: bool = False
) -> None:
    """Raise Duplicate if there is a live customer of that name (besides `but`), unless it is a confirmed person."""
    if kind is CustomerKind.person and confirmed:
        return
    if await queries.same_name(work, name_key, kind, but=but, limit=1):
        # A person who is there already keeps the name on an edit; it was confirmed when it was entered.
        if kind is CustomerKind.person and but is not None:
            return
        raise await duplicate(work, kind, name_key, but=but)


async def duplicate(work: Work, kind: CustomerKind, name_key: str, *, but: int | None = None) -> Duplicate:
    """The refusal: names those the actor may see; of others it says only that there is one."""
    rows = await queries.same_name(work, name_key, kind, but=but)
    seen = [(row[0], row[1]) for row in rows if row[2]]
    return Duplicate(_sentence(kind, seen), seen, confirmable=kind is CustomerKind.person)


def _sentence(kind: CustomerKind, seen: list[tuple[int, str]]) -> Text:
    if kind is CustomerKind.person:
        if seen:
            return _("There is already a person of this name: %(name)s.", name=seen[0][1])
        return _("There is already a person of this name, with somebody else.")
    if seen:
        return _("This company exists already: %(name)s.", name=seen[0][1])
    return _("This company exists already, but you may not see it. Ask your manager.")
