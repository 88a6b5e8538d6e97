"""The pages of visits, as a browser without JavaScript meets them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.visits.models import QuestionKind, Visit, VisitQuestion
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_a_visit_that_nobody_planned_is_written_down(make: Make, client: Client, session: Any) -> None:
    rep = await make.user(None, "sales_rep")
    customer = await make.customer("Blue Door Café", owner=rep)
    shelf = VisitQuestion(kind=QuestionKind.number.value, text_zh="库存", text_en="Stock", required=True)
    kind = await make.visit_type(questions=(shelf,))
    browser = await client(rep)
    shown = await browser.get(f"/visits/new?customer={customer.id}")
    assert shown.status_code == 200, shown.text
    assert "Blue Door Café" in shown.text and f'name="answers.{shelf.id}"' in shown.text
    data = {
        "client_uuid": str(uuid4()), "customer_id": str(customer.id), "type_id": str(kind.id),
        "result": "Wants two more cartons", f"answers.{shelf.id}": "１２", "next_pick": "tomorrow",
    }  # fmt: skip
    saved = await browser.submit("/visits/new", data)  # type: ignore[attr-defined]
    assert saved.status_code == 303, saved.text
    visit = (await session.execute(select(Visit))).scalar_one()
    assert saved.headers["location"] == f"/visits/{visit.id}"
    assert (visit.status, visit.answers, visit.verdict) == ("done", {str(shelf.id): "12"}, "none")
    again = await browser.submit("/visits/new", data)  # type: ignore[attr-defined]
    assert again.headers["location"] == f"/visits/{visit.id}"
    assert len((await session.execute(select(Visit))).all()) == 1
