"""Changes of customers and contacts that were made on a phone, settled with what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel
from sqlalchemy import select

from domain.contacts import actions as contacts
from domain.contacts import queries as contact_queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import Invalid
from domain.core.inputs import Key, Optional, parse
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers import queries as customer_queries
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer, CustomerKind, FollowStage
from domain.customers.placed import CUSTOMERS
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import Department, User
from domain.places import placing
from domain.places.inputs import PlaceInput
from domain.sync.kinds import Came, Editable, Made
from domain.sync.models import Disagreement
from domain.sync.policy import CONTACT_RULES, CUSTOMER_RULES, Merged, Rule, mark_of, merge

CUSTOMER_FIELDS = (*customers.FIELDS, "follow_stage", "owner_id", "pool_id")
POINT = ("latitude", "longitude")
"""Changed together, as one field `position`."""
CONTACT_FIELDS = contacts.FIELDS


class CustomerChange(CustomerInput):
    """What a phone may send of a customer; owner and pool only as a proposal. `position` is "31.230400 121.473700"."""

    owner_id: Annotated[Key | None, Optional] = None
    position: str | None = None


async def edit_customer(work: Work, came: Came, record_id: int, fields: dict[str, Any], base: dict[str, Any]) -> Made:
    """Take over what nobody else changed; the rest waits for whoever has to choose. Locks the customer."""
    work.actor.require("customers.edit")
    seen, may = customer_queries.visible(work.actor), customer_queries.writable(work.actor)
    customer = await work.load(Customer, record_id, seen, may=may, lock=True)
    stands, changed = standing(customer), _one_point(fields)
    if changed.get("position", "") is None:
        raise Invalid.of("latitude", _("This is needed."))
    mine, before = _entered(CustomerChange, CUSTOMER_RULES, stands, changed, _one_point(base))
    merged = merge(CUSTOMER_RULES, before, mine, stands, _mark(work, came))
    await apply_to_customer(work, customer, merged.taken)
    notes = await _leave(work, came, "customers", customer, record_id, merged, before, mine, stands)
    return Made(customer.id, f"/customers/{customer.id}", customer.name, customer.id, notes)


async def edit_contact(work: Work, came: Came, record_id: int, fields: dict[str, Any], base: dict[str, Any]) -> Made:
    """The same for a contact. Locks its customer, then itself."""
    work.actor.require("contacts.edit")
    known = await contact_queries.get(work, record_id)
    seen, may = customer_queries.visible(work.actor), customer_queries.writable(work.actor)
    customer = await work.load(Customer, known.customer_id, seen, may=may, lock=True)
    contact = await contact_queries.get(work, record_id, lock=True)
    stands = standing(contact)
    given = {"customer_id": str(customer.id)}
    mine, before = _entered(ContactInput, CONTACT_RULES, stands | given, fields, base)
    merged = merge(CONTACT_RULES, before, mine, stands, _mark(work, came))
    if merged.taken:
        await contacts.edit(work, record_id, contact_input(customer.id, stands, merged.taken))
    notes = await _leave(work, came, "contacts", customer, record_id, merged, before, mine, stands)
    return Made(contact.id, f"/contacts/{contact.id}", contact.name, customer.id, notes)


def customer_input(stands: Mapping[str, Any], new: Mapping[str, Any]) -> CustomerInput:
    """The whole form with new values in it. What stands is taken as it is: it may be older than today's checks."""
    values = {**stands, **new}
    stage = values["follow_stage"]
    values |= {"kind": CustomerKind(values["kind"]), "follow_stage": FollowStage(stage) if stage else None}
    return CustomerInput.model_construct(**values)


def contact_input(customer_id: int, stands: Mapping[str, Any], new: Mapping[str, Any]) -> ContactInput:
    """The same for a contact."""
    return ContactInput.model_construct(customer_id=customer_id, client_uuid=None, **{**stands, **new})


async def apply_to_customer(work: Work, customer: Customer, new: Mapping[str, Any], version: int | None = None) -> None:
    """Save new values over what stands, by the actions of the forms. Raises Conflict (`stale`) for an older version."""
    values = dict(new)
    point = values.pop("position", None)
    if values:
        await customers.edit(work, customer.id, customer_input(standing(customer), values), version)
    if point is not None:
        latitude, longitude = point.split()
        at = parse(PlaceInput, {"latitude": latitude, "longitude": longitude})
        await placing.place(work, CUSTOMERS, customer.id, at, None if values else version)


def standing(record: Customer | Contact) -> dict[str, Any]:
    """What stands now, field by field."""
    if isinstance(record, Contact):
        return {field: getattr(record, field) for field in CONTACT_FIELDS}
    stands = {field: getattr(record, field) for field in CUSTOMER_FIELDS}
    return stands | {"position": _point(record.latitude, record.longitude)}


def _point(latitude: float | None, longitude: float | None) -> str | None:
    """A position as one value, to a decimetre."""
    return None if latitude is None or longitude is None else f"{latitude:.6f} {longitude:.6f}"


