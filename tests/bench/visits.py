"""What is measured: for each figure the requests of eight people at once, each with pages and records of their own."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import asyncpg

from tests.bench.fill import Company
from tests.bench.load import CONNECTIONS, Visit
from webapp import csrf
from webapp.assets import asset_url
from webapp.auth import token_hash
from webapp.database import connect_arguments
from webapp.settings import Settings

FRAGMENT = {"hx-request": "true", "hx-target": "div#results"}
SEARCHES = {"1 character": "润", "2 characters": "上海", "4 characters": "上海润达", "by phone": "1388"}
SHANGHAI = (121.47, 31.23)


@dataclass(frozen=True)
class Person:
    """A user with a session."""

    id: int
    cookie: str
    csrf: str


@dataclass(frozen=True)
class Figure:
    """A line of the table. `several`: the first visit of each connection, which the floor replays.

    `more` makes the n-th visit of a connection where the same cannot be made twice; `aim` is a least floor ratio.
    """

    name: str
    several: Sequence[Visit]
    more: Sequence[Sequence[Visit]] | None = None
    aim: float | None = None

    def messages(self, connection: int) -> Iterator[bytes]:
        """What a connection sends."""
        if self.more is not None:
            return (visit.message() for visit in self.more[connection])
        return itertools.repeat(self.several[connection % len(self.several)].message())


async def sign_in(url: str, settings: Settings, users: Sequence[int]) -> list[Person]:
    """Sessions for these users, as the sign-in page would make them."""
    connection = await asyncpg.connect(**connect_arguments(url))
    now, people = datetime.now(UTC), []
    try:
        for user in users:
            token = secrets.token_urlsafe(16)
            await connection.execute(
                "INSERT INTO user_sessions (token_hash, user_id, device, address, created_at, seen_at, expires_at) "
                "VALUES ($1, $2, 'bench', '127.0.0.1', $3, $4, $5)",
                token_hash(token), user, now, now + timedelta(hours=6), now + timedelta(days=1),
            )  # fmt: skip
            secret = csrf.session_secret(settings.secret, token)
            people.append(Person(user, f"offing={token}", csrf.masked(secret)))
    finally:
        await connection.close()
    return people


async def figures(url: str, settings: Settings, company: Company, claims: int, orders: int) -> list[Figure]:
    """All figures; `claims` and `orders` are how many of them each connection may make."""
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        owners = await connection.fetch(
            "SELECT DISTINCT owner_id AS id FROM customers WHERE owner_id = ANY($1) ORDER BY 1 LIMIT $2",
            company.reps, CONNECTIONS,
        )  # fmt: skip
        users = [*(row["id"] for row in owners), *company.managers[:CONNECTIONS], company.admin]
        people = await sign_in(url, settings, users)
        reps, managers, admin = people[: len(owners)], people[len(owners) : -1], people[-1]
        own = [await _ids(connection, "owner_id = $1", rep.id, 1000) for rep in reps]
        pooled = await _ids(connection, "pool_id = $1", company.pool_id, (claims + 1) * len(reps))
    finally:
        await connection.close()
    return [
        Figure("customer list, rep", [_get(rep, "/customers") for rep in reps], aim=0.6),
        Figure("customer list, manager", [_get(manager, "/customers") for manager in managers], aim=0.6),
        Figure("customer list, administrator", [_get(admin, "/customers")], aim=0.6),
        Figure(
            "filtered list, manager",
            [_get(manager, f"/customers?level=a&city={quote('上海')}", FRAGMENT) for manager in managers],
        ),
        *(
            Figure(f"search, {kind}", [_get(manager, f"/customers?q={quote(q)}", FRAGMENT) for manager in managers])
            for kind, q in SEARCHES.items()
        ),
        Figure("record page", [_get(rep, f"/customers/{ids[0]}") for rep, ids in zip(reps, own, strict=True)], aim=0.6),
        Figure("lead list, rep", [_get(rep, "/leads") for rep in reps]),
        Figure("lead list, manager", [_get(manager, "/leads") for manager in managers]),
        Figure("leads that wait, rep", [_get(rep, "/leads?scene=waiting") for rep in reps]),
        Figure(
            "lead search, manager",
            [_get(manager, f"/leads?q={quote(SEARCHES['2 characters'])}", FRAGMENT) for manager in managers],
        ),
        Figure("conversion rates, manager", [_get(manager, "/leads/rates") for manager in managers]),
        Figure("opportunity list, rep", [_get(rep, "/opportunities") for rep in reps]),
        Figure("opportunity list, manager", [_get(manager, "/opportunities") for manager in managers]),
        Figure("opportunity board, rep", [_get(rep, "/opportunities/board") for rep in reps]),
        Figure("opportunity board, manager", [_get(manager, "/opportunities/board") for manager in managers]),
        Figure("opportunity funnel, manager", [_get(manager, "/opportunities/funnel") for manager in managers]),
        *(
            Figure(f"map, zoom {zoom}", [_get(admin, f"/customers/map/points?{_box(zoom)}")])
            for zoom in (4, 8, 12)
        ),
        _writes("claim", [[_claim(rep, key) for key in pooled[n :: len(reps)]] for n, rep in enumerate(reps)]),
        _writes(
            "order submit",
            [[_order(rep, key) for key in itertools.islice(itertools.cycle(ids), orders)]
             for rep, ids in zip(reps, own, strict=True)],
        ),
        Figure("static file", [_get(reps[0], str(asset_url("css/app.css")))]),
    ]  # fmt: skip


async def _ids(connection: Any, where: str, value: int, limit: int) -> list[int]:
    rows = await connection.fetch(f"SELECT id FROM customers WHERE {where} ORDER BY id LIMIT {limit}", value)
    return [row["id"] for row in rows]


def _get(person: Person, path: str, headers: Mapping[str, str] | None = None) -> Visit:
    return Visit(person.cookie, path, headers=headers or {})


def _writes(name: str, visits: Sequence[Sequence[Visit]]) -> Figure:
    """The floor has the first of each for itself: what we have done cannot be done by it again."""
    return Figure(name, [one[0] for one in visits], more=[one[1:] for one in visits])


def _claim(person: Person, customer_id: int) -> Visit:
    return Visit(person.cookie, f"/customers/{customer_id}/claim", "POST", headers={"x-csrf-token": person.csrf})


def _order(person: Person, customer_id: int) -> Visit:
    lines = [(product, 1 + product % 3) for product in (1 + customer_id % 190, 5 + customer_id % 190)]
    form = {"do": "send", "customer_id": customer_id, "discount_percent": "2", "client_uuid": uuid4()}
    for place, (product, quantity) in enumerate(lines):
        form |= {f"lines.{place}.product_id": product, f"lines.{place}.quantity": quantity}
    return Visit(person.cookie, "/orders", "POST", urlencode(form), {"x-csrf-token": person.csrf})


def _box(zoom: int) -> str:
    """The window of a phone or small screen around Shanghai: 1200 by 800 pixels."""
    lng, lat = SHANGHAI
    wide, high = 1200 / 256 * 360 / 2**zoom / 2, 800 / 256 * 360 / 2**zoom / 2 * 0.85
    sides = (max(-180.0, lng - wide), max(-85.0, lat - high), min(180.0, lng + wide), min(85.0, lat + high))
    return f"zoom={zoom}&bbox={','.join(f'{side:.4f}' for side in sides)}"


def for_floor(several: Sequence[Visit], name: str) -> list[Visit]:
    """The same visits, at the floor's addresses."""
    slug = slug_of(name)
    return [replace(visit, path=f"/{slug}/{n}", method="GET", body="") for n, visit in enumerate(several)]


def slug_of(name: str) -> str:
    """A figure's name in an address."""
    return name.replace(",", "").replace(" ", "-")
