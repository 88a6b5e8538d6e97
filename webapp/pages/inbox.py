"""The inbox: everything that Offing told me, with what can be decided on the spot."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.approvals import actions as approvals
from domain.core.errors import Invalid, NotFound
from domain.core.text import Text, _
from domain.notifications import actions, queries
from domain.notifications.models import Notification, NotificationKind
from webapp.forms import Form, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

ICONS: dict[NotificationKind, str] = {
    NotificationKind.approval: "approvals",
    NotificationKind.payment: "payments",
    NotificationKind.shipment: "shipments",
    NotificationKind.followup: "follow-up",
    NotificationKind.decided: "check",
    NotificationKind.shipped: "shipments",
    NotificationKind.pool: "pools",
    NotificationKind.recycle: "clock",
    NotificationKind.visit: "visit",
    NotificationKind.opportunity: "opportunity",
    NotificationKind.birthday: "birthday",
    NotificationKind.task: "check",
    NotificationKind.system: "info",
}


class Inbox(Controller):
    """Open to everybody who is signed in; each sees only their own."""

    path = "/inbox"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What I was told, newest first; `unread=1` keeps what I have not opened, `before` pages on."""
        return await self._list(request, Form())

    @get("/bell", sync_to_thread=False)
    def bell(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The bell of the top bar with its count, fetched again when a push came."""
        return fragment(request, "components/bell.html", "bell")

    @get("/{item_id:int}")
    async def open(self, request: Request[Any, Any, Any], item_id: FromPath[int]) -> Response[Any]:
        """Go where an item leads; from then on it counts as read."""
        async with writing(request) as work:
            url = (await actions.read(work, item_id)).url
        return see_other(request, url)

    @post("/read", status_code=200)
    async def read_all(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Mark everything as read."""
        async with writing(request) as work:
            await actions.read_all(work)
        return see_other(request, "/inbox")

    @post("/{item_id:int}/confirm", status_code=200)
    async def confirm(self, request: Request[Any, Any, Any], item_id: FromPath[int]) -> Response[Any]:
        """Confirm what an item asks for, in the version that the page showed."""
        version = _version(await raw_form(request))
        async with writing(request) as work:
            item = await actions.read(work, item_id)
            await approvals.confirm(work, _step(item), version)
        return see_other(request, "/inbox", toast=_("Confirmed."))

    @post("/{item_id:int}/reject", status_code=200)
    async def reject(self, request: Request[Any, Any, Any], item_id: FromPath[int]) -> Response[Any]:
        """Reject what an item asks for, with a reason."""
        raw = await raw_form(request)
        try:
            async with writing(request) as work:
                item = await actions.read(work, item_id)
                await approvals.reject(work, _step(item), _version(raw), str(raw.get("reason", "")))
        except Invalid as problem:
            return await self._list(request, Form(raw, problem.errors), 422)
        return see_other(request, "/inbox", toast=_("Rejected."))

    async def _list(self, request: AnyRequest, form: Form[Any], status: int = 200) -> Response[Any]:
        unread = request.query_params.get("unread") == "1"
        before_id = whole_number(request.query_params.get("before"))
        async with reading(request) as work:
            found = await queries.inbox(work, unread=unread, before_id=before_id)
            items = found[: queries.PAGE]
            asking = [item.decides_step_id for item in items if item.decides_step_id and not item.done_at]
            versions = await queries.versions(work, asking)
            unread_count = await queries.unread_count(work)
        more = len(found) > len(items)
        address = "/inbox?unread=1&" if unread else "/inbox?"
        scenes: list[tuple[Text, str, bool]] = [
            (_("All"), "/inbox", not unread),
            (_("Unread"), "/inbox?unread=1", unread),
        ]
        context: dict[str, Any] = {
            "items": items, "versions": versions, "kinds": NotificationKind, "icons": ICONS, "form": form,
            "unread_count": unread_count, "scenes": scenes,
            "next_url": f"{address}before={items[-1].id}" if more else None,
        }  # fmt: skip
        if before_id is not None and request.headers.get("hx-request") == "true":
            return fragment(request, "inbox/list.html", "rows", **context)
        return page(request, "inbox/list.html", title=_("Inbox"), status=status, **context)


def _step(item: Notification) -> int:
    if item.decides_step_id is None:
        raise NotFound
    return item.decides_step_id


def _version(raw: dict[str, Any]) -> int:
    value = raw.get("version", "")
    if not isinstance(value, str) or not value.isdecimal():
        raise NotFound
    return int(value)
