"""Rows that become leads: checked one by one, stored set by set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import Text, _
from domain.imports.cells import Row, Vocabulary, choice
from domain.imports.customers import note, whole_name
from domain.imports.lookups import Owners
from domain.leads.inputs import LeadInput
from domain.search.fold import fold
from domain.search.pinyin import sort_key

TEXTS = (
    "name", "company", "post", "phone", "mobile", "email", "wechat", "country", "region", "city", "address", "need",
    "notes",
)  # fmt: skip
"""What a row says in its own words, under the names of the columns."""


@dataclass(slots=True)
class Candidate:
    """A checked row: values of the lead's columns, and where it goes."""

    row: Row
    values: dict[str, Any]
    owner_id: int | None = None
    pool_id: int | None = None
    at: datetime | None = None
    """When it was entered; None: now."""
    id: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    """Further columns that storing fills in."""

    @property
    def rows(self) -> list[Row]:
        """The row that it was made from."""
        return [self.row]

    @property
    def key(self) -> str:
        """What makes it the same lead as another: the mobile number, without one everything that names it."""
        return self.values["mobile_key"] or "\n".join(named(self.values))


def named(values: dict[str, Any]) -> tuple[str, str, str]:
    """Name, company and mail address, as they are compared where there is no mobile number."""
    return values["name_sort"], fold(values["company"] or ""), (values["email"] or "").lower()


def check(rows: Iterable[Row], vocabulary: Vocabulary, owners: Owners, pool_id: int | None) -> list[Candidate]:
    """Read rows; those that cannot be taken are marked with every reason. Pure, for a thread of its own."""
    found = []
    for row in rows:
        lead = _lead(row, vocabulary)
        owner = None if pool_id is not None else owners.find(row.values.get("owner"))
        if isinstance(owner, Text):
            row.refuse(owner, "owner")
        elif owner is None and pool_id is None:
            row.refuse(_("Say who owns it: the system itself cannot."), "owner")
        if lead is not None and row.sound and not isinstance(owner, Text):
            found.append(Candidate(row, columns_of(lead), owner, pool_id))
    return found


def columns_of(lead: LeadInput) -> dict[str, Any]:
    """The columns of a lead that follow from what was entered."""
    values = {name: getattr(lead, name) for name in TEXTS}
    source = lead.source.value if lead.source is not None else None
    return {**values, "source": source, "name_sort": sort_key(lead.name), "mobile_key": lead.mobile_key}


def _lead(row: Row, vocabulary: Vocabulary) -> LeadInput | None:
    raw = {name: value for name, value in row.values.items() if name in TEXTS}
    person = row.values.get("contact_name") or whole_name(row)
    if person:
        # Other programs have a title beside the person; here the person is the lead, and the title says what it wants.
        raw["need"] = "\n".join(filter(None, (raw.get("name"), raw.get("need"))))
        raw["name"] = person
    raw.setdefault("name", raw.get("company", ""))
    if "source" in row.values:
        raw["source"] = choice(vocabulary, "lead_source", row.values["source"])
    try:
        return parse(LeadInput, raw)
    except Invalid as problem:
        note(row, problem)
        return None


def twins(candidates: Sequence[Candidate], seen: dict[str, int]) -> list[Candidate]:
    """Leave out what an earlier row of the file has; `seen` goes from part to part."""
    found = []
    for one in candidates:
        if (line := seen.setdefault(one.key, one.row.number)) == one.row.number:
            found.append(one)
        else:
            field_name = "mobile" if one.values["mobile_key"] else "name"
            one.row.refuse(_("The same as line %(line)s.", line=line), field_name, "duplicate")
    return found