def _one_point(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with a position as one of them. Raises Invalid for half of one."""
    rest = {name: value for name, value in fields.items() if name not in (*POINT, "datum", "position")}
    if not any(fields.get(name) for name in POINT):
        return rest | ({"position": None} if any(name in fields for name in POINT) else {})
    at = parse(PlaceInput, {name: value for name, value in fields.items() if name in (*POINT, "datum")}).position
    return rest | {"position": _point(at.lat, at.lng)}


def _entered(
    kind: type[BaseModel], rules: Mapping[str, Rule], stands: Mapping[str, Any], fields: Mapping[str, Any],
    base: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """My values and those that the form had shown, both as they would be stored. Raises Invalid for mine."""
    unknown = sorted(set(fields) - set(rules))
    if unknown:
        raise Invalid({name[:100]: (_("This cannot be changed offline."),) for name in unknown})
    needed = {name: stands[name] for name in ("name", "kind", "country", "customer_id") if stands.get(name)}
    mine = parse(kind, {**needed, **fields})
    before: dict[str, Any] = {}
    for name in fields:
        if name in base:
            # What was shown may be older than today's checks: then it is compared as it is.
            try:
                before[name] = _stored(parse(kind, {**needed, name: base[name]}), name)
            except Invalid:
                before[name] = base[name]
    return {name: _stored(mine, name) for name in fields}, before


def _stored(data: BaseModel, name: str) -> Any:
    value = getattr(data, name)
    return str(value) if isinstance(value, str) else value


def _mark(work: Work, came: Came) -> str:
    return mark_of(work.actor.name, came.recorded_at.astimezone(work.actor.zone))


async def _leave(
    work: Work, came: Came, kind: str, customer: Customer, record_id: int, merged: Merged,
    before: Mapping[str, Any], mine: Mapping[str, Any], stands: Mapping[str, Any],
) -> tuple[Text, ...]:  # fmt: skip
    """Keep what could not be taken over for whoever has to choose, and tell them."""
    proposals = [field for field, rule in merged.asked.items() if rule is Rule.propose]
    setter = await who_may_set(work, customer) if proposals else None
    for field, rule in merged.asked.items():
        proposed = rule is Rule.propose
        work.session.add(
            Disagreement(
                record_uuid=came.uuid, kind=kind, record_id=record_id, customer_id=customer.id, field=field,
                base=as_json(before.get(field)), mine=as_json(mine[field]), theirs=as_json(stands[field]),
                recorded_at=came.recorded_at, recorded_by_id=work.actor.id, proposal=proposed,
                created_by_id=setter if proposed else work.actor.id, created_at=work.now, updated_at=work.now,
            )
        )  # fmt: skip
    await work.session.flush()  # what is told next must be there
    return await _told(work, customer, len(merged.asked) - len(proposals), len(proposals), setter)


async def _told(work: Work, customer: Customer, asked: int, proposed: int, setter: int | None) -> tuple[Text, ...]:
    notes: list[Text] = []
    if asked:
        notes.append(
            _("%(n)s value was changed by somebody else too. Choose under Disagreements.",
              plural="%(n)s values were changed by somebody else too. Choose under Disagreements.", n=asked)
        )  # fmt: skip
        told = _("%(name)s was changed by somebody else too. Choose which values hold.", name=customer.name)
        await _tell(work, work.actor.id, customer, told)
    if proposed:
        notes.append(
            _("%(n)s value was proposed to who may set it.", plural="%(n)s values were proposed to who may set them.",
              n=proposed)
        )  # fmt: skip
        told = _("%(rep)s proposes other values for %(name)s.", rep=work.actor.name, name=customer.name)
        await _tell(work, setter, customer, told)
    return tuple(notes)


async def _tell(work: Work, user_id: int | None, customer: Customer, sentence: Text) -> None:
    if user_id is not None:
        tag = f"disagreements-{customer.id}"
        await notify(work, [user_id], NotificationKind.system, sentence, url="/conflicts", tag=tag)


async def who_may_set(work: Work, customer: Customer) -> int | None:
    """Who decides on a proposal: the owner's manager, else the head of the department, else the owner, else me."""
    head = select(Department.head_id).where(Department.id == customer.department_id).scalar_subquery()
    statement = select(User.manager_id, head).where(User.id == customer.owner_id)
    row = (await work.session.execute(statement)).one_or_none()
    wanted = [*(row or ()), customer.owner_id, work.actor.id]
    here = select(User.id).where(User.id.in_([user_id for user_id in wanted if user_id is not None]), User.active)
    active = set((await work.session.execute(here)).scalars())
    return next((user_id for user_id in wanted if user_id in active), work.actor.id)


def as_json(value: Any) -> Any:
    """A stored value as JSON keeps it: amounts as plain digits."""
    return value if value is None or isinstance(value, (bool, str, int)) else str(value)


CUSTOMER_EDITS = Editable(feature="customers", change=edit_customer)
CONTACT_EDITS = Editable(feature="contacts", change=edit_contact)
