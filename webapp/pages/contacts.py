"""Contacts: the list, one contact, and the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.contacts import actions, birthdays, card_writer, care, queries
from domain.contacts.actions import DuplicateMobile
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact, ContactRole
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.model import Choice
from domain.core.once import created_once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.search import phones
from webapp.card_files import CARD_TYPE
from webapp.formats import Formats
from webapp.forms import Form, bind, filled, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.listing import Listing, block_of, listing
from webapp.pages.customers import differences
from webapp.pages.row_parts import dialled
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

LABELS: Mapping[str, Text] = {
    "name": _("Full name"), "post": _("Post"), "role": _("Role"), "mobile": _("Mobile"), "phone": _("Phone"),
    "email": _("E-mail"), "wechat": _("WeChat"), "address": _("Address"), "birthday": _("Birthday"),
    "notes": _("Notes"),
}  # fmt: skip
SOON = {"7": _("Birthdays in 7 days"), "30": _("Birthdays in 30 days")}
CHOICES: Mapping[str, type[Choice]] = {"role": ContactRole}
ROLES = [(role.value, role.label) for role in ContactRole]


class Contacts(Controller):
    """Open to whoever may see contacts; a contact is seen with its customer."""

    path = "/contacts"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list by name."""
        async with reading(request) as work:
            work.actor.require("contacts.view")
            found = await listing(request, work, queries.LIST)
            wants_ahead = await care.ahead(work) if "birthday" in found.filters else None
        part = block_of(request, found)
        context: dict[str, Any] = {
            "listing": found, "rows": found.rows, "dialled": dialled, "roles": ROLES, "role_of": ContactRole,
            "born": Formats(request.scope["state"]["language"]).birthday, "chips": _chips(found),
            "wants_ahead": wants_ahead, "ahead_days": care.AHEAD,
        }  # fmt: skip
        if part is not None:
            return fragment(request, "contacts/list.html", part, **context)
        return page(request, "contacts/list.html", title=_("Contacts"), **context)

    @post("/birthdays", status_code=200)
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whether I want to know of birthdays some days before, too."""
        raw = await raw_form(request)
        async with writing(request) as work:
            work.actor.require("contacts.view")
            await care.choose(work, ahead=bool(raw.get("ahead")))
        return see_other(request, "/contacts?scene=mine&sort=birthday&birthday=30", toast=_("Saved"))

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for a new contact of `?customer=`."""
        actor_of(request).require("contacts.create")
        customer_id = whole_number(request.query_params.get("customer"))
        form = filled(ContactInput, customer_id=customer_id, client_uuid=uuid4())
        return await self._form(request, form, customer_id)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Save it and go back to the customer."""
        form = await bind(request, ContactInput)
        try:
            data = form.checked()
            async with writing(request) as work:
                await created_once(work, "contacts.create", data, partial(actions.create, work, data))
        except Invalid as problem:
            customer_id = whole_number(form.raw.get("customer_id"))
            return await self._form(request, form.refuse(problem.errors), customer_id, problem=problem)
        return see_other(request, f"/customers/{data.customer_id}#contacts", toast=_("Saved"))

    @get("/{contact_id:int}")
    async def show(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[Any]:
        """One contact with the ways to reach it."""
        async with reading(request) as work:
            contact, customer, may_write = await _open(work, contact_id)
        return page(
            request, "contacts/show.html", title=contact.name, back=f"/customers/{customer.id}#contacts", p=contact,
            customer=customer, may_write=may_write, shown_phone=phones.shown, dialled=dialled,
            role=ContactRole(contact.role).label if contact.role else None,
            birthday=Formats(request.scope["state"]["language"]).birthday(contact.birthday),
        )  # fmt: skip

    @get("/{contact_id:int}/card.vcf")
    async def card(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[bytes]:
        """It as a business card, for the telephone book of the phone."""
        async with reading(request) as work:
            contact, customer, _may_write = await _open(work, contact_id)
        name = quote(re.sub(r"[^\w .-]", "", contact.name).strip() or "contact")
        shown = f"attachment; filename=contact-{contact.id}.vcf; filename*=UTF-8''{name}.vcf"
        headers = {"Content-Disposition": shown, "Cache-Control": "no-store"}
        body = card_writer.write(contact, customer.name).encode()
        return Response(body, media_type=CARD_TYPE, headers=headers)

    @get("/{contact_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[Any]:
        """The form with what stands now."""
        async with reading(request) as work:
            contact, _customer, may_write = await _open(work, contact_id)
        if not may_write:
            raise Denied(_("You may read this but not change it."))
        return await self._form(request, filled(ContactInput, **_shown(contact)), contact.customer_id, contact)

    @post("/{contact_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[Any]:
        """Save the changes."""
        form = await bind(request, ContactInput)
        try:
            async with writing(request) as work:
                await actions.edit(work, contact_id, form.checked(), whole_number(form.raw.get("version")))
        except (Invalid, Conflict) as problem:
            if isinstance(problem, Conflict) and problem.code != "stale":
                raise
            async with reading(request) as work:
                contact = await queries.get(work, contact_id)
            errors = problem.errors if isinstance(problem, Invalid) else {}
            refused = form.refuse(errors)
            return await self._form(request, refused, contact.customer_id, contact, problem=problem)
        return see_other(request, f"/contacts/{contact_id}", toast=_("Saved"))

    @post("/{contact_id:int}/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[Any]:
        """Remove it."""
        async with writing(request) as work:
            customer_id = await actions.delete(work, contact_id)
        return see_other(request, f"/customers/{customer_id}#contacts", toast=_("Removed"))

    @post("/{contact_id:int}/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], contact_id: FromPath[int]) -> Response[Any]:
        """Take it out of the bin; if its number was taken meanwhile, the bin says so."""
        try:
            async with writing(request) as work:
                contact = await actions.restore(work, contact_id)
        except DuplicateMobile as problem:
            return see_other(request, "/customers/bin", toast=problem.message, tone="bad")
        return see_other(request, f"/contacts/{contact.id}", toast=_("Restored"))

    async def _form(
        self, request: AnyRequest, form: Form[ContactInput], customer_id: int | None, contact: Contact | None = None,
        *, problem: Invalid | Conflict | None = None,
    ) -> Response[Any]:  # fmt: skip
        async with reading(request) as work:
            customer = await customers.get(work, customer_id) if customer_id else None
        stale = contact is not None and isinstance(problem, Conflict)
        here = f"/contacts/{contact.id}" if contact else "/contacts"
        back = here if contact else f"/customers/{customer_id}#contacts" if customer else "/contacts"
        version = None if contact is None else contact.version
        if isinstance(problem, Invalid) and contact is not None:
            version = whole_number(form.raw.get("version")) or contact.version
        return page(
            request, "contacts/form.html", title=_("Edit contact") if contact else _("New contact"), back=back,
            form=form, action=here, customer=customer, version=version, roles=ROLES,
            duplicate=problem.seen if isinstance(problem, DuplicateMobile) else None,
            theirs=differences(LABELS, CHOICES, _shown(contact), form.raw) if stale and contact else (),
            status=200 if problem is None else 409 if isinstance(problem, Conflict) else 422,
        )  # fmt: skip


async def _open(work: Work, contact_id: int) -> tuple[Contact, Customer, bool]:
    """A contact with its customer, and whether the actor may change it. Raises NotFound."""
    contact = await queries.get(work, contact_id)
    found = await customers.detail(work, contact.customer_id)
    return contact, found.customer, found.may_write and work.actor.may("contacts.edit")


def _shown(contact: Contact) -> dict[str, Any]:
    """A contact's fields as the form shows them."""
    values = {name: getattr(contact, name) for name in (*actions.FIELDS, "customer_id")}
    numbers = {"mobile": phones.shown(contact.mobile), "phone": phones.shown(contact.phone)}
    return {**values, **numbers, "birthday": birthdays.typed(contact.birthday)}


def _chips(found: Listing) -> list[tuple[Text, str, bool]]:
    """The scenes, and whose birthday comes soon, the next one first."""
    chips = found.scenes
    for days, label in SOON.items():
        current = found.filters.get("birthday") == days
        url = found.url(birthday=None, sort=None) if current else found.url(birthday=days, sort="birthday")
        # The one that is set stands where a phone shows it.
        chips.insert(0 if current else len(chips), (label, url, current))
    return chips
