"""A rep with a customer and a pipeline, and the browser of that rep."""

from __future__ import annotations

import pytest

from domain.customers.models import Customer
from domain.opportunities.models import Pipeline
from domain.people.models import User
from tests.conftest import Client, PageClient
from tests.make import Make


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep", name="Li Lei")


@pytest.fixture
async def customer(make: Make, rep: User) -> Customer:
    return await make.customer("Kelp & Sons", owner=rep)


@pytest.fixture
async def pipeline(make: Make) -> Pipeline:
    return await make.pipeline("Sales")


@pytest.fixture
async def browser(client: Client, rep: User, pipeline: Pipeline) -> PageClient:
    return await client(rep)  # type: ignore[return-value]
