"""The search index of opportunities: found by any part of the name, by pinyin initials, and by their customers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.lists import Hits
from domain.core.work import Work
from domain.customers import search as customers
from domain.opportunities.models import Opportunity, OpportunitySearch
from domain.pools.finding import TextIndex
from domain.search.fold import squeeze
from domain.search.grams import index_grams
from domain.search.pinyin import initials

INDEX = TextIndex(
    record=Opportunity, found=OpportunitySearch, key=OpportunitySearch.opportunity_id, feature="opportunities",
    hidden=(),
)  # fmt: skip


async def probe(work: Work, q: str) -> Hits:
    """Opportunities by their name, and those of the customers that the customers' search finds."""
    own, customers_found = await INDEX.probe(work, q), await customers.probe(work, q)
    return Hits(or_(own.where, customers_found.where))


def search_text(name: str) -> str:
    """What an opportunity is found by."""
    return " ".join(dict.fromkeys(part for part in (squeeze(name), initials(name)) if part))


async def index_rows(session: AsyncSession, names: Mapping[int, str]) -> None:
    """Make the search rows of some opportunities anew; their names by id."""
    rows = [{"opportunity_id": number, "txt": (txt := search_text(name)), "grams": index_grams(txt)}
            for number, name in names.items()]  # fmt: skip
    if rows:
        new = insert(OpportunitySearch)
        change = new.on_conflict_do_update(
            index_elements=[OpportunitySearch.opportunity_id],
            set_={"txt": new.excluded.txt, "grams": new.excluded.grams},
        )
        await session.execute(change, rows)
