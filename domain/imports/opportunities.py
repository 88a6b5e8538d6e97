"""Rows that become opportunities: checked one by one against customers, owners and stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from domain.company.models import Reason
from domain.core.errors import Invalid
from domain.core.inputs import Refusal, parse
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.imports.cells import Row, Vocabulary, amount, choice, day
from domain.imports.customers import note
from domain.imports.lookups import Owners, customers_named
from domain.opportunities import stages
from domain.opportunities.inputs import OpportunityInput
from domain.opportunities.models import Pipeline, Stage, StageKind
from domain.opportunities.stages import PipelineView, StageView
from domain.search.fold import fold

TEXTS = ("name", "next_step", "competitors", "need", "notes")
DATES = ("expected_on", "created_on")
ENDINGS: Mapping[str, StageKind] = {
    fold(word): kind
    for kind, words in {
        StageKind.won: "won|closed won|deal won|赢单|成交|已成交",
        StageKind.lost: "lost|closed lost|deal lost|输单|丢单|失败",
        StageKind.invalid: "invalid|void|无效|作废",
    }.items()
    for word in words.split("|")
}
"""What endings are called elsewhere."""


@dataclass(slots=True)
class Candidate:
    """A checked row with all that is needed to store it."""

    row: Row
    entered: OpportunityInput
    customer: Customer
    owner_id: int
    stage: StageView
    created_on: date | None
    reason_id: int | None
    end_note: str | None

    @property
    def key(self) -> tuple[int, str]:
        """What makes it the same opportunity as another."""
        return self.customer.id, fold(self.entered.name)


@dataclass(frozen=True)
class Known:
    """What rows are checked against."""

    customers: Mapping[str, Customer]
    pipelines: Sequence[PipelineView]
    words: Mapping[int, frozenset[str]]
    """What a stage is called in our languages, folded; under its number below zero what a pipeline is called."""
    reasons: Mapping[StageKind, Mapping[str, int]]
    """Reasons for an ending by their folded words; the last one is taken where none is given."""
    owners: Owners
    vocabulary: Vocabulary
    today: date


async def known_for(work: Work, rows: Sequence[Row], owners: Owners, vocabulary: Vocabulary) -> Known:
    """Look up all that the rows may name."""
    words = {
        number: frozenset((fold(zh), fold(en)))
        for number, zh, en in await work.session.execute(select(Stage.id, Stage.name_zh, Stage.name_en))
    } | {
        -number: frozenset((fold(zh), fold(en)))
        for number, zh, en in await work.session.execute(select(Pipeline.id, Pipeline.name_zh, Pipeline.name_en))
    }  # fmt: skip
    reasons: dict[StageKind, dict[str, int]] = {kind: {} for kind in stages.REASONS}
    for kind, of_kind in stages.REASONS.items():
        found = select(Reason.id, Reason.text_zh, Reason.text_en).where(Reason.kind == of_kind.value, Reason.active)
        for number, zh, en in await work.session.execute(found.order_by(Reason.position, Reason.id)):
            reasons[kind] |= {fold(zh): number, fold(en): number}
    return Known(
        await customers_named(work, {row.values["customer"] for row in rows if "customer" in row.values}),
        await stages.pipelines(work), words, reasons, owners, vocabulary, work.today,
    )  # fmt: skip


def check(rows: Sequence[Row], known: Known) -> list[Candidate]:
    """Read rows; those that cannot be taken are marked with every reason."""
    return [found for row in rows if (found := _check_one(row, known)) is not None]


def _check_one(row: Row, known: Known) -> Candidate | None:
    customer, stage = _customer(row, known), _stage(row, known)
    owner = _owner(row, customer, known.owners)
    dates = {name: _day(row, name) for name in DATES}
    created = dates["created_on"]
    if created is not None and created > known.today:
        row.refuse(_("This lies in the future."), "created_on")
    raw: dict[str, Any] = {name: row.values[name] for name in TEXTS if name in row.values}
    raw |= {"customer_id": customer.id if customer else 1, "expected_on": dates["expected_on"]}
    if "amount" in row.values:
        raw["amount"] = amount(row.values["amount"])
    if "probability" in row.values:
        raw["probability"] = row.values["probability"].strip().rstrip("%％").strip()
    if "source" in row.values:
        raw["source"] = choice(known.vocabulary, "lead_source", row.values["source"])
    try:
        entered = parse(OpportunityInput, raw)
    except Invalid as problem:
        note(row, problem)
        return None
    reason, said = _reason(row, known, stage) if stage is not None and stage.ends else (None, None)
    if customer is None or stage is None or owner is None or not row.sound:
        return None
    return Candidate(row, entered, customer, owner, stage, created, reason, said)


def _customer(row: Row, known: Known) -> Customer | None:
    word = row.values.get("customer")
    found = known.customers.get(word) if word else None
    if word is None:
        row.refuse(_("This is needed."), "customer")
    elif found is None:
        row.refuse(_("There is no customer %(word)s, or you may not see it.", word=word), "customer")
    elif found.owner_id is None:
        row.refuse(_("%(customer)s lies in a public pool. Claim it first.", customer=found.name), "customer")
    return found


def _owner(row: Row, customer: Customer | None, owners: Owners) -> int | None:
    """Whom the row names, else whose customer it is, else who imports."""
    word = row.values.get("owner")
    found = owners.find(word) if word else (customer and customer.owner_id) or owners.me
    if isinstance(found, Text):
        row.refuse(found, "owner")
        return None
    if found is None:
        row.refuse(_("Say who owns it: the system itself cannot."), "owner")
    return found


def _stage(row: Row, known: Known) -> StageView | None:
    """The stage that the row names, of the pipeline that it names, else of the first; without any the first one."""
    if not known.pipelines:
        row.refuse(_("There is no sales pipeline yet. An administrator makes one in the back office."), "stage")
        return None
    asked, word = row.values.get("pipeline"), row.values.get("stage")
    ways = [one for one in known.pipelines if asked is None or fold(asked) in known.words[-one.id]]
    if not ways:
        row.refuse(_("There is no sales pipeline %(word)s.", word=asked), "pipeline")
        return None
    if word is None:
        if ways[0].first is None:
            row.refuse(_("This pipeline has no open stage."), "stage")
        return ways[0].first
    key = fold(word)
    found = next((one for one in ways[0].stages if one.active and key in known.words[one.id]), None)
    if found is None and key in ENDINGS:
        found = ways[0].end(ENDINGS[key])
    if found is None:
        row.refuse(_("There is no stage %(word)s.", word=word), "stage")
    return found


def _reason(row: Row, known: Known, stage: StageView) -> tuple[int | None, str | None]:
    """A reason of the list, or what is said in other words."""
    said, offered = row.values.get("end_reason"), known.reasons[stage.kind]
    if said is None:
        number = next(reversed([*offered.values()]), None)
        if number is None:
            row.refuse(_("Please say why."), "end_reason")
        return number, None
    number = offered.get(fold(said))
    return number, None if number else said


def _day(row: Row, name: str) -> date | None:
    if name not in row.values:
        return None
    try:
        return day(row.values[name])
    except Refusal:
        row.refuse(_("This is not a date."), name)
        return None


def twins(candidates: Sequence[Candidate], seen: dict[str, int]) -> list[Candidate]:
    """Leave out what an earlier row of the file has; `seen` goes from part to part."""
    found = []
    for one in candidates:
        if (line := seen.setdefault("\n".join(map(str, one.key)), one.row.number)) == one.row.number:
            found.append(one)
        else:
            one.row.refuse(_("The same as line %(line)s.", line=line), "name", "duplicate")
    return found
