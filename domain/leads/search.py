"""The search index of leads: found by any part of name and company, by pinyin initials and by phone numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.leads.models import Lead, LeadSearch
from domain.pools.finding import Hidden, TextIndex
from domain.search import phones
from domain.search.fold import squeeze
from domain.search.grams import index_grams
from domain.search.pinyin import initials

INDEX = TextIndex(
    record=Lead, found=LeadSearch, key=LeadSearch.lead_id, feature="leads", hidden=(Hidden("phone", numbers_only=True),)
)
probe = INDEX.probe


def search_text(name: str, company: str | None, *numbers: str | None) -> str:
    """What a lead is found by: the names in the first line, digits of numbers in the second, each once."""
    own = dict.fromkeys(part for each in (name, company) if each for part in (squeeze(each), initials(each)) if part)
    others = dict.fromkeys(part for number in numbers if (part := phones.searchable(number)) and part not in own)
    return "\n".join((" ".join(own), " ".join(others)))


async def index_rows(session: AsyncSession, ids: Sequence[int]) -> None:
    """Make the search rows of some leads anew from what is stored."""
    among = any_(literal(list(ids), ARRAY(BigInteger)))
    stored = select(Lead.id, Lead.name, Lead.company, Lead.mobile, Lead.phone).where(Lead.id == among)
    rows = []
    for lead_id, name, company, mobile, phone in await session.execute(stored):
        txt = search_text(name, company, mobile, phone)
        rows.append({"lead_id": lead_id, "txt": txt, "grams": index_grams(txt)})
    if rows:
        new = insert(LeadSearch)
        change = new.on_conflict_do_update(
            index_elements=[LeadSearch.lead_id], set_={"txt": new.excluded.txt, "grams": new.excluded.grams}
        )
        await session.execute(change, rows)
