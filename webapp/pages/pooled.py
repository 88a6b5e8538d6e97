"""How the pages of the pools speak of each kind of record that lies in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.core.access import among
from domain.core.lists import ListSpec
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.leads import queries as leads
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from webapp.pages.customer_rows import row_facts
from webapp.pages.customer_tools import came_from
from webapp.pages.lead_rows import row_facts as lead_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolWords:
    """Sentences that name the kind."""

    mine: Text
    show: Text
    returning: Text
    staying: Text
    waiting: Callable[[int], Text]
    holding: Callable[[int, int], Text]
    cooling: Callable[[int], Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPages:
    """A kind of pool on the screen: its list, what its rows say, and what a follow-up calls it."""

    kind: PoolKind
    icon: str
    subject: str
    spec: ListSpec
    facts: Callable[[Any, str], str]
    words: PoolWords

    @property
    def feature(self) -> str:
        """The first half of its rights."""
        return POOL_KINDS[self.kind].feature

    @property
    def path(self) -> str:
        """Its list."""
        return f"/{self.feature}"

    async def get(self, work: Work, record_id: int) -> Any:
        """One record. Raises NotFound for one that the actor may not see."""
        pooled = POOL_KINDS[self.kind]
        return await work.load(pooled.model, record_id, pooled.visible)

    async def names(self, work: Work, record_ids: Sequence[int]) -> Sequence[str]:
        """Names of those of the records that the actor sees."""
        pooled = POOL_KINDS[self.kind]
        model = pooled.model
        statement = select(model.name).where(among(model.id, record_ids), pooled.visible(work.actor))
        return (await work.session.scalars(statement.order_by(model.id))).all()

    def came_from(self, raw: Mapping[str, Any]) -> str:
        """The list that a bulk act was started from."""
        return came_from(raw, self.spec)


CUSTOMERS = PoolPages(
    kind=PoolKind.customer,
    icon="customers",
    subject="customer",
    spec=customers.LIST,
    facts=row_facts,
    words=PoolWords(
        mine=_("My customers"),
        show=_("Show customers"),
        returning=_("When customers return here"),
        staying=_("No clock runs: customers stay with who claimed them."),
        waiting=lambda n: _("%(n)s customer waits", plural="%(n)s customers wait", n=n),
        holding=lambda held, limit: _("You hold %(held)s of %(limit)s customers", held=held, limit=limit),
        cooling=lambda n: _(
            "Who gave a customer up waits %(n)s day before claiming it again.",
            plural="Who gave a customer up waits %(n)s days before claiming it again.",
            n=n,
        ),
    ),
)
LEADS = PoolPages(
    kind=PoolKind.lead,
    icon="bolt",
    subject="lead",
    spec=leads.LIST,
    facts=lead_facts,
    words=PoolWords(
        mine=_("My leads"),
        show=_("Show leads"),
        returning=_("When leads return here"),
        staying=_("No clock runs: leads stay with who claimed them."),
        waiting=lambda n: _("%(n)s lead waits", plural="%(n)s leads wait", n=n),
        holding=lambda held, limit: _("You hold %(held)s of %(limit)s leads", held=held, limit=limit),
        cooling=lambda n: _(
            "Who gave a lead up waits %(n)s day before claiming it again.",
            plural="Who gave a lead up waits %(n)s days before claiming it again.",
            n=n,
        ),
    ),
)
POOL_PAGES: Mapping[PoolKind, PoolPages] = {pages.kind: pages for pages in (CUSTOMERS, LEADS)}
"""In the order in which pools are listed."""
