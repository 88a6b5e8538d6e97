"""What the tests of the pages share."""

from __future__ import annotations

from html import unescape
from typing import Any

from sqlalchemy import func, select

from domain.customers.models import Customer
from domain.opportunities.models import Opportunity, Pipeline
from tests.make import Make

HTMX = {"hx-request": "true"}


def main_of(page: Any) -> str:
    """What stands on the page itself, without the frame around it."""
    whole: str = unescape(page.text)
    return whole.split("<main")[1].split("</main>")[0]


async def count(make: Make, model: Any = Opportunity) -> int:
    return (await make.session.execute(select(func.count()).select_from(model))).scalar_one()


async def deal(
    make: Make, customer: Customer, pipeline: Pipeline, stage: str = "Stage 1", **values: Any
) -> Opportunity:
    return await make.opportunity(customer, stage=await make.stage(pipeline, stage), **values)
