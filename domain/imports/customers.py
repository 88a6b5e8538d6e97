"""Rows that become customers with a contact: checked one by one, stored set by set (stack.md section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from domain.contacts.inputs import ContactInput
from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.places import tile_of
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.customers import actions, policy, search
from domain.customers.inputs import CustomerInput, region_of
from domain.customers.models import Customer, CustomerKind
from domain.imports.cells import Row, Vocabulary, amount, choice, yes
from domain.imports.lookups import Owners
from domain.places.gazetteer import locate
from domain.places.hits import Address
from domain.search import phones
from domain.search.pinyin import sort_key

CHOICES = ("level", "industry", "size", "need")
CONTACT = {
    "contact_name": "name", "contact_post": "post", "contact_mobile": "mobile", "contact_phone": "phone",
    "contact_email": "email", "contact_wechat": "wechat",
    "contact_birthday": "birthday",
}  # fmt: skip
REFERENCE_LENGTH = 200


@dataclass(slots=True)
class Candidate:
    """A checked row: values of the customer's columns, of its contact's, and where it goes.

    `more` are contacts that further rows of the file give to the same company.
    """

    row: Row
    values: dict[str, Any]
    contact: dict[str, Any] | None
    owner_id: int | None = None
    pool_id: int | None = None
    at: datetime | None = None
    """When it was entered; None: now."""
    id: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    """Further columns that storing fills in."""
    more: list[tuple[Row, dict[str, Any]]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    """Contacts that could not be stored."""
    found_by: bytes = b""
    """The packed search row, made while the database had other things to do."""

    @property
    def rows(self) -> list[Row]:
        """All rows of the file that it was made from."""
        return [self.row, *(row for row, _contact in self.more)]

    @property
    def contacts(self) -> list[tuple[Row, dict[str, Any]]]:
        """All contacts with the rows that they stand on, the main one first."""
        return [*([(self.row, self.contact)] if self.contact else []), *self.more]


def check(
    rows: Iterable[Row], vocabulary: Vocabulary, owners: Owners, pool_id: int | None, *, place: bool
) -> list[Candidate]:
    """Read rows; those that cannot be taken are marked with every reason. Pure, for a thread of its own.

    With `place` the gazetteer's position is put in at once; a better one may be looked up later.
    """
    found = []
    for row in rows:
        customer = _customer(row, vocabulary)
        contact = _contact(row, customer)
        owner = None if pool_id is not None else owners.find(row.values.get("owner"))
        if isinstance(owner, Text):
            row.refuse(owner, "owner")
        elif owner is None and pool_id is None:
            row.refuse(_("Say who owns it: the system itself cannot."), "owner")
        if customer is None or not row.sound:
            continue
        values = columns_of(customer, row.values.get("external_ref"), has_contact=contact is not None)
        if place:
            values |= _position(customer)
        candidate = Candidate(row, values, contact, None if isinstance(owner, Text) else owner, pool_id)
        candidate.found_by = found_by(candidate)
        found.append(candidate)
    return found


def found_by(one: Candidate) -> bytes:
    """What the customer is found by, with the contacts that could be stored, packed for storing."""
    people = [contact for _row, contact in one.contacts if contact not in one.left_out]
    numbers = [one.values["phone"], *(person.get(column) for person in people for column in ("mobile", "phone"))]
    _id, txt, grams = search.search_row(one.id, one.values["name"], numbers, [person["name"] for person in people])
    return search.packed(txt, grams)


def columns_of(customer: CustomerInput, external_ref: str | None, *, has_contact: bool) -> dict[str, Any]:
    """The columns of a customer that follow from what was entered."""
    values = {name: getattr(customer, name) for name in actions.FIELDS}
    values["name_key"] = actions.name_key(customer.kind, customer.name)
    values["name_sort"] = sort_key(customer.name)
    # An input has the columns that completeness looks at.
    values["completeness"] = policy.completeness(cast(Customer, customer), has_contact=has_contact)
    values["external_ref"] = external_ref
    return values


def contact_columns(contact: ContactInput, country: str | None) -> dict[str, Any]:
    """The columns of a contact that follow from what was entered."""
    region = region_of(country)
    return {
        "name": contact.name, "name_sort": sort_key(contact.name), "post": contact.post, "email": contact.email,
        "wechat": contact.wechat, "mobile": phones.stored(contact.mobile, region),
        "phone": phones.stored(contact.phone, region), "mobile_key": phones.e164(contact.mobile, region),
        "birthday": contact.birthday, "role": contact.role and contact.role.value,
    }  # fmt: skip


def _customer(row: Row, vocabulary: Vocabulary) -> CustomerInput | None:
    raw = dict(row.values)
    for name in CHOICES:
        if name in raw:
            raw[name] = choice(vocabulary, name, raw[name])
    if "kind" in raw:
        raw["kind"] = _kind(raw["kind"], vocabulary)
    if "credit_limit" in raw:
        raw["credit_limit"] = amount(raw["credit_limit"])
    if len(raw.get("external_ref", "")) > REFERENCE_LENGTH:
        row.refuse(_("At most %(n)s characters.", n=REFERENCE_LENGTH), "external_ref")
    try:
        return parse(CustomerInput, raw)
    except Invalid as problem:
        note(row, problem)
        return None


def _kind(text: str, vocabulary: Vocabulary) -> str:
    """Company or person; a yes or no answers the question whether it is a company."""
    word = choice(vocabulary, "kind", text)
    if word in tuple(CustomerKind):
        return word
    try:
        return CustomerKind.company.value if yes(text) else CustomerKind.person.value
    except ValueError:
        return text


def _contact(row: Row, customer: CustomerInput | None) -> dict[str, Any] | None:
    raw = {name: row.values[column] for column, name in CONTACT.items() if column in row.values}
    if not raw and not whole_name(row):
        return None
    if "name" not in raw:
        raw["name"] = whole_name(row) or row.values.get("name", "")
    try:
        contact = parse(ContactInput, raw | {"customer_id": 1})
    except Invalid as problem:
        note(row, problem, prefix="contact_")
        return None
    return contact_columns(contact, customer.country if customer else None)


def whole_name(row: Row) -> str:
    """First and last name of the contact put together as people write them."""
    first, last = row.values.get("contact_first", ""), row.values.get("contact_last", "")
    return f"{first} {last}".strip() if (first + last).isascii() or not (first and last) else f"{last}{first}"


def note(row: Row, problem: Invalid, prefix: str = "") -> None:
    """Refuse a row with everything that is wrong with it."""
    row.outcome = "refused"
    for name, texts in problem.errors.items():
        row.errors += [{"field": prefix + name, "text": stored(text)} for text in texts]


def _position(customer: CustomerInput) -> dict[str, Any]:
    hit = locate(Address(customer.address or "", customer.city or "", customer.region or "", customer.country or ""))
    if hit is None:
        return {}
    x, y = tile_of(hit.position)
    return {
        "latitude": hit.lat, "longitude": hit.lng, "map_x": x, "map_y": y,
        "location_accuracy": hit.accuracy.value, "location_provider": hit.provider,
    }  # fmt: skip


def twins(candidates: Sequence[Candidate], seen: dict[str, int]) -> list[Candidate]:
    """Leave out companies that an earlier row of the file has; `seen` goes from part to part.

    A row that gives the company of the part another contact adds only that.
    """
    first: dict[str, Candidate] = {}
    found = []
    for candidate in candidates:
        keys = [f"ref {candidate.values['external_ref']}"] if candidate.values["external_ref"] else []
        if candidate.values["kind"] == CustomerKind.company:
            keys.append(f"name {candidate.values['name_key']}")
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier is None:
            seen.update((key, candidate.row.number) for key in keys)
            first.update((key, candidate) for key in keys)
            found.append(candidate)
            continue
        company = next((first[key] for key in keys if key in first), None)
        if company is not None and candidate.contact and _new_contact(company, candidate.contact):
            company.more.append((candidate.row, candidate.contact))
        else:
            candidate.row.refuse(_("The same as line %(line)s.", line=earlier), "name", "duplicate")
    return found


def _new_contact(company: Candidate, contact: dict[str, Any]) -> bool:
    known = [one for _row, one in company.contacts]
    return all(one["name"] != contact["name"] for one in known)
