"""The products that a phone carries along for orders written without a network."""

from __future__ import annotations

import json
from typing import Any

from litestar import Controller, Request, Response, get

from domain.orders.catalogue import carried
from webapp.formats import plain
from webapp.work import reading

CATALOGUE = "/field/catalogue"


class FieldProducts(Controller):
    """Asked by the service worker; read by the order form (static/js/elements/offline-order.js)."""

    @get(CATALOGUE)
    async def catalogue(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Rows of id, name, code, specification, unit, price, and the words that a search looks through."""
        async with reading(request) as work:
            work.actor.require("orders.create")
            products, total = await carried(work)
            rows = [[p.id, p.name, p.code, p.spec or "", p.unit, plain(p.list_price), p.txt] for p in products]
        body = json.dumps({"total": total, "products": rows}, ensure_ascii=False, separators=(",", ":"))
        return Response(body.encode(), media_type="application/json")
